package engine

import (
	"bytes"
	"io"
	"syscall"

	"libtempfile/core/object"
	"libtempfile/core/system"
)

// A file that has a descriptor. The system's position is behind the bytes that were read ahead, the file's position is
// before them. For writes that are held back see pending.go.

// dropAhead moves the system's position back to the file's, where something was read ahead.
func (f *File) dropAhead(s *object.State) error {
	unread := s.Unread()
	if unread == 0 {
		return nil
	}
	if _, err := f.engine.system.Seek(int(s.Descriptor), -unread, io.SeekCurrent); err != nil {
		return err
	}
	s.AheadStart, s.AheadEnd = 0, 0
	return nil
}

// fill reads ahead into the empty buffer; 0 bytes at the end of the file.
func (f *File) fill(s *object.State) (n int, err error) {
	if s.Capacity < s.ReadAhead {
		if err := f.storage.Resize(0, s.ReadAhead); err != nil {
			return 0, err
		}
	}
	n, err = f.engine.system.Read(int(s.Descriptor), s.Block()[:s.ReadAhead])
	s.AheadStart = 0
	s.AheadEnd = int64(max(n, 0))
	return n, err
}

// diskRead fills p, or reads to the end of the file. A read as large as the buffer does not go through it.
func (f *File) diskRead(s *object.State, p []byte) (n int, err error) {
	for n < len(p) {
		if ahead := s.Ahead(); ahead != nil {
			k := copy(p[n:], ahead)
			s.AheadStart += int64(k)
			n += k
			continue
		}
		var k int
		if int64(len(p)-n) >= s.ReadAhead {
			k, err = f.engine.system.Read(int(s.Descriptor), p[n:])
			n += max(k, 0)
		} else {
			k, err = f.fill(s)
		}
		// Bytes that were delivered count; an error after them comes again at the next read.
		if err != nil && n == 0 {
			return 0, err
		}
		if k <= 0 {
			break
		}
	}
	return n, nil
}

// diskReadLine reads up to and with the next newline.
func (f *File) diskReadLine(s *object.State, p []byte) (n int, err error) {
	if s.ReadAhead == 0 {
		return f.unbufferedReadLine(s, p)
	}
	for n < len(p) {
		ahead := s.Ahead()
		if ahead == nil {
			if k, err := f.fill(s); k <= 0 {
				if n > 0 {
					err = nil
				}
				return n, err
			}
			continue
		}
		k, end := copyLine(p[n:], ahead)
		s.AheadStart += int64(k)
		n += k
		if end {
			break
		}
	}
	return n, nil
}

// unbufferedReadLine reads a piece, and seeks back to the end of the line. The alternative is one system call a byte.
func (f *File) unbufferedReadLine(s *object.State, p []byte) (n int, err error) {
	for n < len(p) {
		piece := p[n:min(n+DefaultBuffering, len(p))]
		k, err := f.engine.system.Read(int(s.Descriptor), piece)
		if k <= 0 {
			if n > 0 {
				err = nil
			}
			return n, err
		}
		line, end := copyLine(piece[:k], piece[:k])
		n += line
		if end {
			_, err = f.engine.system.Seek(int(s.Descriptor), int64(line-k), io.SeekCurrent)
			return n, err
		}
	}
	return n, nil
}

// copyLine copies up to and with the first newline, and tells whether there was one.
func copyLine(to, from []byte) (n int, end bool) {
	from, end = firstLine(from[:min(len(from), len(to))])
	return copy(to, from), end
}

// firstLine is what there is up to and with the first newline, and tells whether there is one.
func firstLine(p []byte) (line []byte, end bool) {
	if i := bytes.IndexByte(p, '\n'); i >= 0 {
		return p[:i+1], true
	}
	return p, false
}

// diskWrite writes all of p, or holds it back.
func (f *File) diskWrite(s *object.State, p []byte) (n int, err error) {
	if err := f.dropAhead(s); err != nil {
		return 0, err
	}
	if s.Has(object.FlagBuffered) {
		if held, err := f.holdBack(s, p); err != nil {
			return 0, err
		} else if held {
			return len(p), nil
		}
	}
	return f.writeThrough(s, p)
}

// writeThrough has the system write all of p. Nothing may be held back.
func (f *File) writeThrough(s *object.State, p []byte) (n int, err error) {
	n, err = writeAll(f.engine.system, int(s.Descriptor), p)
	if err != nil && n > 0 {
		// The caller may try again with all of it, so the position goes back to where it began.
		f.engine.system.Seek(int(s.Descriptor), -int64(n), io.SeekCurrent)
	}
	return n, err
}

// errNoProgress is for a system that takes nothing and says nothing, which would be asked for ever.
const errNoProgress = syscall.EIO

// writeAll writes until everything is written.
func writeAll(s system.System, descriptor int, p []byte) (n int, err error) {
	for n < len(p) {
		k, err := s.Write(descriptor, p[n:])
		if err != nil {
			return n, err
		}
		if k == 0 {
			return n, errNoProgress
		}
		n += k
	}
	return n, nil
}

// diskSeek moves the system's position and forgets the bytes that were read ahead.
func (f *File) diskSeek(s *object.State, offset int64, whence int) (int64, error) {
	if err := f.flush(s); err != nil {
		return 0, err
	}
	if whence == io.SeekCurrent {
		offset -= s.Unread()
	}
	position, err := f.engine.system.Seek(int(s.Descriptor), offset, whence)
	if err == nil {
		s.AheadStart, s.AheadEnd = 0, 0
	}
	return position, err
}
