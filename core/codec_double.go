package core

import (
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

// doubleCodec is an East Asian encoding in which a character has one byte, or two, or in a few places more: x/text's
// tables, and what Python has otherwise.
type doubleCodec struct {
	encoding *encoding.Encoding // the address: it is known at link time, so that loading the library initializes nothing
	single   func(lead byte) bool
	length   func(src []byte) int // of a character whose lead byte is not single; it may look at the second byte
	both     []run                // codes that are other characters than in x/text's tables
	written  []run                // characters that are written as codes that read as others; in the order of characters
	lacks    []span               // codes that are no characters
	compose  bool                 // KS X 1001 annex 3: syllables without a code are written as eight bytes

	once    sync.Once
	decoder transform.Transformer // these two hold no state, in spite of their type
	encoder transform.Transformer
}

func (c *doubleCodec) traits() traits { return traits{ascii: true} }

func (c *doubleCodec) open() {
	c.once.Do(func() {
		c.decoder, c.encoder = (*c.encoding).NewDecoder().Transformer, (*c.encoding).NewEncoder().Transformer
	})
}

// neverSingle is for encodings whose single bytes are all ASCII.
func neverSingle(byte) bool { return false }

func twoBytes([]byte) int { return 2 }

// shiftJISSingle: the katakana of JIS X 0201.
func shiftJISSingle(lead byte) bool { return lead >= 0xA1 && lead <= 0xDF }

// cp932Single: and what Windows makes of the bytes that Shift-JIS leaves free.
func cp932Single(lead byte) bool { return lead == 0x80 || lead >= 0xA0 && lead <= 0xDF || lead >= 0xFD }

// eucJPLength: 0x8F leads a character of JIS X 0212.
func eucJPLength(src []byte) int {
	if src[0] == 0x8F {
		return 3
	}
	return 2
}

// gb18030Length: a digit follows the lead byte of four.
func gb18030Length(src []byte) int {
	if len(src) > 1 && src[1] >= '0' && src[1] <= '9' {
		return 4
	}
	return 2
}

// eucKRLength: the filler leads a syllable of eight bytes.
func eucKRLength(src []byte) int {
	if len(src) > 1 && src[0] == hangulMark[0] && src[1] == hangulMark[1] {
		return hangulSize
	}
	return 2
}

func (c *doubleCodec) decode(_ uint8, src []byte, final bool) unit {
	if len(src) == 0 {
		return unit{kind: unitPartial}
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
	if r, found := decodeRun(c.both, number); found {
		return r, true
	}
	if inSpan(c.lacks, number) {
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

func (c *doubleCodec) encode(to []byte, _ uint8, r rune) ([]byte, uint8, bool) {
	if r < utf8.RuneSelf {
		return append(to, byte(r)), 0, true
	}
	if number, found := encodeRun(c.both, r); found {
		return appendCode(to, number), 0, true
	}
	if number, found := encodeSorted(c.written, r); found {
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
		if _, replaced := decodeRun(c.both, number); !replaced && !inSpan(c.lacks, number) {
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

// A Hangul syllable that KS X 1001 has no code for is made of its letters: the filler, the first consonant, the vowel and
// the last consonant or the filler again, two bytes each.
const (
	hangulSize  = 8
	hangulLead  = 0xA4
	hangulMark  = "\xA4\xD4"
	hangulFirst = 0xAC00
	hangulLast  = 0xD7A3

	// The second bytes of the consonants in Unicode's order.
	hangulInitials = "\xA1\xA2\xA4\xA7\xA8\xA9\xB1\xB2\xB3\xB5\xB6\xB7\xB8\xB9\xBA\xBB\xBC\xBD\xBE"
	hangulFinals   = "\xD4\xA1\xA2\xA3\xA4\xA5\xA6\xA7\xA9\xAA\xAB\xAC\xAD\xAE\xAF\xB0\xB1\xB2\xB4\xB5\xB6\xB7\xB8\xBA\xBB\xBC\xBD\xBE"
	hangulVowel    = 0xBF // of the first of 21 in a row
	hangulVowels   = 21
)

func appendHangul(to []byte, r rune) []byte {
	syllable := int(r - hangulFirst)
	last := syllable % len(hangulFinals)
	vowel := syllable / len(hangulFinals) % hangulVowels
	first := syllable / len(hangulFinals) / hangulVowels
	to = append(to, hangulMark...)
	return append(to, hangulLead, hangulInitials[first], hangulLead, hangulVowel+byte(vowel), hangulLead, hangulFinals[last])
}

func decodeHangul(code []byte) (r rune, ok bool) {
	if code[2] != hangulLead || code[4] != hangulLead || code[6] != hangulLead {
		return 0, false
	}
	first, vowel, last := strings.IndexByte(hangulInitials, code[3]), int(code[5])-hangulVowel, strings.IndexByte(hangulFinals, code[7])
	if first < 0 || vowel < 0 || vowel >= hangulVowels || last < 0 {
		return 0, false
	}
	return hangulFirst + rune((first*hangulVowels+vowel)*len(hangulFinals)+last), true
}
