package core

import (
	"encoding/hex"
	"fmt"
	"io"
	"unicode/utf8"
)

// Reading text. The bytes that were read ahead are Data[AheadStart:AheadEnd] in both stages: on disk the block is a
// buffer, in memory it is the file itself. The file's position is after them, and that is where a write goes, as in Python.

const (
	// textAhead is how many bytes are read ahead, whatever Buffering says: io.TextIOWrapper's chunk. It shows, in where a
	// write without a seek goes and in how early strict decoding fails.
	textAhead = 8192
	// textAheadMost keeps a large read from making the buffer as large.
	textAheadMost = 1 << 20
	// textTail is room for what one read of the file leaves undecoded: a \r and the beginnings of an escape sequence.
	textTail = 2 * escapeLimit
)

// textRead reads whole characters into p, up to and with the end of a line if line is set.
func (f *File) textRead(s *State, p []byte, line bool) (n int, err error) {
	d := newDelivery(&s.Text, line)
	for final := false; n < len(p); {
		k, taken, state := d.take(p[n:], s.ahead(), final)
		n += k
		s.AheadStart += int64(taken)
		switch state {
		case deliveryDone:
			return n, nil
		case deliveryShort:
			if n == 0 {
				return 0, &ShortBuffer{d.needed}
			}
			return n, nil
		}
		if final {
			break
		}
		got, err := f.textFill(s, len(p)-n, line)
		if err != nil {
			if n > 0 { // what was delivered counts; the next read fails
				err = nil
			}
			return n, err
		}
		final = got == 0
	}
	return n, nil
}

// textFill reads ahead after what is left of the last time; 0 bytes at the end of the file. Strict decoding fails here,
// for all that was read, as in Python; but here the position is then as before, so that the next read fails too and a
// caller who misses an error does not take the rest for the whole.
func (f *File) textFill(s *State, wanted int, line bool) (got int, err error) {
	size := textAhead
	if !line {
		size = min(max(wanted, textAhead), textAheadMost)
	}
	if s.inMemory() {
		got = s.textFillMemory(size)
	} else if got, err = f.textFillDisk(s, size); err != nil {
		return 0, err
	}
	if err = s.checkAhead(got == 0); err == nil {
		return got, nil
	}
	// The offset is from the start of what is ahead, whose place is found from the position after it.
	position, positionErr := f.position(s)
	if positionErr == nil {
		err.(*TextError).Offset += position - s.unread()
		positionErr = f.textUnfill(s, got)
	}
	if positionErr != nil {
		return 0, positionErr
	}
	return 0, err
}

// textFillMemory moves the position over the bytes that are ahead from then on.
func (s *State) textFillMemory(size int) (got int) {
	if s.unread() == 0 {
		s.AheadStart, s.AheadEnd = s.Position, s.Position
	}
	got = min(size, len(s.content(s.Position)))
	s.Position += int64(got)
	s.AheadEnd += int64(got)
	return got
}

// textFillDisk reads behind the bytes that are left, which it moves to the start of the buffer.
func (f *File) textFillDisk(s *State, size int) (got int, err error) {
	left := s.unread()
	if s.Capacity < left+int64(size) {
		// The tail is small, but what a roll-over left may not be.
		if err := f.textResize(s, left+int64(size)+textTail); err != nil {
			return 0, err
		}
	} else if s.AheadStart > 0 {
		copy(s.block(), s.ahead())
		s.AheadStart, s.AheadEnd = 0, left
	}
	got, err = f.library.system.Read(int(s.Descriptor), s.block()[left:left+int64(size)])
	if err != nil {
		return 0, err
	}
	s.AheadEnd = left + int64(got)
	return got, nil
}

// textResize makes room and keeps what is ahead.
func (f *File) textResize(s *State, capacity int64) error {
	left := s.unread()
	if left > 0 && s.AheadStart > 0 {
		copy(s.block(), s.ahead())
	}
	s.AheadStart, s.AheadEnd = 0, left
	return f.storage.Resize(left, capacity)
}

// textUnfill takes the last fill back.
func (f *File) textUnfill(s *State, got int) error {
	if s.inMemory() {
		s.Position -= int64(got)
	} else if _, err := f.library.system.Seek(int(s.Descriptor), -int64(got), io.SeekCurrent); err != nil {
		return err
	}
	s.AheadEnd -= int64(got)
	return nil
}

// checkAhead decodes what is ahead for the sake of its errors, if errors are to be told. A *TextError has the offset in
// what is ahead.
func (s *State) checkAhead(final bool) error {
	rule, codec, state, ahead := s.Text.rule(), s.Text.codec(), s.Text.Decoder, s.ahead()
	strict := rule == errorsStrict || rule == errorsXML
	if _, plain := codec.(utf8Codec); plain && utf8.Valid(ahead) {
		return nil
	}
	for at := 0; at < len(ahead) && (strict || at == 0); { // only the start of a file can be fatal
		u := codec.decode(state, ahead[at:], final)
		if u.kind == unitPartial {
			break
		}
		if u.kind == unitFatal || u.kind == unitBad && strict {
			name := encodings[s.Text.Encoding].name
			return &TextError{name, int64(at), badReason(name, u.kind, ahead[at:at+u.size])}
		}
		at += u.size
		state = u.state
	}
	return nil
}

func badReason(encoding string, kind unitKind, bytes []byte) string {
	if kind == unitFatal {
		return fmt.Sprintf("the text is not %s: there is no byte order mark", encoding)
	}
	return fmt.Sprintf("the text is not %s: %s", encoding, hex.EncodeToString(bytes))
}

// delivery hands decoded text over.
type delivery struct {
	text   *TextState
	codec  codec
	ascii  bool // of the codec's traits
	plain  bool // the codec is UTF-8
	line   bool // stop at the end of a line
	before rune // the last character
	needed int  // if it was short
}

func newDelivery(text *TextState, line bool) delivery {
	codec := text.codec()
	_, plain := codec.(utf8Codec)
	return delivery{text: text, codec: codec, line: line, plain: plain, ascii: codec.traits().ascii}
}

// How a delivery ended.
type deliveryState int

const (
	deliveryMore  deliveryState = iota // more bytes of the file are needed
	deliveryDone                       // the line or the room has ended
	deliveryShort                      // the next character does not fit
)

// take decodes src into p: n bytes of text for taken bytes of src. It changes the text's state with each character.
func (d *delivery) take(p, src []byte, final bool) (n, taken int, state deliveryState) {
	for n < len(p) {
		if k := d.run(p[n:], src[taken:]); k > 0 {
			n, taken = n+k, taken+k
			continue
		}
		item, ready := d.next(src[taken:], final)
		if !ready {
			return n, taken, deliveryMore
		}
		k, whole := d.copy(p[n:], &item)
		n += k
		if !whole {
			return n, taken, deliveryShort
		}
		taken += item.size
		d.text.Decoder, d.text.Skip = item.state, 0
		if d.line && item.ends {
			return n, taken, deliveryDone
		}
	}
	return n, taken, deliveryDone
}

// run copies what is the same on both sides, up to the end of a line: ASCII characters, which are most of most texts, and
// all characters of UTF-8. An encoding that has a mark to be read, or a character half delivered, goes the long way.
func (d *delivery) run(p, src []byte) (n int) {
	if !d.ascii || d.text.Decoder != 0 || d.text.Skip != 0 {
		return 0
	}
	src = src[:min(len(p), len(src))]
	for n < len(src) && src[n] != '\r' && src[n] != '\n' {
		size := 1
		if src[n] >= utf8.RuneSelf {
			if !d.plain {
				break
			}
			if _, size = utf8.DecodeRune(src[n:]); size == 1 {
				break // it is bad, or goes on past the room
			}
		}
		n += size
	}
	if n > 0 {
		copy(p, src[:n])
		d.before = -1 // none that is looked for
	}
	return n
}

// item is what is delivered for a number of bytes: a character, nothing, or what stands for bad bytes.
type item struct {
	size  int
	state uint8 // after it
	bad   []byte
	r     rune // the character; -1: nothing, or bad bytes
	ends  bool // a line
}

// next finds the next item; false: src does not tell yet.
func (d *delivery) next(src []byte, final bool) (i item, ready bool) {
	u := d.codec.decode(d.text.Decoder, src, final)
	if u.kind == unitPartial || len(src) == 0 {
		return i, false
	}
	i = item{size: u.size, state: u.state, r: -1}
	switch {
	case u.kind == unitCharacter:
		i.r = u.r
	case u.kind == unitBad && d.text.rule() != errorsIgnore:
		i.bad = src[:u.size]
	}
	rule, paired := d.text.newlineRule(), false
	if i.r == '\r' && rule.pairs() {
		size, after, known := d.pair(src[u.size:], u.state, final)
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

// pair looks for the \n of a \r\n: size 0 if there is none. What decodes to nothing may lie in between.
func (d *delivery) pair(src []byte, state uint8, final bool) (size int, after uint8, known bool) {
	for at := 0; ; {
		u := d.codec.decode(state, src[at:], final)
		switch {
		case len(src) == at || u.kind == unitPartial:
			return 0, 0, final
		case u.kind == unitCharacter && u.r == '\n':
			return at + u.size, u.state, true
		case u.kind == unitCharacter, u.kind == unitBad && d.text.rule() != errorsIgnore, u.kind == unitFatal:
			return 0, 0, true
		}
		at += u.size
		state = u.state
	}
}

// copy writes an item's text as far as it fits, without the characters that were delivered before.
func (d *delivery) copy(p []byte, i *item) (n int, whole bool) {
	if i.bad == nil {
		if i.r < 0 {
			return 0, true
		}
		if size := utf8.RuneLen(i.r); size > len(p) {
			d.needed = size
			return 0, false
		}
		d.before = i.r
		return utf8.EncodeRune(p, i.r), true
	}
	d.before = -1
	text := "\uFFFD"
	if d.text.rule() == errorsBackslash {
		text = backslashBytes(i.bad)
	}
	seen := 0
	for at, r := range text {
		if seen++; seen <= int(d.text.Skip) {
			continue
		}
		size := utf8.RuneLen(r)
		if n+size > len(p) {
			d.needed = size
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
