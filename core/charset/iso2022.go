package charset

// iso2022Codec is ISO-2022-JP. It uses seven bits of a byte; escape sequences switch between tables.
type iso2022Codec struct {
	unmarked
	kanji *doubleCodec
}

// The decoder's state is the table, and a bit for being inside an escape sequence of another kind, such as a terminal's,
// which is decoded as the characters that it consists of.
const (
	isoASCII  uint8 = iota
	isoRoman        // JIS X 0201: ASCII with a yen sign and an overline in place of \ and ~
	isoKanji        // JIS X 0208
	isoKanjiO       // its first edition; the same table in Python
	isoPass   uint8 = 4

	escape = 0x1B
	// escapeLimit is where Python stops looking for the end of an escape sequence.
	escapeLimit = 16
)

func (iso2022Codec) Traits() Traits { return Traits{EncoderStart: isoEncoder + isoASCII} }

func (c iso2022Codec) Decode(state uint8, src []byte, final bool) Unit {
	if len(src) == 0 {
		return Unit{Kind: Partial}
	}
	u := c.decodeIn(state, src, final)
	if u.Kind == Character && state&isoPass != 0 && endsEscape(src[0]) {
		u.State &^= isoPass
	}
	return u
}

func (c iso2022Codec) decodeIn(state uint8, src []byte, final bool) Unit {
	lead := src[0]
	u := character(rune(lead), 1)
	switch {
	case state&isoPass != 0:
	case lead == escape:
		return designate(state, src, final)
	case lead >= 0x80:
		u = bad(1)
	case lead < 0x20 || state == isoASCII:
	case state == isoRoman:
		u.Rune = romanOf(lead)
	case len(src) < 2:
		u = partial(src, final)
	default:
		u = c.decodeKanji(src)
	}
	u.State = state
	return u
}

func (c iso2022Codec) decodeKanji(src []byte) Unit {
	if src[1] >= 0x80 {
		return bad(2)
	}
	r, ok := c.kanji.lookUp([]byte{src[0] | 0x80, src[1] | 0x80})
	if !ok {
		return bad(2)
	}
	return character(r, 2)
}

func romanOf(code byte) rune {
	switch code {
	case '\\':
		return '¥'
	case '~':
		return '‾'
	}
	return rune(code)
}

func endsEscape(b byte) bool { return b >= 'A' && b <= 'Z' || b == '@' }

// designate reads an escape sequence. One that is not of ISO 2022 is decoded as characters.
func designate(state uint8, src []byte, final bool) Unit {
	if len(src) < 2 {
		u := partial(src, final)
		u.State = state
		return u
	}
	switch src[1] {
	case '(', ')', '$', '.', '&':
	default:
		u := character(escape, 1)
		u.State = state | isoPass
		return u
	}
	size := 0
	for i := 1; i < escapeLimit && size == 0; i++ {
		switch {
		case i >= len(src):
			u := partial(src, final)
			u.State = state
			return u
		case endsEscape(src[i]):
			size = i + 1
		case src[i] == '&' && i+1 < len(src) && src[i+1] == '@': // an announcement before the table's name
			i += 2
		}
	}
	if size == 0 {
		return Unit{Kind: Bad, Size: 1, State: state}
	}
	table, known := tableOf(string(src[1:size]), state)
	if !known {
		return Unit{Kind: Bad, Size: size, State: state}
	}
	return Unit{Kind: Control, Size: size, State: table}
}

// tableOf gives the state after an escape sequence. A sequence that designates G1 is accepted, and changes nothing, because
// ISO-2022-JP cannot shift to G1.
func tableOf(sequence string, state uint8) (table uint8, known bool) {
	switch sequence {
	case "(B":
		return isoASCII, true
	case "(J":
		return isoRoman, true
	case "$B", "$(B", "&@\x1b$B":
		return isoKanji, true
	case "$@", "$(@":
		return isoKanjiO, true
	case ")B", ")J", "$)B", "$)@":
		return state, true
	}
	return 0, false
}

// isoEncoder is what an encoder's state is more than a decoder's. An encoder that begins in the middle of a file has the
// state 0: the table is unknown, and an escape sequence comes before the first character, as in Python.
const isoEncoder = 1

// Encode writes an escape sequence wherever the table changes.
func (c iso2022Codec) Encode(to []byte, state uint8, r rune) ([]byte, uint8, bool) {
	if r < 0x80 {
		return append(switchTable(to, state, isoASCII), byte(r)), isoEncoder + isoASCII, true
	}
	var room [8]byte
	code, _, ok := c.kanji.Encode(room[:0], 0, r)
	switch {
	case ok && len(code) == 2 && code[0] >= 0xA1:
		return append(switchTable(to, state, isoKanji), code[0]&0x7F, code[1]&0x7F), isoEncoder + isoKanji, true
	case r == '¥':
		return append(switchTable(to, state, isoRoman), '\\'), isoEncoder + isoRoman, true
	case r == '‾':
		return append(switchTable(to, state, isoRoman), '~'), isoEncoder + isoRoman, true
	}
	return to, state, false
}

func switchTable(to []byte, from, table uint8) []byte {
	if from == isoEncoder+table {
		return to
	}
	return append(to, [...]string{isoASCII: "\x1b(B", isoRoman: "\x1b(J", isoKanji: "\x1b$B"}[table]...)
}
