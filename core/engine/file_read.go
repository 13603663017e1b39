package engine

import (
	"io"

	"libtempfile/core/object"
)

// Read reads at the position.
func (f *File) Read(p []byte) (n int, err error) { return f.read(p, false) }

// ReadLine reads to the end of a line.
func (f *File) ReadLine(p []byte) (n int, err error) { return f.read(p, true) }

func (f *File) read(p []byte, line bool) (n int, err error) {
	s, err := f.enter("read", object.FlagReadable)
	defer f.storage.Unlock()
	if err != nil {
		return 0, err
	}
	switch {
	case s.Has(object.FlagText):
		if n, err = f.textRead(s, p, line); err != nil {
			n = 0
		}
	case s.InMemory() && line:
		n = memoryReadLine(s, p)
	case s.InMemory():
		n = memoryRead(s, p)
	case line:
		n, err = f.diskReadLine(s, p)
	default:
		n, err = f.diskRead(s, p)
	}
	if err != nil {
		return n, f.fail("read", err)
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// ReadAt reads at an offset and leaves the position as it is.
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
