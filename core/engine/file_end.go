package engine

import (
	"syscall"

	"libtempfile/core/object"
)

// Keep makes the file permanent.
func (f *File) Keep() error {
	f.storage.Lock()
	defer f.storage.Unlock()
	s := f.storage.State()
	switch {
	case s.Kind != object.KindNamed && !s.Has(object.FlagNamed):
		return failed("keep", "", invalid("a file without a name cannot be kept"))
	case s.Has(object.FlagClosed) && !s.Has(object.FlagNamed):
		return f.refuse("keep", "the file is closed and gone")
	}
	s.Set(object.FlagDelete, false)
	return nil
}

// Unkeep undoes Keep, in the process that made the file.
func (f *File) Unkeep() error {
	f.storage.Lock()
	defer f.storage.Unlock()
	s := f.storage.State()
	switch {
	case s.Kind != object.KindNamed && !s.Has(object.FlagNamed):
		return failed("unkeep", "", invalid("a file without a name is never kept"))
	case s.Has(object.FlagClosed) && !s.Has(object.FlagNamed):
		return f.refuse("unkeep", "the file is closed and gone")
	case !f.storage.Owned():
		return f.fail("unkeep", syscall.EPERM)
	}
	s.Set(object.FlagDelete, true)
	return nil
}

// Close closes the file and removes its name. In a process other than the one that made the file it only closes. Where a
// write that was held back fails, the first Close leaves the file open and the second gives it up.
func (f *File) Close() error {
	f.storage.Lock()
	defer f.storage.Unlock()
	s := f.storage.State()
	if s.Has(object.FlagClosed) {
		return nil
	}
	f.dropInherited(s)
	err := f.closeDescriptor(s, false)
	if s.Has(object.FlagClosed) && s.Has(object.FlagDeleteOnClose) {
		if deleteErr := f.delete(s); err == nil {
			err = deleteErr
		}
	}
	return err
}

// Free closes the file if it is open, and removes a name that was to outlive Close.
func (f *File) Free() error {
	f.storage.Lock()
	defer f.storage.Unlock()
	s := f.storage.State()
	f.dropInherited(s)
	err := f.closeDescriptor(s, true)
	if deleteErr := f.delete(s); err == nil {
		err = deleteErr
	}
	return err
}

// closeDescriptor passes on what is held back, closes the descriptor and frees the block. The descriptor is forgotten first,
// because its number is free for another file after close, even if close fails. force closes the file at any rate.
func (f *File) closeDescriptor(s *object.State, force bool) (err error) {
	if s.Has(object.FlagClosed) {
		return nil
	}
	lost, err := f.flushLast(s, force)
	if err != nil {
		return f.fail("write", err)
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
	if lost != nil {
		return f.fail("write", lost)
	}
	return f.fail("close", err)
}

// delete removes the name, if the file is to be removed and this process made it. A missing name is no error: the program
// may have renamed the file.
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
