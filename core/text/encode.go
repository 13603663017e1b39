package text

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"libtempfile/core/charset"
	"libtempfile/core/object"
)

// PieceSize is how many bytes of a text are encoded at a time.
const PieceSize = 64 << 10

// VerbatimWrite tells whether a text that is valid UTF-8 is in the file exactly as it is written.
func VerbatimWrite(t *object.TextState) bool {
	return t.Encoding == charset.UTF8 && newlineRuleOf(t).written() == "\n"
}

// Complete tells whether the encoding has all characters.
func Complete(t *object.TextState) bool { return codecOf(t).Traits().Complete }

// EncodedSize gives the number of bytes that a long text has in the file, or the reason why it cannot be encoded.
func EncodedSize(t object.TextState, p []byte) (total int64, err error) {
	piece := make([]byte, 0, PieceSize)
	for base := 0; base < len(p); {
		data, taken, err := EncodePiece(&t, piece, p[base:])
		if err != nil {
			if place, is := err.(*Error); is {
				place.Offset += int64(base)
			}
			return 0, err
		}
		total += int64(len(data))
		base, piece = base+taken, data[:0]
	}
	return total, nil
}

// Encode gives the bytes that UTF-8 text has in the file, and the encoder's state after it. The bytes are in room if they
// fit its capacity, else in new memory; an error may leave some in room.
func Encode(t object.TextState, room, p []byte) (data []byte, state uint8, err error) {
	if cap(room) < len(p) {
		room = make([]byte, 0, len(p)+len("\ufeff"))
	}
	data = room
	for base, first := 0, true; first || base < len(p); first = false { // an empty text may still have a mark
		var taken int
		if data, taken, err = EncodePiece(&t, data, p[base:]); err != nil {
			if place, is := err.(*Error); is {
				place.Offset += int64(base)
			}
			return nil, 0, err
		}
		base += taken
	}
	return data, t.Encoder, nil
}

// EncodePiece encodes the first PieceSize bytes of UTF-8 text, or a few less to end with a whole character. It appends the
// bytes in the file to data, and changes the encoder's state.
func EncodePiece(t *object.TextState, data []byte, p []byte) (to []byte, taken int, err error) {
	codec, newline := codecOf(t), newlineRuleOf(t).written()
	state, ascii := t.Encoder, codec.Traits().ASCII
	if state == object.EncoderStart {
		data, state = append(data, codec.Mark()...), codec.Traits().EncoderStart
	}
	limit := len(p)
	if limit > PieceSize {
		limit = PieceSize - utf8.UTFMax // a character that begins before it ends within the piece
	}
	at := 0
	for at < limit {
		if ascii && state == 0 && p[at] < utf8.RuneSelf { // most of most texts
			end := at + asciiRun(p[at:limit], newline == "\n")
			if end > at {
				data, at = append(data, p[at:end]...), end
				continue
			}
		}
		r, size := utf8.DecodeRune(p[at:])
		if r == utf8.RuneError && size == 1 {
			return nil, 0, &Error{"utf_8", int64(at), fmt.Sprintf("what is to be written is not UTF-8: %02x", p[at])}
		}
		next, after, ok := data, state, false
		if r == '\n' {
			next, after, ok = encodeText(codec, data, state, newline)
		} else {
			next, after, ok = codec.Encode(data, state, r)
		}
		if !ok {
			rule := errorRuleOf(t)
			if next, after, ok = encodeText(codec, data, state, rule.substitute(r)); !ok || rule == errorsStrict {
				name := charset.Name(t.Encoding)
				return nil, 0, &Error{name, int64(at), fmt.Sprintf("%U is not in %s", r, name)}
			}
		}
		data, state = next, after
		at += size
	}
	t.Encoder = state
	return data, at, nil
}

// Unfinished counts the bytes at the end of p that may be the beginning of a character.
func Unfinished(p []byte) int {
	for n := 1; n <= min(len(p), utf8.UTFMax-1); n++ {
		if tail := p[len(p)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// asciiRun counts the ASCII characters that a text begins with, up to the end of a line unless that is written as it is.
func asciiRun(p []byte, lines bool) (n int) {
	for n < len(p) && p[n] < utf8.RuneSelf && (lines || p[n] != '\n') {
		n++
	}
	return n
}

// encodeText encodes ASCII text.
func encodeText(codec charset.Codec, to []byte, state uint8, text string) (data []byte, after uint8, ok bool) {
	for _, r := range text {
		if to, state, ok = codec.Encode(to, state, r); !ok {
			return nil, 0, false
		}
	}
	return to, state, true
}

// substitute is the text that is written for a character that the encoding does not have.
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
