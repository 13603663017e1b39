//go:build unix

package charset

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestCodecTables compares every table, code by code and character by character, with the fingerprint of Python's.
func TestCodecTables(t *testing.T) {
	var file struct {
		Cases []struct{ Encoding, Decode, Encode string }
	}
	readTestFile(t, "text_tables.json", &file)
	for _, c := range file.Cases {
		t.Run(c.Encoding, func(t *testing.T) {
			index, known := Find(c.Encoding)
			if !known {
				t.Fatal("unknown")
			}
			if got := decodings(c.Encoding, At(index)); got != c.Decode {
				t.Errorf("decoding differs")
			}
			if got := encoded(At(index)); got != c.Encode {
				t.Errorf("encoding differs")
			}
		})
	}
	if marked := 3; len(file.Cases)+marked != Count { // those with a mark are their siblings without
		t.Errorf("%d tables for %d encodings", len(file.Cases), Count)
	}
}

func readTestFile(t *testing.T, name string, to any) {
	t.Helper()
	text, err := os.ReadFile("../../tests/vectors/" + name)
	if err == nil {
		err = json.Unmarshal(text, to)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// decodings makes the fingerprint that generate_text.py makes of the same byte sequences.
func decodings(name string, c Codec) string {
	sum := sha256.New()
	digest := bufio.NewWriter(sum)
	pairs := func(first, last int, prefix ...byte) {
		for a := first; a <= last; a++ {
			for b := first; b <= last; b++ {
				addDecoding(digest, c, append(prefix, byte(a), byte(b)))
			}
		}
	}
	for b := range 256 {
		addDecoding(digest, c, []byte{byte(b)})
	}
	switch {
	case name == "iso2022_jp":
		for _, table := range []string{"\x1b(J", "\x1b$B", "\x1b$@"} {
			pairs(0x20, 0x7F, []byte(table)...)
		}
		digest.Flush()
		return hex.EncodeToString(sum.Sum(nil))
	case isDouble(c), strings.HasPrefix(name, "utf_16"):
		pairs(0, 0xFF)
	}
	switch name {
	case "euc_jp":
		pairs(0, 0xFF, 0x8F)
	case "euc_kr":
		for a := byte(0xA0); a < 0xC0; a++ {
			for b := byte(0xBE); b < 0xD5; b++ {
				for last := byte(0xA0); last < 0xD6; last++ {
					addDecoding(digest, c, []byte{0xA4, 0xD4, 0xA4, a, 0xA4, b, 0xA4, last})
				}
			}
		}
	case "gb18030":
		for a := byte(0x81); a < 0xFF; a++ {
			for b := byte(0x30); b < 0x3A; b++ {
				for third := byte(0x80); third < 0xFF; third++ {
					for d := byte(0x2F); d < 0x3B; d++ {
						addDecoding(digest, c, []byte{a, b, third, d})
					}
				}
			}
		}
	}
	digest.Flush()
	return hex.EncodeToString(sum.Sum(nil))
}

func isDouble(c Codec) bool {
	_, is := c.(*doubleCodec)
	return is
}

func addDecoding(digest *bufio.Writer, c Codec, sequence []byte) {
	line := append(append(digest.AvailableBuffer(), sequence...), '=')
	state := c.Traits().DecoderStart
	for at := 0; at < len(sequence); {
		u := c.Decode(state, sequence[at:], true)
		switch u.Kind {
		case Character:
			line = utf8.AppendRune(line, u.Rune)
		case Control:
		default:
			return
		}
		at += u.Size
		state = u.State
	}
	digest.Write(append(line, '\n'))
}

// encoded makes the fingerprint of every character that an encoding has.
func encoded(c Codec) string {
	sum := sha256.New()
	digest := bufio.NewWriter(sum)
	var room [16]byte
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		code, state, ok := c.Encode(room[:0], c.Traits().EncoderStart, r)
		if !ok {
			continue
		}
		if _, escapes := c.(iso2022Codec); escapes { // Python ends a text of its own in ASCII
			code = switchTable(code, state, isoASCII)
		}
		line := append(strconv.AppendInt(digest.AvailableBuffer(), int64(r), 16), '=')
		digest.Write(append(append(line, code...), '\n'))
	}
	digest.Flush()
	return hex.EncodeToString(sum.Sum(nil))
}

// TestEncodingNames holds every spelling against Python's.
func TestEncodingNames(t *testing.T) {
	var file struct {
		Cases []struct {
			Name     string
			Encoding *string
		}
	}
	readTestFile(t, "text_names.json", &file)
	for _, c := range file.Cases {
		index, known := Find(c.Name)
		switch {
		case c.Encoding == nil && known:
			t.Errorf("%q is %s, and should be unknown", c.Name, Name(index))
		case c.Encoding != nil && !known:
			t.Errorf("%q should be %s", c.Name, *c.Encoding)
		case known && Name(index) != *c.Encoding:
			t.Errorf("%q is %s, not %s", c.Name, Name(index), *c.Encoding)
		}
	}
}
