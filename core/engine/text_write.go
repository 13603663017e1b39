package engine

import (
	"io"
	"unicode/utf8"
	"unsafe"

	"libtempfile/core/object"
	"libtempfile/core/text"
)

// Writing text. All of it is encoded before any of it is written, so that a character that does not encode leaves nothing
// behind. A long text is encoded twice, in pieces: first to find out whether it can be, then to be written. The memory for
// that does not grow with the text, whose length is the caller's number and may be a wrong one.

// textWrite writes at the position, which after a read is behind all bytes that were read ahead, as in Python.
func (f *File) textWrite(s *object.State, p []byte) (n int, err error) {
	var (
		data  []byte
		state uint8
		total int64 // of a long text
	)
	long, room := false, f.room(s)
	switch {
	case s.Has(object.FlagVerbatimWrite) && utf8.Valid(p):
		data = p
	case len(p) > text.PieceSize:
		long = true
		// Only a file in memory needs the size of an encoding that has all characters.
		if s.InMemory() || !text.Complete(&s.Text) || !utf8.Valid(p) {
			total, err = text.EncodedSize(s.Text, p)
		}
	default:
		data, state, err = text.Encode(s.Text, room, p)
	}
	if err != nil {
		return 0, f.fail("write", err)
	}
	start, end, before, memory := s.AheadStart, s.AheadEnd, s.Text, s.InMemory()
	s.AheadStart, s.AheadEnd = 0, 0
	text.Rewind(&s.Text)
	switch {
	case long:
		state, err = f.putEncoded(s, p, total)
	case lies(data, room):
		f.take(s, len(data))
	default:
		_, err = f.put(s, data)
	}
	if err != nil {
		if memory == s.InMemory() { // a roll-over has dropped what was ahead
			s.AheadStart, s.AheadEnd, s.Text = start, end, before
		}
		return 0, err
	}
	s.Text.Encoder = state
	if memory != s.InMemory() { // the file rolled over, which in Python is a seek to where it is
		text.RestartEncoder(&s.Text, false)
	}
	return len(p), nil
}

// lies tells whether data begins where room does.
func lies(data, room []byte) bool {
	return len(data) > 0 && cap(room) > 0 && unsafe.SliceData(data) == unsafe.SliceData(room)
}

// putEncoded writes a long text, which has total bytes in the file, and gives the encoder's state after it. The roll-over or
// the memory that it needs comes first, so that a failure leaves a file in memory as it was. On disk the text goes past
// the buffer, and after a failure the position goes back to where it was.
func (f *File) putEncoded(s *object.State, p []byte, total int64) (state uint8, err error) {
	t := s.Text // the encoder goes on from piece to piece, though a roll-over changes the file's own state
	if s.InMemory() {
		if err = f.prepare(s, total); err != nil {
			return 0, err
		}
	} else if err = f.flush(s); err != nil {
		return 0, f.fail("write", err)
	}
	before := *s
	piece := make([]byte, 0, text.PieceSize)
	written := int64(0)
	for base := 0; base < len(p); {
		data, taken, err := text.EncodePiece(&t, piece, p[base:])
		if err == nil {
			if s.InMemory() {
				_, err = f.memoryWrite(s, data)
			} else {
				_, err = f.writeThrough(s, data)
			}
		}
		if err != nil {
			if s.InMemory() {
				s.Size, s.Position = before.Size, before.Position
			} else if written > 0 { // the caller may try again with all of it
				f.engine.system.Seek(int(s.Descriptor), -written, io.SeekCurrent)
			}
			return 0, f.fail("write", err)
		}
		written += int64(len(data))
		base, piece = base+taken, data[:0] // which may have grown
	}
	return t.Encoder, nil
}
