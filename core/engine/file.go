package engine

import (
	"io"
	"strings"
	"syscall"

	"libtempfile/core/object"
)

// File is a temporary file of any class. It reads, writes and seeks as an os.File does. All methods may be called from
// any goroutine; each locks the file for as long as it works.
type File struct {
	engine  *Engine
	storage object.Storage
}

// FileIn gives the file that a storage was filled for.
func (e *Engine) FileIn(storage object.Storage) File { return File{e, storage} }

// StoredFile gives the file whose storage a parent process has filled. A descriptor that is not known to be inherited too
// is never used.
func (e *Engine) StoredFile(storage object.Storage, inherited bool) *File {
	f := &File{e, storage}
	if !inherited {
		f.loseDescriptor(storage.State())
	}
	return f
}

// loseDescriptor forgets a descriptor that may not be the file's. A fork copies the descriptors first and the memory later,
// so what another thread opened in between is known to the child but not open there, and the number is soon that of another
// file, which nothing here may touch. A spooled file that was just rolling over is still in memory as long as its block
// is; any other file is closed.
func (f *File) loseDescriptor(s *object.State) {
	if s.Descriptor < 0 {
		return
	}
	if s.Kind != object.KindSpooled || s.Size == 0 || s.Capacity < s.Size {
		s.Set(object.FlagClosed, true)
	}
	s.Descriptor = -1
}

// enter locks the file for an operation and refuses it on a file that is closed or not open for it.
func (f *File) enter(operation string, needs uint32) (*object.State, error) {
	f.storage.Lock()
	s := f.storage.State()
	switch {
	case s.Has(object.FlagClosed):
		return s, f.refuse(operation, "the file is closed")
	case s.Has(object.FlagDetached):
		return s, f.refuse(operation, "the descriptor was detached")
	case needs&^s.Flags == 0:
		return s, nil
	case needs == object.FlagReadable:
		return s, f.refuse(operation, "the file is not open for reading")
	}
	return s, f.refuse(operation, "the file is not open for writing")
}

func (f *File) refuse(operation, reason string) error {
	return failed(operation, f.path(), &BadArgument{Errno: syscall.EBADF, Reason: reason})
}

// path copies the name, which the storage only lends.
func (f *File) path() string { return strings.Clone(f.storage.Field(object.Path)) }

// fail says which operation failed.
func (f *File) fail(operation string, err error) error {
	if err == nil {
		return nil // without a copy of the path
	}
	return failed(operation, f.path(), err)
}

// Read reads up to len(p) bytes from the file's position. It gives less only at the end of the file, and io.EOF if there
// is nothing. Text comes in whole characters of UTF-8, and a p that not one fits is a *ShortBuffer; see Reader.
func (f *File) Read(p []byte) (n int, err error) {
	s, err := f.enter("read", object.FlagReadable)
	defer f.storage.Unlock()
	if err != nil {
		return 0, err
	}
	if s.Has(object.FlagText) {
		if n, err = f.textRead(s, p, false); err != nil {
			return 0, f.fail("read", err)
		}
	} else if s.InMemory() {
		n = memoryRead(s, p)
	} else if n, err = f.diskRead(s, p); err != nil {
		return n, f.fail("read", err)
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// ReadAt reads from an offset and leaves the position alone.
func (f *File) ReadAt(p []byte, offset int64) (n int, err error) {
	s, err := f.enter("read", object.FlagReadable)
	defer f.storage.Unlock()
	if err != nil {
		return 0, err
	}
	if offset < 0 {
		return 0, f.fail("read", invalid("offset %d is negative", offset))
	}
	if s.Has(object.FlagText) {
		return 0, f.fail("read", invalid("text cannot be read at an offset"))
	}
	if s.InMemory() {
		n = copy(p, memoryContent(s, offset))
	} else {
		for n < len(p) && err == nil {
			var k int
			if k, err = f.engine.system.ReadAt(int(s.Descriptor), p[n:], offset+int64(n)); k <= 0 {
				break
			}
			n += k
		}
	}
	if err != nil {
		return n, f.fail("read", err)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// ReadLine reads up to and with the next '\n', or in text what Options.Newline says ends a line, and no more than len(p)
// bytes; io.EOF if there is nothing.
func (f *File) ReadLine(p []byte) (n int, err error) {
	s, err := f.enter("read", object.FlagReadable)
	defer f.storage.Unlock()
	if err != nil {
		return 0, err
	}
	if s.Has(object.FlagText) {
		if n, err = f.textRead(s, p, true); err != nil {
			return 0, f.fail("read", err)
		}
	} else if s.InMemory() {
		n = memoryReadLine(s, p)
	} else if n, err = f.diskReadLine(s, p); err != nil {
		return n, f.fail("read", err)
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// Write writes all of p at the file's position. When it returns, the bytes have reached the system, or the memory of a
// spooled file: a buffer of our own would be written twice after a fork and lost at _exit. If the system fails halfway,
// the position is where it was.
func (f *File) Write(p []byte) (n int, err error) {
	s, err := f.enter("write", object.FlagWritable)
	defer f.storage.Unlock()
	if err != nil {
		return 0, err
	}
	if s.Has(object.FlagText) {
		return f.textWrite(s, p)
	}
	return f.put(s, p)
}

// put writes bytes as the file will have them.
func (f *File) put(s *object.State, p []byte) (n int, err error) {
	if s.InMemory() {
		if rollsAt(s, s.Position+int64(len(p))) {
			if err := f.rollover(s); err != nil {
				return 0, err
			}
		} else {
			return f.memoryWrite(s, p)
		}
	}
	n, err = f.diskWrite(s, p)
	return n, f.fail("write", err)
}

// Seek moves the position: whence as in the io package. A position before the start is EINVAL, but in a spooled file's
// memory, where it is the start, as in Python. In text only the start, the end (offset 0 from there), the place where it
// is (likewise) and what Tell gave are positions; others are EINVAL.
func (f *File) Seek(offset int64, whence int) (position int64, err error) {
	s, err := f.enter("seek", 0)
	defer f.storage.Unlock()
	if err != nil {
		return 0, err
	}
	if whence < io.SeekStart || whence > io.SeekEnd {
		return 0, f.fail("seek", invalid("whence %d is not 0, 1 or 2", whence))
	}
	if s.Has(object.FlagText) {
		position, err = f.textSeek(s, offset, whence)
	} else if s.InMemory() {
		position, err = memorySeek(s, offset, whence)
	} else {
		position, err = f.diskSeek(s, offset, whence)
	}
	if err != nil {
		return 0, f.fail("seek", err)
	}
	return position, nil
}

// Tell gives the position; in text, a number that only Seek knows to read.
func (f *File) Tell() (position int64, err error) {
	s, err := f.enter("tell", 0)
	defer f.storage.Unlock()
	if err != nil {
		return 0, err
	}
	if position, err = f.tell(s); err != nil {
		return 0, f.fail("tell", err)
	}
	return position, nil
}

func (f *File) tell(s *object.State) (int64, error) {
	if s.Has(object.FlagText) {
		return f.textTell(s)
	}
	position, err := f.position(s)
	return position - s.Unread(), err
}

// Truncate makes the file the given size, or with a negative size ends it at the position, and gives the new size. The
// position stays. As in Python, a spooled file rolls over if the size is more than MaxSize (0 too), and does not grow
// while it is in memory.
func (f *File) Truncate(size int64) (newSize int64, err error) {
	s, err := f.enter("truncate", object.FlagWritable)
	defer f.storage.Unlock()
	if err != nil {
		return 0, err
	}
	if size < 0 {
		if size, err = f.end(s); err != nil {
			return 0, f.fail("truncate", err)
		}
	} else if s.InMemory() && size > s.MaxSize {
		if err := f.rollover(s); err != nil {
			return 0, err
		}
	}
	if s.InMemory() {
		s.Size = min(s.Size, size)
		return size, nil
	}
	if !s.Has(object.FlagText) {
		err = f.dropAhead(s)
	}
	if err == nil {
		err = f.engine.system.Truncate(int(s.Descriptor), size)
	}
	if err != nil {
		return 0, f.fail("truncate", err)
	}
	return size, nil
}

// end is where Truncate ends a file: at its position, which in text is behind what was read ahead, as in Python.
func (f *File) end(s *object.State) (int64, error) {
	if s.Has(object.FlagText) {
		return f.position(s)
	}
	return f.tell(s)
}

// Flush makes the descriptor's position the file's own, for somebody who goes on with the descriptor. Nothing else is
// ever held back. In text it does nothing, because a write after it must go where Python's does; Fd moves the descriptor.
func (f *File) Flush() error {
	s, err := f.enter("flush", 0)
	defer f.storage.Unlock()
	if err != nil || s.InMemory() || s.Has(object.FlagText) {
		return err
	}
	return f.fail("flush", f.dropAhead(s))
}

// Fd gives the descriptor, which stays the file's: it is not to be closed. A spooled file rolls over, as Python's does.
func (f *File) Fd() (descriptor int, err error) {
	s, err := f.enter("fileno", 0)
	defer f.storage.Unlock()
	if err != nil {
		return -1, err
	}
	return f.onDisk(s, "fileno")
}

// Detach hands the descriptor over to the caller, who closes it. The name stays the file's, and goes when it is closed
// or freed; nothing else works any more. A spooled file rolls over first.
func (f *File) Detach() (descriptor int, err error) {
	s, err := f.enter("detach", 0)
	defer f.storage.Unlock()
	if err != nil {
		return -1, err
	}
	if descriptor, err = f.onDisk(s, "detach"); err != nil {
		return -1, err
	}
	s.Set(object.FlagDetached, true)
	s.Descriptor = -1
	return descriptor, nil
}

// onDisk gives the descriptor with the file's position in it.
func (f *File) onDisk(s *object.State, operation string) (int, error) {
	if s.InMemory() {
		if err := f.rollover(s); err != nil {
			return -1, err
		}
	}
	if err := f.dropAhead(s); err != nil {
		return -1, f.fail(operation, err)
	}
	return int(s.Descriptor), nil
}

// Name gives the file's absolute path, or "" for a file without a name. It stays the same after closing.
func (f *File) Name() string {
	f.storage.Lock()
	defer f.storage.Unlock()
	return f.path()
}

// Keep makes the file stay for good: nothing will delete its name.
func (f *File) Keep() error {
	f.storage.Lock()
	defer f.storage.Unlock()
	s := f.storage.State()
	switch {
	case s.Kind != object.KindNamed:
		return failed("keep", "", invalid("a file without a name cannot be kept"))
	case s.Has(object.FlagClosed) && !s.Has(object.FlagNamed):
		return f.refuse("keep", "the file is closed and gone")
	}
	s.Set(object.FlagDelete, false)
	return nil
}

// Close closes the file, and deletes its name unless it was to be kept or to outlive closing. Closing again does nothing.
// In a process other than the one that made the file it closes only.
func (f *File) Close() error {
	f.storage.Lock()
	defer f.storage.Unlock()
	s := f.storage.State()
	if s.Has(object.FlagClosed) {
		return nil
	}
	err := f.closeDescriptor(s)
	if s.Has(object.FlagDeleteOnClose) {
		if deleteErr := f.delete(s); err == nil {
			err = deleteErr
		}
	}
	return err
}

// Free closes the file if it is open, and deletes a name that was to outlive closing. It is the end of the object, as
// leaving the with statement is in Python.
func (f *File) Free() error {
	f.storage.Lock()
	defer f.storage.Unlock()
	s := f.storage.State()
	err := f.closeDescriptor(s)
	if deleteErr := f.delete(s); err == nil {
		err = deleteErr
	}
	return err
}

// closeDescriptor closes what is open and lets go of the memory. The descriptor is forgotten first: whatever close says,
// the number is free for others from then on.
func (f *File) closeDescriptor(s *object.State) (err error) {
	if s.Has(object.FlagClosed) {
		return nil
	}
	s.Set(object.FlagClosed, true)
	descriptor := int(s.Descriptor)
	s.Descriptor = -1
	s.AheadStart, s.AheadEnd = 0, 0
	s.Size, s.Position = 0, 0
	if descriptor >= 0 {
		err = f.engine.system.Close(descriptor)
	}
	if s.Data != nil {
		f.storage.Resize(0, 0)
	}
	return f.fail("close", err)
}

// delete removes the name if that is ours to do. A name that is gone already is no error: the caller may have moved it.
func (f *File) delete(s *object.State) error {
	if !s.Has(object.FlagNamed) || !s.Has(object.FlagDelete) || !f.storage.Owned() {
		return nil
	}
	err := f.engine.system.Unlink(f.storage.Field(object.Path))
	if err == nil || err == syscall.ENOENT {
		s.Set(object.FlagNamed, false)
		return nil
	}
	return f.fail("unlink", err)
}
