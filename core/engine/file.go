package engine

import (
	"strings"
	"syscall"

	"libtempfile/core/object"
)

// File is a temporary file of any class. Its methods are those of tempfile.File, where a Go program finds what they do. Any
// goroutine may call them; each locks the file for as long as it works.
type File struct {
	engine  *Engine
	storage object.Storage
	memory  *object.Memory // the storage of a Go program's file, for file_copies.go; nil: the C library's
}

// FileIn gives the file whose storage this process has filled.
func (e *Engine) FileIn(storage object.Storage) File {
	memory, _ := storage.(*object.Memory)
	return File{e, storage, memory}
}

// StoredFile gives a file whose storage may have been filled by a parent process. Unless the descriptor is known to be
// inherited, it is never used.
func (e *Engine) StoredFile(storage object.Storage, inherited bool) *File {
	f := &File{engine: e, storage: storage}
	if !inherited {
		f.loseDescriptor(storage.State())
	}
	return f
}

// loseDescriptor forgets a descriptor that may not be the file's. A fork copies the descriptors first and the memory later.
// If another thread opened the descriptor in between, the child has its number but not the descriptor, and the number is
// soon another file's, which must not be touched. A spooled file that was rolling over is in memory for as long as it has
// its block; any other file is closed.
func (f *File) loseDescriptor(s *object.State) {
	if s.Descriptor < 0 {
		return
	}
	if s.Kind != object.KindSpooled || s.Size == 0 || s.Capacity < s.Size {
		s.Set(object.FlagClosed, true)
	}
	s.Descriptor = -1
}

// enter locks the file for an operation, and refuses the operation if the file is closed, detached or not open for it. The
// caller unlocks the file in both cases.
func (f *File) enter(operation string, needs uint32) (*object.State, error) {
	f.storage.Lock()
	return f.check(operation, needs)
}

// check is enter for a caller that holds the lock.
func (f *File) check(operation string, needs uint32) (*object.State, error) {
	s := f.storage.State()
	f.dropInherited(s)
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

// refuse is the error of an operation that the file is not open for.
func (f *File) refuse(operation, reason string) error {
	return failed(operation, f.path(), &BadArgument{Errno: syscall.EBADF, Reason: reason})
}

// path copies the path, because the storage's own is valid only until it is set again.
func (f *File) path() string { return strings.Clone(f.storage.Field(object.Path)) }

// fail adds the operation and the path to an error.
func (f *File) fail(operation string, err error) error {
	if err == nil {
		return nil // without a copy of the path
	}
	return failed(operation, f.path(), err)
}

// Name gives the absolute path; "" for a file without a name.
func (f *File) Name() string {
	f.storage.Lock()
	defer f.storage.Unlock()
	return f.path()
}
