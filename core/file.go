package tempfile

import (
	"io"
	"io/fs"
	"path/filepath"
	"unsafe"

	"libtempfile/core/engine"
	"libtempfile/core/object"
	"libtempfile/core/recovery"
	"libtempfile/core/text"
)

// File is a temporary file of any class. It reads, writes and seeks as an os.File does. Any goroutine may call its methods;
// each locks the file for as long as it works. Free ends it; a File that is dropped without Close or Free leaks its
// descriptor and leaves its name behind.
//
// The error of a method is an *fs.PathError. On a file that is closed, detached or not open for the operation, its errno is
// EBADF and nothing was done.
type File struct {
	file    engine.File
	storage object.Memory
	noted   string // the path that the journal of recovery has
}

// NamedTemporaryFile creates a file with a name. The name is removed by Close; by Free with NoDeleteOnClose; never with
// NoDelete or after Keep.
func NamedTemporaryFile(o *Options) (*File, error) {
	f := new(File)
	return f.made(standard.NamedTemporaryFileIn(&f.storage, o.engine()))
}

// TemporaryFile creates a file without a name: no other program can open it, and it is gone when it is closed, however the
// program ends. Where the file system cannot do that, the file has a name for an instant.
func TemporaryFile(o *Options) (*File, error) {
	f := new(File)
	return f.made(standard.TemporaryFileIn(&f.storage, o.engine()))
}

// SpooledTemporaryFile makes a file in memory. It becomes a TemporaryFile on disk when a write goes past MaxSize, or when
// Fd, Detach, Rollover or a larger Truncate is called. Until then no directory is needed. A roll-over that fails leaves the
// file in memory as it was.
func SpooledTemporaryFile(o *Options) (*File, error) {
	f := new(File)
	return f.made(standard.SpooledTemporaryFileIn(&f.storage, o.engine()))
}

// RegisterFile takes over a file that exists, for instance one that Mkstemp made, as if NamedTemporaryFile had made it and
// Detach had been called: Close and Free remove its name, and nothing else works. It may be a link or a socket, which is
// removed and not followed. A directory is EISDIR, a missing file ENOENT.
func RegisterFile(path string) (*File, error) {
	f := new(File)
	file, err := f.made(standard.RegisterFileIn(&f.storage, path))
	if err == nil {
		note(f.noted, recovery.File)
	}
	return file, err
}

// made gives the file whose storage was filled, unless that failed.
func (f *File) made(err error) (*File, error) {
	if err != nil {
		return nil, public(err)
	}
	f.file = standard.FileIn(&f.storage)
	f.noted = f.storage.Field(object.Path)
	if s := f.storage.State(); s.Has(object.FlagRecoverable) && s.Has(object.FlagDelete) {
		if err := whyNotNoted(f.noted); err != nil {
			f.Free()
			return nil, &fs.PathError{Op: "journal", Path: f.noted, Err: err}
		}
	}
	return f, f.settle(nil)
}

// settle strikes the file out of the journal once nothing will remove its name any more, and makes an error public.
func (f *File) settle(err error) error {
	f.storage.Lock()
	defer f.storage.Unlock()
	if s := f.storage.State(); f.noted != "" && !(s.Has(object.FlagNamed) && s.Has(object.FlagDelete)) {
		strikeOut(f.noted)
		f.noted = ""
	}
	return public(err)
}

// Read reads up to len(p) bytes from the file's position on. It reads less only at the end of the file, and gives io.EOF if
// it reads nothing. A text file gives whole characters, and ERANGE if p is too small for the next one: 4 bytes always
// suffice. See Reader.
func (f *File) Read(p []byte) (n int, err error) {
	n, err = f.file.Read(p)
	return n, public(err)
}

// Reader gives a reader of a text file for functions that offer buffers of any size, such as io.ReadAll and bufio.Scanner.
// It splits a character that does not fit between two reads; the file's position is then behind the character. A binary file
// needs no Reader.
func (f *File) Reader() io.Reader { return text.NewReader(f) }

// ReadFrom writes all that r has at the file's position. From another File it has the system copy, where that can.
func (f *File) ReadFrom(r io.Reader) (n int64, err error) {
	if from, is := r.(*File); is {
		if n, done, err := f.file.CopyFrom(&from.file); done {
			return n, public(err)
		}
	}
	n, err = f.file.ReadFrom(r)
	return n, public(err)
}

// WriteTo writes all from the file's position to its end to w. To another File it has the system copy, where that can.
func (f *File) WriteTo(w io.Writer) (n int64, err error) {
	if to, is := w.(*File); is {
		if n, done, err := to.file.CopyFrom(&f.file); done {
			return n, public(err)
		}
	}
	n, err = f.file.WriteTo(w)
	return n, public(err)
}

// ReadAt reads from an offset on, and leaves the position as it is. A text file cannot be read so.
func (f *File) ReadAt(p []byte, offset int64) (n int, err error) {
	n, err = f.file.ReadAt(p, offset)
	return n, public(err)
}

// ReadLine reads up to and with the next '\n', or in a text file the line end of Options.Newline, but no more than len(p)
// bytes. It gives io.EOF if it reads nothing.
func (f *File) ReadLine(p []byte) (n int, err error) {
	n, err = f.file.ReadLine(p)
	return n, public(err)
}

// Write writes all of p at the file's position. When it returns, the system has the bytes, or the memory of a spooled file;
// but with Options.BufferedWrites they may be held back, and an error may be about an earlier write. If it fails, the
// position is where it was, and nothing that is held back is lost.
func (f *File) Write(p []byte) (n int, err error) {
	n, err = f.file.Write(p)
	return n, public(err)
}

// WriteString is Write for a string, without a copy of it.
func (f *File) WriteString(text string) (n int, err error) {
	return f.Write(unsafe.Slice(unsafe.StringData(text), len(text)))
}

// WriteAt writes all of p at an offset, and leaves the position as it is. A spooled file rolls over as for a Write there. It
// is EINVAL for a text file and with Options.Append.
func (f *File) WriteAt(p []byte, offset int64) (n int, err error) {
	n, err = f.file.WriteAt(p, offset)
	return n, public(err)
}

// Seek moves the position; whence is io.SeekStart, io.SeekCurrent or io.SeekEnd. A position before the start is EINVAL; in a
// spooled file's memory, reached from the position or the end, it is the start, as in Python. In a text file the positions
// are the start, the end and the present one, by offset 0, and the numbers that Tell gave; others are EINVAL.
func (f *File) Seek(offset int64, whence int) (position int64, err error) {
	position, err = f.file.Seek(offset, whence)
	return position, public(err)
}

// Tell gives the position. In a text file it is a number for Seek alone, with which nothing can be computed.
func (f *File) Tell() (position int64, err error) {
	position, err = f.file.Tell()
	return position, public(err)
}

// Truncate makes the file size bytes long, or with a negative size ends it at the position, and gives the new size. The
// position stays. As in Python, a spooled file rolls over if the size is more than MaxSize, and does not grow while it is in
// memory.
func (f *File) Truncate(size int64) (newSize int64, err error) {
	newSize, err = f.file.Truncate(size)
	return newSize, public(err)
}

// Flush passes on to the system what Options.BufferedWrites holds back, and moves the descriptor to the file's position, for
// a program that goes on with the descriptor. In a text file it does not move the descriptor, as a write after it must go
// where Python's goes; Fd does. Every other method but Read, ReadLine and Write within the buffer passes on first, too.
func (f *File) Flush() error { return public(f.file.Flush()) }

// Sync passes on what is held back, and returns when the device has the file's contents. A spooled file in memory has
// nothing to wait for.
func (f *File) Sync() error { return public(f.file.Sync(false)) }

// Stat describes the file. Its Sys is nil, its name "" without a name, and a spooled file in memory has no time.
func (f *File) Stat() (fs.FileInfo, error) {
	status, err := f.file.Status()
	if err != nil {
		return nil, public(err)
	}
	name := f.Name()
	if name != "" {
		name = filepath.Base(name)
	}
	return fileInfo{name, status}, nil
}

// Fd gives the descriptor, at the file's position. It stays the file's: the caller does not close it. A spooled file rolls
// over.
func (f *File) Fd() (descriptor int, err error) {
	descriptor, err = f.file.Fd()
	return descriptor, public(err)
}

// Detach gives the descriptor, at the file's position, to the caller, who closes it. The name stays the file's, and Close
// and Free remove it; no other method works any more. A spooled file rolls over first.
func (f *File) Detach() (descriptor int, err error) {
	descriptor, err = f.file.Detach()
	return descriptor, public(err)
}

// Reopen opens the file a second time and gives a descriptor with a position of its own, which the caller closes. The mode
// is one of Python's: r, w or a, with +; "": "r+". With "w" the file is truncated, with "a" the system puts each write at
// the end. A spooled file rolls over. EINVAL: the mode is unknown, or "x", which creates. ESTALE: another file has the name
// by now; nothing was truncated. ENOENT: nothing has the name, or the file has none and /proc is missing. EACCES: the file's
// permissions do not allow the mode.
func (f *File) Reopen(mode string) (descriptor int, err error) {
	descriptor, err = f.file.Reopen(mode)
	return descriptor, public(err)
}

// Name gives the file's absolute path; "" for a file without a name. It is the same after Close.
func (f *File) Name() string { return f.file.Name() }

// Keep makes the file permanent: neither Close nor Free removes its name. It is EINVAL for a file without a name.
func (f *File) Keep() error { return f.settle(f.file.Keep()) }

// Unkeep undoes Keep: Close or Free removes the name again, as before. A file that was made with NoDelete or was published
// is removed by Free from now on, under the name that it has. It is EINVAL for a file without a name.
func (f *File) Unkeep() error {
	err := f.file.Unkeep()
	if err == nil {
		f.noteAgain()
	}
	return f.settle(err)
}

func (f *File) noteAgain() {
	f.storage.Lock()
	defer f.storage.Unlock()
	if f.noted == "" {
		f.noted = f.storage.Field(object.Path)
		note(f.noted, recovery.File)
	}
}

// Rollover moves a spooled file from memory to disk, where it behaves the same. It does nothing to other files.
func (f *File) Rollover() error { return public(f.file.Rollover()) }

// Rolled tells whether the file is on disk.
func (f *File) Rolled() (bool, error) {
	rolled, err := f.file.Rolled()
	return rolled, public(err)
}

// Close closes the file, and removes its name unless it is to stay; see NamedTemporaryFile. A second Close does nothing. If
// what Options.BufferedWrites holds back cannot be written, Close leaves the file open, so that the program can make room
// and close it again; if the next Close fails so too, it closes the file, and its error says how much is lost.
func (f *File) Close() error { return f.settle(f.file.Close()) }

// Free closes the file if it is open, whatever it holds back, and removes a name that was to outlive Close. It is the end of
// Python's with statement.
func (f *File) Free() error { return f.settle(f.file.Free()) }
