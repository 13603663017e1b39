package core

import (
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// Writing text. All of it is encoded before any of it is written, so that what does not encode leaves nothing behind. A
// long text is encoded twice, in pieces: first to look whether it can be, then to be written. The memory that takes does
// not depend on how long the text is, which is a number of the caller's, and may be a wrong one.

// textPiece is how many bytes are encoded at a time.
const textPiece = 64 << 10

// textWrite writes where the file's position is, which after a read is behind all that was read ahead, as in Python.
func (f *File) textWrite(s *State, p []byte) (n int, err error) {
	var (
		data  []byte
		state uint8
		total int64 // of a long text
	)
	long := false
	switch {
	case s.Text.verbatim() && utf8.Valid(p):
		data = p
	case len(p) > textPiece:
		long = true
		// How much it will be is of interest to a file in memory alone.
		if s.inMemory() || !s.Text.hasAll() || !utf8.Valid(p) {
			total, err = s.Text.encodedSize(p)
		}
	default:
		data, state, err = s.Text.encode(p)
	}
	if err != nil {
		return 0, f.fail("write", err)
	}
	start, end, text, memory := s.AheadStart, s.AheadEnd, s.Text, s.inMemory()
	s.AheadStart, s.AheadEnd = 0, 0
	s.Text.rewind()
	if long {
		state, err = f.putEncoded(s, p, total)
	} else {
		_, err = f.put(s, data)
	}
	if err != nil {
		s.AheadStart, s.AheadEnd, s.Text = start, end, text
		return 0, err
	}
	s.Text.Encoder = state
	if memory != s.inMemory() { // the file rolled over, which in Python is a seek to where it is
		s.Text.restartEncoder(false)
	}
	return len(p), nil
}

// putEncoded writes a long text that is total bytes in the file, and gives the encoder's state after it. A roll-over and
// all the memory that is needed come first, so that a file in memory is left as it was. On disk the position goes back to
// where it was.
func (f *File) putEncoded(s *State, p []byte, total int64) (state uint8, err error) {
	t := s.Text // its encoder goes on from piece to piece, whatever a roll-over makes of the file's
	if s.inMemory() {
		if s.rollsAt(s.Position + total) {
			err = f.rollover(s)
		} else {
			err = f.memoryReserve(s, total)
		}
		if err != nil {
			return 0, err
		}
	}
	before := *s
	piece := make([]byte, 0, textPiece)
	written := int64(0)
	for base := 0; base < len(p); {
		data, taken, err := t.encodePiece(piece, p[base:])
		if err == nil {
			if s.inMemory() {
				_, err = f.memoryWrite(s, data)
			} else {
				_, err = f.diskWrite(s, data)
			}
		}
		if err != nil {
			if s.inMemory() {
				s.Size, s.Position = before.Size, before.Position
			} else if written > 0 { // the caller may try again with all of it
				f.library.system.Seek(int(s.Descriptor), -written, io.SeekCurrent)
			}
			return 0, f.fail("write", err)
		}
		written += int64(len(data))
		base, piece = base+taken, data[:0] // which may have grown
	}
	return t.Encoder, nil
}

// verbatim tells whether the file's side of a text that is UTF-8 is the text itself.
func (t *TextState) verbatim() bool {
	_, plain := t.codec().(utf8Codec)
	return plain && t.newlineRule().written() == "\n"
}

// hasAll tells whether the encoding has all characters.
func (t *TextState) hasAll() bool {
	switch t.codec().(type) {
	case utf8Codec, utf8SigCodec, utf16Codec, utf32Codec:
		return true
	}
	return false
}

// encodedSize tells how many bytes a long text is in the file, or why it cannot be encoded.
func (t TextState) encodedSize(p []byte) (total int64, err error) {
	piece := make([]byte, 0, textPiece)
	for base := 0; base < len(p); {
		data, taken, err := t.encodePiece(piece, p[base:])
		if err != nil {
			if place, is := err.(*TextError); is {
				place.Offset += int64(base)
			}
			return 0, err
		}
		total += int64(len(data))
		base, piece = base+taken, data[:0]
	}
	return total, nil
}

// encode gives the file's side of UTF-8 text, and the encoder's state after it.
func (t TextState) encode(p []byte) (data []byte, state uint8, err error) {
	data = make([]byte, 0, len(p)+len(utf8Mark))
	for base, first := 0, true; first || base < len(p); first = false { // nothing may still be a mark
		var taken int
		if data, taken, err = t.encodePiece(data, p[base:]); err != nil {
			if place, is := err.(*TextError); is {
				place.Offset += int64(base)
			}
			return nil, 0, err
		}
		base += taken
	}
	return data, t.Encoder, nil
}

// encodePiece encodes the first textPiece bytes of UTF-8 text or some less, in whole characters, appends what they are in
// the file, and goes on with the encoder's state.
func (t *TextState) encodePiece(data []byte, p []byte) (to []byte, taken int, err error) {
	codec, newline := t.codec(), t.newlineRule().written()
	state, ascii := t.Encoder, codec.traits().ascii
	if state == encoderStart {
		mark := codec.traits().mark
		data, state = append(data, mark...), codec.traits().encoder
	}
	limit := len(p)
	if limit > textPiece {
		limit = textPiece - utf8.UTFMax // a character that begins before it ends within the piece
	}
	at := 0
	for at < limit {
		if ascii && state == 0 && p[at] < utf8.RuneSelf { // what most of most texts is
			end := at + asciiRun(p[at:limit], newline == "\n")
			if end > at {
				data, at = append(data, p[at:end]...), end
				continue
			}
		}
		r, size := utf8.DecodeRune(p[at:])
		if r == utf8.RuneError && size == 1 {
			return nil, 0, &TextError{"utf_8", int64(at), fmt.Sprintf("what is to be written is not UTF-8: %02x", p[at])}
		}
		next, after, ok := data, state, false
		if r == '\n' {
			next, after, ok = encodeText(codec, data, state, newline)
		} else {
			next, after, ok = codec.encode(data, state, r)
		}
		if !ok {
			if next, after, ok = encodeText(codec, data, state, t.rule().substitute(r)); !ok || t.rule() == errorsStrict {
				name := encodings[t.Encoding].name
				return nil, 0, &TextError{name, int64(at), fmt.Sprintf("%U is not in %s", r, name)}
			}
		}
		data, state = next, after
		at += size
	}
	t.Encoder = state
	return data, at, nil
}

// asciiRun counts the ASCII characters that a text begins with, up to the end of a line unless that is written as it is.
func asciiRun(p []byte, lines bool) (n int) {
	for n < len(p) && p[n] < utf8.RuneSelf && (lines || p[n] != '\n') {
		n++
	}
	return n
}

// encodeText encodes ASCII text.
func encodeText(codec codec, to []byte, state uint8, text string) (data []byte, after uint8, ok bool) {
	for _, r := range text {
		if to, state, ok = codec.encode(to, state, r); !ok {
			return nil, 0, false
		}
	}
	return to, state, true
}

// substitute is what is written for a character that the encoding does not have.
func (e errorRule) substitute(r rune) string {
	switch e {
	case errorsReplace:
		return "?"
	case errorsXML:
		return "&#" + strconv.Itoa(int(r)) + ";"
	case errorsBackslash:
		switch {
		case r < 0x100:
			return fmt.Sprintf("\\x%02x", r)
		case r < 0x10000:
			return fmt.Sprintf("\\u%04x", r)
		}
		return fmt.Sprintf("\\U%08x", r)
	}
	return ""
}
