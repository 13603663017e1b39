package engine

import (
	"io"

	"libtempfile/core/object"
)

// Reading and writing at an offset, which leaves the position as it is.

// ReadAt reads at an offset.
func (f *File) ReadAt(p []byte, offset int64) (n int, err error) {
	s, err := f.enterAt("read", object.FlagReadable, offset)
	defer f.storage.Unlock()
	if err != nil {
		return 0, err
	}
	if s.InMemory() {
		n = copy(p, memoryContent(s, offset))
	} else {
		n, err = f.readAt(s, p, offset)
	}
	if err != nil {
		return n, f.fail("read", err)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *File) readAt(s *object.State, p []byte, offset int64) (n int, err error) {
	for n < len(p) {
		k, err := f.engine.system.ReadAt(int(s.Descriptor), p[n:], offset+int64(n))
		if err != nil || k <= 0 {
			return n, err
		}
		n += k
	}
	return n, nil
}

// WriteAt writes all of p at an offset. A spooled file rolls over as for a write that ends there.
func (f *File) WriteAt(p []byte, offset int64) (n int, err error) {
	s, err := f.enterAt("write", object.FlagWritable, offset)
	defer f.storage.Unlock()
	if err != nil {
		return 0, err
	}
	if s.Has(object.FlagAppend) {
		return 0, f.fail("write", invalid("a file that is open for appending has no other place to write"))
	}
	if s.InMemory() && rollsAt(s, offset+int64(len(p))) {
		if err = f.rollover(s); err != nil {
			return 0, err
		}
	}
	if s.InMemory() {
		return f.memoryWriteAt(s, p, offset)
	}
	if err = f.dropAhead(s); err == nil { // which may be what is written over
		n, err = f.writeAt(s, p, offset)
	}
	return n, f.fail("write", err)
}

func (f *File) memoryWriteAt(s *object.State, p []byte, offset int64) (n int, err error) {
	position := s.Position
	s.Position = offset
	n, err = f.memoryWrite(s, p)
	s.Position = position
	return n, err
}

func (f *File) writeAt(s *object.State, p []byte, offset int64) (n int, err error) {
	for n < len(p) {
		k, err := f.engine.system.WriteAt(int(s.Descriptor), p[n:], offset+int64(n))
		if err != nil {
			return n, err
		}
		if k <= 0 {
			return n, errNoProgress
		}
		n += k
	}
	return n, nil
}

// enterAt is enter for an operation at an offset, before which everything that is held back is passed on.
func (f *File) enterAt(operation string, needs uint32, offset int64) (*object.State, error) {
	s, err := f.enter(operation, needs)
	switch {
	case err != nil:
		return s, err
	case offset < 0:
		return s, f.fail(operation, invalid("offset %d is negative", offset))
	case s.Has(object.FlagText):
		return s, f.fail(operation, invalid("text has no bytes at an offset"))
	}
	return s, f.fail("write", f.flush(s))
}
