package engine

import (
	"io"

	"libtempfile/core/object"
	"libtempfile/core/text"
)

// Reading text. The bytes that were read ahead are Data[AheadStart:AheadEnd] on disk and in memory: on disk the block is a
// buffer, in memory it is the file itself. The position is after these bytes, and a write goes there, as in Python.

const (
	// textAhead is how many bytes are read ahead, whatever Buffering says: the chunk size of io.TextIOWrapper. A program can
	// tell, by where a write without a seek goes and by how early strict decoding fails.
	textAhead = 8192
	// textAheadMost is the most bytes that a large read reads ahead, so that the buffer does not become as large as the
	// read.
	textAheadMost = 1 << 20
)

// textRead reads whole characters into p, up to and with the end of a line if line is set.
func (f *File) textRead(s *object.State, p []byte, line bool) (n int, err error) {
	d := text.NewDecoder(&s.Text, line)
	for final := false; n < len(p); {
		k, taken, result := d.Decode(p[n:], s.Ahead(), final)
		n += k
		s.AheadStart += int64(taken)
		switch result {
		case text.Done:
			return n, nil
		case text.Short:
			if n == 0 {
				return 0, &text.ShortBuffer{Needed: d.Needed}
			}
			return n, nil
		}
		if final {
			break
		}
		got, err := f.textFill(s, len(p)-n, line)
		if err != nil {
			if n > 0 { // the bytes that were delivered count; the next read fails
				err = nil
			}
			return n, err
		}
		final = got == 0
	}
	return n, nil
}

// textFill reads ahead behind the bytes that are left of the last time; 0 bytes at the end of the file. Strict decoding
// fails here for all bytes that were read, as in Python. But here the position is then as before, so that the next read
// fails too, and a caller who misses an error does not take the rest of the file for all of it.
func (f *File) textFill(s *object.State, wanted int, line bool) (got int, err error) {
	size := textAhead
	if !line {
		size = min(max(wanted, textAhead), textAheadMost)
	}
	if s.InMemory() {
		got = textFillMemory(s, size)
	} else if got, err = f.textFillDisk(s, size); err != nil {
		return 0, err
	}
	bad := text.Check(&s.Text, s.Ahead(), got == 0)
	if bad == nil {
		return got, nil
	}
	// The error's offset is from the first byte ahead, and the position is behind the last one.
	position, err := f.position(s)
	if err == nil {
		bad.Offset += position - s.Unread()
		err = f.textUnfill(s, got)
	}
	if err != nil {
		return 0, err
	}
	return 0, bad
}

// textFillMemory moves the position over the bytes that are ahead from now on.
func textFillMemory(s *object.State, size int) (got int) {
	if s.Unread() == 0 {
		s.AheadStart, s.AheadEnd = s.Position, s.Position
	}
	got = min(size, len(memoryContent(s, s.Position)))
	s.Position += int64(got)
	s.AheadEnd += int64(got)
	return got
}

// textFillDisk moves the bytes that are left to the start of the buffer, and reads behind them.
func (f *File) textFillDisk(s *object.State, size int) (got int, err error) {
	left := s.Unread()
	if s.Capacity < left+int64(size) {
		// What decoding leaves is at most text.Tail bytes, but a roll-over may have left more.
		if err := f.textResize(s, left+int64(size)+text.Tail); err != nil {
			return 0, err
		}
	} else if s.AheadStart > 0 {
		copy(s.Block(), s.Ahead())
		s.AheadStart, s.AheadEnd = 0, left
	}
	got, err = f.engine.system.Read(int(s.Descriptor), s.Block()[left:left+int64(size)])
	if err != nil {
		return 0, err
	}
	s.AheadEnd = left + int64(got)
	return got, nil
}

// textResize gives the block another capacity and keeps the bytes that are ahead.
func (f *File) textResize(s *object.State, capacity int64) error {
	left := s.Unread()
	if left > 0 && s.AheadStart > 0 {
		copy(s.Block(), s.Ahead())
	}
	s.AheadStart, s.AheadEnd = 0, left
	return f.storage.Resize(left, capacity)
}

// textUnfill undoes the last textFill.
func (f *File) textUnfill(s *object.State, got int) error {
	if s.InMemory() {
		s.Position -= int64(got)
	} else if _, err := f.engine.system.Seek(int(s.Descriptor), -int64(got), io.SeekCurrent); err != nil {
		return err
	}
	s.AheadEnd -= int64(got)
	return nil
}
