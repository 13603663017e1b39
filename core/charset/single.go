package charset

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// asciiCodec is ASCII.
type asciiCodec struct{ unmarked }

func (asciiCodec) Traits() Traits { return Traits{ASCII: true} }

func (asciiCodec) Decode(_ uint8, src []byte, final bool) Unit {
	if len(src) == 0 {
		return Unit{Kind: Partial}
	}
	if src[0] >= utf8.RuneSelf {
		return bad(1)
	}
	return character(rune(src[0]), 1)
}

func (asciiCodec) Encode(to []byte, _ uint8, r rune) ([]byte, uint8, bool) {
	return append(to, byte(r)), 0, r < utf8.RuneSelf
}

// singleCodec is an encoding with one byte a character. It is x/text's table with Python's differences.
type singleCodec struct {
	unmarked
	table     **charmap.Charmap // an address is known at link time, so that loading the library initializes nothing
	ebcdic    bool              // the ASCII characters are elsewhere
	c1        bool              // 0x80 to 0x9F are the control characters of those numbers, which x/text leaves out
	overrides []run             // bytes that have another character than in the table
	undefined []span            // bytes without a character
}

func (c *singleCodec) Traits() Traits { return Traits{ASCII: !c.ebcdic} }

func (c *singleCodec) Decode(_ uint8, src []byte, final bool) Unit {
	if len(src) == 0 {
		return Unit{Kind: Partial}
	}
	code := src[0]
	if c.c1 && isC1(rune(code)) {
		return character(rune(code), 1)
	}
	if r, found := decodeRun(c.overrides, uint32(code)); found {
		return character(r, 1)
	}
	r := (*c.table).DecodeByte(code)
	if r == utf8.RuneError || inSpan(c.undefined, uint32(code)) {
		return bad(1)
	}
	return character(r, 1)
}

func (c *singleCodec) Encode(to []byte, _ uint8, r rune) ([]byte, uint8, bool) {
	if c.c1 && isC1(r) {
		return append(to, byte(r)), 0, true
	}
	if code, found := encodeRun(c.overrides, r); found {
		return append(to, byte(code)), 0, true
	}
	code, found := (*c.table).EncodeRune(r)
	if !found || c.c1 && isC1(rune(code)) || inSpan(c.undefined, uint32(code)) {
		return to, 0, false
	}
	if _, replaced := decodeRun(c.overrides, uint32(code)); replaced {
		return to, 0, false
	}
	return append(to, code), 0, true
}

func isC1(r rune) bool { return r >= 0x80 && r <= 0x9F }

// decodeRun looks up a code. runs has few entries, if any.
func decodeRun(runs []run, code uint32) (r rune, found bool) {
	for i := range runs {
		if offset := code - runs[i].code; offset < runs[i].count { // wraps where code is less
			return runs[i].r + rune(offset), true
		}
	}
	return 0, false
}

// encodeRun looks up a character.
func encodeRun(runs []run, r rune) (code uint32, found bool) {
	for i := range runs {
		if offset := uint32(r - runs[i].r); offset < runs[i].count {
			return runs[i].code + offset, true
		}
	}
	return 0, false
}

func inSpan(spans []span, code uint32) bool {
	for _, s := range spans {
		if s.first <= code && code <= s.last {
			return true
		}
	}
	return false
}
