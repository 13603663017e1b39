package charset

import (
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

// doubleCodec is an East Asian encoding, whose characters have one byte, two bytes, or in a few places more. It is x/text's
// table with Python's differences.
type doubleCodec struct {
	unmarked
	encoding   *encoding.Encoding // an address is known at link time, so that loading the library initializes nothing
	single     func(lead byte) bool
	length     func(src []byte) int // of a character whose lead byte is not single; it may look at the second byte
	overrides  []run                // codes that have another character than in x/text's table
	encodeOnly []run                // characters whose code decodes to another character; in the order of characters
	undefined  []span               // codes without a character
	compose    bool                 // KS X 1001 annex 3: syllables without a code are written as eight bytes

	once    sync.Once
	decoder transform.Transformer // these two hold no state, in spite of their type
	encoder transform.Transformer
}

func (c *doubleCodec) Traits() Traits { return Traits{ASCII: true} }

func (c *doubleCodec) open() {
	c.once.Do(func() {
		c.decoder, c.encoder = (*c.encoding).NewDecoder().Transformer, (*c.encoding).NewEncoder().Transformer
	})
}

// neverSingle is for encodings whose single bytes are all ASCII.
func neverSingle(byte) bool { return false }

func twoBytes([]byte) int { return 2 }

// shiftJISSingle tells the katakana of JIS X 0201, which have one byte.
func shiftJISSingle(lead byte) bool { return lead >= 0xA1 && lead <= 0xDF }

// cp932Single tells the katakana, and the bytes that Shift-JIS leaves free and Windows uses.
func cp932Single(lead byte) bool { return lead == 0x80 || lead >= 0xA0 && lead <= 0xDF || lead >= 0xFD }

// eucJPLength gives 3 for a character of JIS X 0212, whose lead byte is 0x8F.
func eucJPLength(src []byte) int {
	if src[0] == 0x8F {
		return 3
	}
	return 2
}

// gb18030Length gives 4 where a digit follows the lead byte.
func gb18030Length(src []byte) int {
	if len(src) > 1 && src[1] >= '0' && src[1] <= '9' {
		return 4
	}
	return 2
}

// eucKRLength gives 8 for a syllable that begins with the filler.
func eucKRLength(src []byte) int {
	if len(src) > 1 && src[0] == hangulMark[0] && src[1] == hangulMark[1] {
		return hangulSize
	}
	return 2
}

func (c *doubleCodec) Decode(_ uint8, src []byte, final bool) Unit {
	if len(src) == 0 {
		return Unit{Kind: Partial}
	}
	if src[0] < utf8.RuneSelf {
		return character(rune(src[0]), 1)
	}
	size := 1
	if !c.single(src[0]) {
		size = c.length(src)
	}
	if len(src) < size {
		return partial(src, final)
	}
	r, ok := c.lookUp(src[:size])
	if !ok {
		return bad(1)
	}
	return character(r, size)
}

// lookUp finds the character of a whole code.
func (c *doubleCodec) lookUp(code []byte) (r rune, ok bool) {
	if len(code) == hangulSize {
		return decodeHangul(code)
	}
	number := codeNumber(code)
	if r, found := decodeRun(c.overrides, number); found {
		return r, true
	}
	if inSpan(c.undefined, number) {
		return 0, false
	}
	c.open()
	var text [2 * utf8.UTFMax]byte
	n, _, err := c.decoder.Transform(text[:], code, true)
	if err != nil {
		return 0, false
	}
	r, size := utf8.DecodeRune(text[:n])
	if r == utf8.RuneError && number != gb18030Replacement || size != n { // two characters: the second byte is ASCII
		return 0, false
	}
	return r, true
}

// gb18030Replacement is the one code that stands for U+FFFD itself, which x/text writes for what is bad.
const gb18030Replacement = 0x8431A437

func (c *doubleCodec) Encode(to []byte, _ uint8, r rune) ([]byte, uint8, bool) {
	if r < utf8.RuneSelf {
		return append(to, byte(r)), 0, true
	}
	if number, found := encodeRun(c.overrides, r); found {
		return appendCode(to, number), 0, true
	}
	if number, found := encodeSorted(c.encodeOnly, r); found {
		return appendCode(to, number), 0, true
	}
	c.open()
	var (
		text [utf8.UTFMax]byte
		code [8]byte
	)
	n, _, err := c.encoder.Transform(code[:], text[:utf8.EncodeRune(text[:], r)], true)
	if err == nil {
		number := codeNumber(code[:n])
		if _, replaced := decodeRun(c.overrides, number); !replaced && !inSpan(c.undefined, number) {
			return append(to, code[:n]...), 0, true
		}
	}
	if c.compose && r >= hangulFirst && r <= hangulLast {
		return appendHangul(to, r), 0, true
	}
	return to, 0, false
}

// encodeSorted is encodeRun for runs in the order of characters.
func encodeSorted(runs []run, r rune) (code uint32, found bool) {
	low, high := 0, len(runs)
	for low < high {
		middle := (low + high) / 2
		if runs[middle].r+rune(runs[middle].count) <= r {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return encodeRun(runs[low:min(low+1, len(runs))], r)
}

// codeNumber reads up to four bytes as a number.
func codeNumber(code []byte) (number uint32) {
	for _, b := range code {
		number = number<<8 | uint32(b)
	}
	return number
}

func appendCode(to []byte, number uint32) []byte {
	for shift := 24; shift >= 0; shift -= 8 {
		if number>>shift != 0 {
			to = append(to, byte(number>>shift))
		}
	}
	return to
}
