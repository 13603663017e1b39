package text

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"libtempfile/core/charset"
	"libtempfile/core/object"
)

var fuzzNewlines = []string{"\x00", "", "\n", "\r", "\r\n"}

// fuzzState makes a text file's state of three numbers.
func fuzzState(encoding, rule, newline uint8) object.TextState {
	var ends *string
	if text := fuzzNewlines[newline%5]; text != "\x00" {
		ends = &text
	}
	errors := []string{"strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace"}[rule%5]
	t, err := New(charset.Name(uint16(int(encoding)%charset.Count)), errors, ends)
	if err != nil {
		panic(err)
	}
	return t
}

// FuzzTextDecoding compares decoding in pieces of the file's bytes and of the caller's buffer with decoding at once.
func FuzzTextDecoding(f *testing.F) {
	f.Add([]byte("a\r\nb\rc\n\xe9\x82\xa0\xf0\x9f\x98"), uint8(0), uint8(2), uint8(0), uint8(1), uint8(4))
	f.Add([]byte("\xff\xfea\x00\r\x00\n\x00=\xd8\x00\xde\x00\xd8"), uint8(3), uint8(3), uint8(0), uint8(3), uint8(5))
	f.Add([]byte("\x1b$B$\"\r\x1b(B\n\x1b&@\x1b$B\x1b(J\\"), uint8(54), uint8(1), uint8(1), uint8(1), uint8(7))
	f.Add([]byte("\xa4\xd4\xa4\xa1\xa4\xbf\xa4\xa2\r"), uint8(55), uint8(2), uint8(0), uint8(5), uint8(4))
	f.Add([]byte("\x81\x30\x81\x30\x84\x31\xa4\x37\xa2"), uint8(59), uint8(3), uint8(4), uint8(2), uint8(9))
	f.Fuzz(func(t *testing.T, content []byte, encoding, rule, newline, piece, room uint8) {
		start := fuzzState(encoding, rule, newline)
		whole, wholeErr := decodePieces(start, content, len(content)+1, 4096)
		pieces, err := decodePieces(start, content, int(piece%17)+1, int(room%60)+4)
		if (wholeErr == nil) != (err == nil) || wholeErr == nil && !bytes.Equal(whole, pieces) {
			t.Fatalf("%s: at once %q, %v; in pieces of %d into %d: %q, %v",
				charset.Name(start.Encoding), whole, wholeErr, piece%17+1, room%60+4, pieces, err)
		}
		if !utf8.Valid(whole) {
			t.Fatalf("%q is not UTF-8", whole)
		}
	})
}

// decodePieces does what engine.File.textRead does with a file that gives so many bytes at a time to a caller with so much
// room.
func decodePieces(state object.TextState, content []byte, piece, room int) (got []byte, err error) {
	start, end := 0, 0
	for final := false; ; {
		p := make([]byte, room)
		d := NewDecoder(&state, false)
		n, taken, result := d.Decode(p, content[start:end], final)
		got = append(got, p[:n]...)
		start += taken
		switch {
		case result != More:
			continue
		case final:
			return got, nil
		}
		final = end == len(content)
		end = min(end+piece, len(content))
		if bad := Check(&state, content[start:end], final); bad != nil {
			return got, bad
		}
	}
}

// FuzzTextEncoding compares encoding in pieces with encoding at once, and decodes what was encoded.
func FuzzTextEncoding(f *testing.F) {
	f.Add("aé\n€😀", uint8(0), uint8(4), uint8(4), uint8(1))
	f.Add("あ¥‾a\r\n漢", uint8(54), uint8(2), uint8(0), uint8(2))
	f.Add("\ufeffb", uint8(3), uint8(0), uint8(3), uint8(0))
	f.Fuzz(func(t *testing.T, text string, encoding, rule, newline, piece uint8) {
		state := fuzzState(encoding, rule, newline)
		whole, _, err := Encode(state, nil, []byte(text))
		if !utf8.ValidString(text) {
			if err == nil {
				t.Fatalf("%q is not UTF-8", text)
			}
			return
		}
		var pieces []byte
		var pieceErr error
		runes := []rune(text)
		for first := true; pieceErr == nil && (first || len(runes) > 0); first = false {
			n := min(int(piece%7)+1, len(runes))
			var data []byte
			data, state.Encoder, pieceErr = Encode(state, nil, []byte(string(runes[:n])))
			pieces = append(pieces, data...)
			runes = runes[n:]
		}
		if (err == nil) != (pieceErr == nil) || err == nil && !bytes.Equal(whole, pieces) {
			t.Fatalf("at once %x, %v; in pieces %x, %v", whole, err, pieces, pieceErr)
		}
		if err == nil && !strings.Contains(text, "\x1b") { // which ISO-2022-JP takes for the beginning of an escape sequence
			if _, err := decodePieces(state, whole, len(whole)+1, 4096); err != nil {
				t.Fatalf("%x: %v", whole, err)
			}
		}
	})
}
