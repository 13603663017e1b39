package core

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Writing text. All of it is encoded before any of it is written, so that what does not encode leaves nothing behind.

// textWrite writes where the file's position is, which after a read is behind all that was read ahead, as in Python.
func (f *File) textWrite(s *State, p []byte) (n int, err error) {
	data, encoder, err := s.Text.encode(p)
	if err != nil {
		return 0, f.fail("write", err)
	}
	start, end, text, memory := s.AheadStart, s.AheadEnd, s.Text, s.inMemory()
	s.AheadStart, s.AheadEnd = 0, 0
	s.Text.rewind()
	if _, err = f.put(s, data); err != nil {
		s.AheadStart, s.AheadEnd, s.Text = start, end, text
		return 0, err
	}
	s.Text.Encoder = encoder
	if memory != s.inMemory() { // the file rolled over, which in Python is a seek to where it is
		s.Text.restartEncoder(false)
	}
	return len(p), nil
}

// encode gives the file's side of UTF-8 text, and the encoder's state after it.
func (t *TextState) encode(p []byte) (data []byte, state uint8, err error) {
	codec, newline := t.codec(), t.newlineRule().written()
	state = t.Encoder
	mark := ""
	if state == encoderStart {
		mark, state = codec.traits().mark, codec.traits().encoder
	}
	if _, plain := codec.(utf8Codec); plain && newline == "\n" && utf8.Valid(p) {
		return p, 0, nil
	}
	data = append(make([]byte, 0, len(mark)+len(p)), mark...)
	for at := 0; at < len(p); {
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
	return data, state, nil
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
