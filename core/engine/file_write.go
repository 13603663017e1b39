package engine

import (
	"libtempfile/core/object"
	"libtempfile/core/system"
)

// Write writes at the position.
func (f *File) Write(p []byte) (n int, err error) {
	if m := f.memory; m != nil {
		m.Lock()
		if copyIn(m.State(), p) {
			m.Unlock()
			return len(p), nil
		}
	} else {
		f.storage.Lock()
	}
	defer f.storage.Unlock()
	s, err := f.check("write", object.FlagWritable)
	if err != nil {
		return 0, err
	}
	if s.Has(object.FlagText) {
		return f.textWrite(s, p)
	}
	return f.put(s, p)
}

// put writes bytes as they are in the file, which are encoded already if it is a text file.
func (f *File) put(s *object.State, p []byte) (n int, err error) {
	if s.InMemory() {
		if err = f.prepare(s, int64(len(p))); err != nil {
			return 0, err
		}
	}
	if s.InMemory() {
		return f.memoryWrite(s, p)
	}
	n, err = f.diskWrite(s, p)
	return n, f.fail("write", err)
}

// Truncate changes the size. As in Python, a spooled file rolls over if the size is more than MaxSize, even if that is 0,
// and does not grow while it is in memory.
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
	if err = f.passOn(s); err == nil {
		err = f.engine.system.Truncate(int(s.Descriptor), size)
	}
	if err != nil {
		return 0, f.fail("truncate", err)
	}
	return size, nil
}

// end is where Truncate without a size ends a file: at the position, which in a text file is behind the bytes that were read
// ahead, as in Python.
func (f *File) end(s *object.State) (int64, error) {
	if s.Has(object.FlagText) {
		return f.position(s)
	}
	return f.tell(s)
}

// passOn passes on what is held back, and moves the descriptor to the file's position. In a text file the descriptor stays
// behind what was read ahead, because the next write must go where Python's goes.
func (f *File) passOn(s *object.State) error {
	if s.Has(object.FlagText) {
		return f.flush(s)
	}
	return f.settle(s)
}

// Flush does so for the program.
func (f *File) Flush() error {
	s, err := f.enter("flush", 0)
	defer f.storage.Unlock()
	if err != nil || s.InMemory() {
		return err
	}
	return f.fail("flush", f.passOn(s))
}

// Status describes the file. Of a file in memory only the size and the permissions are known.
func (f *File) Status() (status system.Status, err error) {
	s, err := f.enter("stat", 0)
	defer f.storage.Unlock()
	if err != nil {
		return status, err
	}
	if s.InMemory() {
		return system.Status{Type: system.RegularFile, Size: s.Size, Mode: (&Options{Permissions: s.Permissions}).permissionsOr(0o600)}, nil
	}
	if err = f.flush(s); err == nil {
		status, err = f.engine.system.Status(int(s.Descriptor))
	}
	return status, f.fail("stat", err)
}

// Sync passes on what is held back and waits until it is on the device. A file in memory has nothing to wait for.
func (f *File) Sync(dataOnly bool) error {
	s, err := f.enter("sync", 0)
	defer f.storage.Unlock()
	if err != nil || s.InMemory() {
		return err
	}
	if err = f.flush(s); err == nil {
		err = f.engine.system.Sync(int(s.Descriptor), dataOnly)
	}
	return f.fail("sync", err)
}
