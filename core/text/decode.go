package text

import (
	"fmt"
	"unicode/utf8"

	"libtempfile/core/charset"
	"libtempfile/core/object"
)

// VerbatimRead tells whether bytes of the file that Check has passed are read as they are, but for a \r where Returns.
func VerbatimRead(t *object.TextState) bool {
	return t.Encoding == charset.UTF8 && errorRuleOf(t).strict() && newlineRuleOf(t).endsWithLF()
}

// Returns tells whether a \r is not read as it is, or ends a line.
func Returns(t *object.TextState) bool { return newlineRuleOf(t) != newlineLF }

// Tail is the most bytes of a file that can be left undecoded when more are needed: a \r and the beginnings of two escape
// sequences.
const Tail = 2 * charset.LongestUnit

// Decoder turns bytes of a file into UTF-8.
type Decoder struct {
	Needed int // the bytes that the next character needs, after Short

	text   *object.TextState
	codec  charset.Codec
	ascii  bool // of the codec's traits
	utf8   bool // the encoding is UTF-8
	line   bool // decoding stops at the end of a line
	before rune // the last character
}

// NewDecoder gives a decoder that goes on with a text's state, up to the end of a line if line is set.
func NewDecoder(text *object.TextState, line bool) Decoder {
	codec := codecOf(text)
	return Decoder{text: text, codec: codec, line: line, utf8: text.Encoding == charset.UTF8, ascii: codec.Traits().ASCII}
}

// Result says why decoding stopped.
type Result int

// The results.
const (
	More  Result = iota // more bytes of the file are needed
	Done                // the line has ended, or p is full
	Short               // the next character does not fit p
)

// Decode decodes taken bytes of src into n bytes of UTF-8 in p. It changes the text's state with each character. final means
// that no more bytes follow src.
func (d *Decoder) Decode(p, src []byte, final bool) (n, taken int, result Result) {
	for n < len(p) {
		if k := d.run(p[n:], src[taken:]); k > 0 {
			n, taken = n+k, taken+k
			continue
		}
		found, ready := d.next(src[taken:], final)
		if !ready {
			return n, taken, More
		}
		k, whole := d.copy(p[n:], &found)
		n += k
		if !whole {
			return n, taken, Short
		}
		taken += found.size
		d.text.Decoder, d.text.Skip = found.state, 0
		if d.line && found.ends {
			return n, taken, Done
		}
	}
	return n, taken, Done
}

// run copies bytes that are the same on both sides, up to the end of a line: ASCII characters, which are most of most texts,
// and all characters of UTF-8. It does nothing where a mark may come or a character is half delivered.
func (d *Decoder) run(p, src []byte) (n int) {
	if !d.ascii || d.text.Decoder != 0 || d.text.Skip != 0 {
		return 0
	}
	src = src[:min(len(p), len(src))]
	for n < len(src) && src[n] != '\r' && src[n] != '\n' {
		size := 1
		if src[n] >= utf8.RuneSelf {
			if !d.utf8 {
				break
			}
			if _, size = utf8.DecodeRune(src[n:]); size == 1 {
				break // bad, or longer than the rest of src
			}
		}
		n += size
	}
	if n > 0 {
		copy(p, src[:n])
		d.before = -1 // no character that a line's end depends on
	}
	return n
}

// decoded is the result of decoding some bytes: a character, nothing, or a text in place of bad bytes.
type decoded struct {
	size  int    // the number of bytes
	state uint8  // the codec's state after them
	bad   []byte // the bytes, if they are bad
	r     rune   // the character; -1: there is none
	ends  bool   // the character ends a line
}

// next decodes the next bytes; false if more bytes are needed.
func (d *Decoder) next(src []byte, final bool) (i decoded, ready bool) {
	u := d.codec.Decode(d.text.Decoder, src, final)
	if u.Kind == charset.Partial || len(src) == 0 {
		return i, false
	}
	i = decoded{size: u.Size, state: u.State, r: -1}
	switch {
	case u.Kind == charset.Character:
		i.r = u.Rune
	case u.Kind == charset.Bad && errorRuleOf(d.text) != errorsIgnore:
		i.bad = src[:u.Size]
	}
	rule, paired := newlineRuleOf(d.text), false
	if i.r == '\r' && rule.pairs() {
		size, after, known := d.pair(src[u.Size:], u.State, final)
		if !known {
			return i, false
		}
		paired = size > 0
		if rule == newlineTranslate {
			i.r = '\n'
			if paired {
				i.size += size
				i.state = after
			}
		}
	}
	i.ends = rule.ends(d.before, i.r, paired)
	return i, true
}

// pair looks for the \n of a \r\n; size 0 if there is none. Bytes that decode to nothing may lie in between.
func (d *Decoder) pair(src []byte, state uint8, final bool) (size int, after uint8, known bool) {
	for at := 0; ; {
		u := d.codec.Decode(state, src[at:], final)
		bad := u.Kind == charset.Fatal || u.Kind == charset.Bad && errorRuleOf(d.text) != errorsIgnore
		switch {
		case len(src) == at || u.Kind == charset.Partial:
			return 0, 0, final
		case u.Kind == charset.Character && u.Rune == '\n':
			return at + u.Size, u.State, true
		case u.Kind == charset.Character || bad:
			return 0, 0, true
		}
		at += u.Size
		state = u.State
	}
}

// copy writes the text of decoded bytes as far as it fits, without the characters that were delivered before.
func (d *Decoder) copy(p []byte, i *decoded) (n int, whole bool) {
	if i.bad == nil {
		if i.r < 0 {
			return 0, true
		}
		if size := utf8.RuneLen(i.r); size > len(p) {
			d.Needed = size
			return 0, false
		}
		d.before = i.r
		return utf8.EncodeRune(p, i.r), true
	}
	d.before = -1
	text := "\uFFFD"
	if errorRuleOf(d.text) == errorsBackslash {
		text = backslashBytes(i.bad)
	}
	seen := 0
	for at, r := range text {
		if seen++; seen <= int(d.text.Skip) {
			continue
		}
		size := utf8.RuneLen(r)
		if n+size > len(p) {
			d.Needed = size
			return n, false
		}
		n += copy(p[n:], text[at:at+size])
		d.text.Skip = uint8(seen)
	}
	return n, true
}

func backslashBytes(bytes []byte) string {
	text := make([]byte, 0, 4*len(bytes))
	for _, b := range bytes {
		text = fmt.Appendf(text, "\\x%02x", b)
	}
	return string(text)
}
