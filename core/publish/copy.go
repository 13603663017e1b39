package publish

import (
	"cmp"
	"io"
	"syscall"

	"libtempfile/core/system"
)

// openMode is the mode that programs give to open(2). The umask or the directory's default ACL turns it into the file's
// mode.
const openMode = 0o666

// replaceFile makes a new file beside the target, and publishes it in place of the source's once fill has filled it.
func (j *job) replaceFile(size int64, fill func(descriptor int) error) error {
	// A write past RLIMIT_FSIZE would end the process by a signal.
	if size > j.System.FileSizeLimit() {
		return failed("write", j.at.whole(), syscall.EFBIG)
	}
	asOpened := j.o.Permissions == 0 && !j.has(LikeTarget)
	mode := uint32(0o600)
	if asOpened { // the creation gives the file its final mode
		mode = openMode
	}
	descriptor, err := j.create(mode)
	if err != nil {
		return failed("open", orRoot(j.at.path), err)
	}
	if err = fill(descriptor); err != nil {
		j.System.Close(descriptor)
		return err
	}
	if j.new {
		j.System.Close(j.file)
	}
	j.file, j.new, j.asOpened = descriptor, true, asOpened
	return nil
}

// create makes an empty file, without a name where the file system can, so that a crash leaves nothing.
func (j *job) create(mode uint32) (descriptor int, err error) {
	if !j.named {
		descriptor, err = j.System.CreateUnnamedBelow(j.at.directory, j.source.CreateFlags, mode)
		if !system.NoUnnamed(err) {
			return descriptor, err
		}
	}
	name, err := j.trySiblings(-1, func(name string) (err error) {
		descriptor, err = j.System.CreateBelow(j.at.directory, name, j.source.CreateFlags, mode)
		return err
	})
	if err != nil {
		return -1, err
	}
	created := j.forget
	j.forget = j.System.Intend(j.beside(name), descriptor) // the first record has no identity, and covers an empty file only
	created()
	j.setSibling(name)
	return descriptor, nil
}

// write makes the file from a content in memory.
func (j *job) write() error {
	content := j.source.Content
	return j.replaceFile(int64(len(content)), func(descriptor int) error {
		if err := j.writeAt(descriptor, content, 0); err != nil || j.source.Position == 0 {
			return err
		}
		return j.seek(descriptor, j.source.Position)
	})
}

func (j *job) writeAt(descriptor int, p []byte, offset int64) error {
	for len(p) > 0 {
		n, err := j.System.WriteAt(descriptor, p, offset)
		if err == nil && n <= 0 {
			err = syscall.EIO
		}
		if err != nil {
			return failed("write", j.at.whole(), err)
		}
		p, offset = p[n:], offset+int64(n)
	}
	return nil
}

func (j *job) seek(descriptor int, position int64) error {
	_, err := j.System.Seek(descriptor, position, io.SeekStart)
	return failed("seek", j.at.whole(), err)
}

// copyAcross is copy for a file on another file system, if the caller allows it.
func (j *job) copyAcross() error {
	if !j.has(Across) {
		return failed("rename", j.at.whole(), otherFileSystem("make the file beside it, or allow a copy with ACROSS"))
	}
	return j.again()
}

// again makes a new file with the same content. The publication begins again with that.
func (j *job) again() error {
	j.rollback()
	if j.source.Descriptor >= 0 {
		return j.copy()
	}
	return cmp.Or(j.write(), errRaced)
}

// copy makes the new file a copy of the source's.
func (j *job) copy() error {
	from := j.source.Descriptor
	position, err := j.System.Seek(from, 0, io.SeekCurrent)
	if err != nil {
		return failed("seek", j.source.Name, err)
	}
	status, err := j.System.Status(from)
	if err != nil {
		return failed("stat", j.source.Name, err)
	}
	err = j.replaceFile(status.Size, func(descriptor int) error {
		err := j.copyContent(from, descriptor, status.Size)
		// The search for holes has moved the source's position.
		return cmp.Or(err, cmp.Or(j.seek(descriptor, position), j.seek(from, position)))
	})
	if err != nil {
		j.System.Seek(from, position, io.SeekStart)
		return err
	}
	return errRaced
}

// copyContent copies the data, and leaves holes where the file has them.
func (j *job) copyContent(from, to int, size int64) error {
	if err := j.System.Truncate(to, size); err != nil {
		return failed("truncate", j.at.whole(), err)
	}
	c := copier{job: j, from: from, to: to}
	for offset := int64(0); offset < size; {
		start, end, err := j.nextData(from, offset, size)
		if err != nil {
			return failed("seek", j.source.Name, err)
		}
		if err := c.copy(start, end); err != nil {
			return err
		}
		offset = end
	}
	return nil
}

// nextData gives the next piece of data. On a file system without holes the whole file is one piece.
func (j *job) nextData(from int, offset, size int64) (start, end int64, err error) {
	start, err = j.System.Seek(from, offset, system.SeekData)
	switch err {
	case nil:
	case syscall.ENXIO:
		return size, size, nil
	case syscall.EINVAL, syscall.EOPNOTSUPP, syscall.ENOSYS:
		return offset, size, nil
	default:
		return 0, 0, err
	}
	if end, err = j.System.Seek(from, start, system.SeekHole); err != nil {
		return 0, 0, err
	}
	return min(start, size), min(end, size), nil
}

// copier copies pieces of a file: within the kernel, until that fails once.
type copier struct {
	*job
	from, to int
	buffer   []byte // for reads and writes, after that; nil before
}

func (c *copier) copy(start, end int64) error {
	for start < end {
		n, err := c.piece(start, end-start)
		if err != nil {
			return err
		}
		if n == 0 { // the file has become shorter
			return nil
		}
		start += n
	}
	return nil
}

func (c *copier) piece(offset, size int64) (int64, error) {
	if c.buffer == nil {
		n, err := c.System.CopyRange(c.from, offset, c.to, offset, size)
		if n > 0 || err != nil && !system.CannotCopy(err) {
			return n, failed("copy_file_range", c.at.whole(), err)
		}
		c.buffer = make([]byte, 128<<10)
	}
	p := c.buffer[:min(int64(len(c.buffer)), size)]
	n, err := c.System.ReadAt(c.from, p, offset)
	if err != nil || n <= 0 {
		return 0, failed("read", c.source.Name, err)
	}
	return int64(n), c.writeAt(c.to, p[:n], offset)
}
