package engine

import "libtempfile/core/object"

// Write writes at the position. No write is held back: a buffer would be written twice after a fork, and lost at _exit.
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

// put writes bytes as they are in the file, which are encoded already if it is a text file.
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

// end is where Truncate without a size ends a file: at the position, which in a text file is behind the bytes that were read
// ahead, as in Python.
func (f *File) end(s *object.State) (int64, error) {
	if s.Has(object.FlagText) {
		return f.position(s)
	}
	return f.tell(s)
}

// Flush moves the descriptor to the file's position. In a text file it does nothing, because the next write must go where
// Python's goes.
func (f *File) Flush() error {
	s, err := f.enter("flush", 0)
	defer f.storage.Unlock()
	if err != nil || s.InMemory() || s.Has(object.FlagText) {
		return err
	}
	return f.fail("flush", f.dropAhead(s))
}
