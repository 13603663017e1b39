package charset

import "unicode/utf8"

// utf8Codec is UTF-8, whose characters are copied, and whose bad bytes are found.
type utf8Codec struct{ unmarked }

func (utf8Codec) Traits() Traits { return Traits{ASCII: true, Complete: true} }

func (utf8Codec) Decode(_ uint8, src []byte, final bool) Unit {
	r, size := utf8.DecodeRune(src)
	switch {
	case r != utf8.RuneError || size > 1:
		return character(r, size)
	case !utf8.FullRune(src):
		return partial(src, final)
	}
	return bad(utf8Bad(src))
}

func (utf8Codec) Encode(to []byte, _ uint8, r rune) ([]byte, uint8, bool) {
	return utf8.AppendRune(to, r), 0, true
}

// utf8Bad gives the length of the first bad sequence as Python counts it: as much as could have begun a character. Go's
// decoder always counts one byte.
func utf8Bad(src []byte) int {
	for size := 2; size <= len(src); size++ {
		if utf8.FullRune(src[:size]) {
			return size - 1
		}
	}
	return 1
}

// utf8SigCodec is UTF-8 that begins with a byte order mark. Reading, the mark may be missing.
type utf8SigCodec struct{ utf8Codec }

// utf8Mark is the byte order mark in UTF-8.
const utf8Mark = "\xef\xbb\xbf"

func (utf8SigCodec) Traits() Traits {
	return Traits{DecoderStart: 1, ASCII: true, Complete: true}
}

func (utf8SigCodec) Mark() string { return utf8Mark }

func (c utf8SigCodec) Decode(state uint8, src []byte, final bool) Unit {
	if state == 0 {
		return c.utf8Codec.Decode(0, src, final)
	}
	if len(src) >= len(utf8Mark) && string(src[:len(utf8Mark)]) == utf8Mark {
		return Unit{Kind: Control, Size: len(utf8Mark)}
	}
	if len(src) < len(utf8Mark) && utf8Mark[:len(src)] == string(src) {
		return Unit{Kind: Partial} // at the end of the file too: Python ignores half a mark there
	}
	return c.utf8Codec.Decode(0, src, final)
}
