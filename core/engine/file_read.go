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
	if m := f.memory; m != nil {
		m.Lock()
		if n, done := copyOut(m.State(), p, line); done {
			m.Unlock()
			return n, nil
		}
	} else {
		f.storage.Lock()
	}
	defer f.storage.Unlock()
	s, err := f.check("read", object.FlagReadable)
	if err != nil {
		return 0, err
	}
	if err = f.flush(s); err != nil {
		return 0, f.fail("write", err)
	}
	if n, err = f.get(s, p, line); err != nil {
		return n, f.fail("read", err)
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// get reads at the position, up to the end of a line if line is set; 0 bytes at the end of the file.
func (f *File) get(s *object.State, p []byte, line bool) (n int, err error) {
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
	return n, err
}
