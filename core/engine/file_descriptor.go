package engine

import "libtempfile/core/object"

// Fd gives the descriptor, which stays the file's.
func (f *File) Fd() (descriptor int, err error) {
	s, err := f.enter("fileno", 0)
	defer f.storage.Unlock()
	if err != nil {
		return -1, err
	}
	return f.onDisk(s, "fileno")
}

// Detach gives the descriptor to the caller. The name stays the file's.
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

// onDisk gives the descriptor, moved to the file's position. A spooled file rolls over.
func (f *File) onDisk(s *object.State, operation string) (int, error) {
	if s.InMemory() {
		if err := f.rollover(s); err != nil {
			return -1, err
		}
	}
	if err := f.settle(s); err != nil {
		return -1, f.fail(operation, err)
	}
	return int(s.Descriptor), nil
}
