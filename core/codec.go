package core

import "unicode/utf8"

// codec turns an encoding's bytes into characters and back, one at a time: that is what makes a read end between two
// characters, and an error know its offset. Codecs are without state of their own; what an encoding remembers from one
// character to the next is a number, 0 to 15, that the caller keeps where a forked child finds it.
type codec interface {
	// decode takes the first character off src. final: nothing will follow src.
	decode(state uint8, src []byte, final bool) unit
	// encode appends a character; false: the encoding has none such.
	encode(to []byte, state uint8, r rune) ([]byte, uint8, bool)
	// traits never change.
	traits() traits
}

// unit is what decode found at the start of the bytes.
type unit struct {
	kind  unitKind
	state uint8 // after it
	size  int   // in bytes, of which there is at least one unless it is partial
	r     rune  // if it is a character
}

type unitKind uint8

const (
	unitCharacter unitKind = iota
	unitMark               // bytes that stand for no character: a byte order mark, an escape sequence
	unitBad                // bytes that the encoding does not have
	unitFatal              // bad, and the rest makes no sense either: no rule for errors helps
	unitPartial            // the beginning of a character: more bytes are needed
)

// traits is what the reading and writing of text wants to know of an encoding.
type traits struct {
	start   uint8  // the decoder's state at the start of a file. Everywhere else it is 0 to begin with
	encoder uint8  // the encoder's, likewise
	mark    string // what a file begins with
	ascii   bool   // a byte below 0x80 is that character, unless it is within another one
}

func character(r rune, size int) unit { return unit{kind: unitCharacter, r: r, size: size} }
func bad(size int) unit               { return unit{kind: unitBad, size: size} }

// partial is the beginning of a character, which at the end of the file is bad, as a whole.
func partial(src []byte, final bool) unit {
	if final {
		return bad(len(src))
	}
	return unit{kind: unitPartial}
}

// utf8Codec is UTF-8, which needs no translation but judging.
type utf8Codec struct{}

func (utf8Codec) traits() traits { return traits{ascii: true} }

func (utf8Codec) decode(_ uint8, src []byte, final bool) unit {
	r, size := utf8.DecodeRune(src)
	switch {
	case r != utf8.RuneError || size > 1:
		return character(r, size)
	case !utf8.FullRune(src):
		return partial(src, final)
	}
	return bad(utf8Bad(src))
}

func (utf8Codec) encode(to []byte, _ uint8, r rune) ([]byte, uint8, bool) {
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

const utf8Mark = "\xef\xbb\xbf"

func (utf8SigCodec) traits() traits { return traits{start: 1, mark: utf8Mark, ascii: true} }

func (c utf8SigCodec) decode(state uint8, src []byte, final bool) unit {
	if state == 0 {
		return c.utf8Codec.decode(0, src, final)
	}
	if len(src) >= len(utf8Mark) && string(src[:len(utf8Mark)]) == utf8Mark {
		return unit{kind: unitMark, size: len(utf8Mark)}
	}
	if len(src) < len(utf8Mark) && utf8Mark[:len(src)] == string(src) {
		return unit{kind: unitPartial} // for good at the end of the file: Python says nothing of half a mark
	}
	return c.utf8Codec.decode(0, src, final)
}
