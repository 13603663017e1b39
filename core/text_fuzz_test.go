//go:build unix

package core

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
	"unsafe"
)

var fuzzNewlines = []string{"\x00", "", "\n", "\r", "\r\n"}

// fuzzState makes a text file's state of three numbers.
func fuzzState(encoding, rule, newline uint8) (TextState, *Options) {
	o := &Options{
		Mode: "w+", Encoding: encodings[int(encoding)%len(encodings)].name,
		Errors: []string{"strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace"}[rule%5],
	}
	if text := fuzzNewlines[newline%5]; text != "\x00" {
		o.Newline = &text
	}
	t, err := checkText(o, mode{text: true})
	if err != nil {
		panic(err)
	}
	return t, o
}

// FuzzTextDecoding holds decoding in pieces, of the file's bytes and of the caller's buffer, against decoding at once.
func FuzzTextDecoding(f *testing.F) {
	f.Add([]byte("a\r\nb\rc\n\xe9\x82\xa0\xf0\x9f\x98"), uint8(0), uint8(2), uint8(0), uint8(1), uint8(4))
	f.Add([]byte("\xff\xfea\x00\r\x00\n\x00=\xd8\x00\xde\x00\xd8"), uint8(3), uint8(3), uint8(0), uint8(3), uint8(5))
	f.Add([]byte("\x1b$B$\"\r\x1b(B\n\x1b&@\x1b$B\x1b(J\\"), uint8(54), uint8(1), uint8(1), uint8(1), uint8(7))
	f.Add([]byte("\xa4\xd4\xa4\xa1\xa4\xbf\xa4\xa2\r"), uint8(55), uint8(2), uint8(0), uint8(5), uint8(4))
	f.Add([]byte("\x81\x30\x81\x30\x84\x31\xa4\x37\xa2"), uint8(59), uint8(3), uint8(4), uint8(2), uint8(9))
	f.Fuzz(func(t *testing.T, content []byte, encoding, rule, newline, piece, room uint8) {
		start, _ := fuzzState(encoding, rule, newline)
		whole, wholeErr := decodePieces(start, content, len(content)+1, 4096)
		pieces, err := decodePieces(start, content, int(piece%17)+1, int(room%60)+4)
		if (wholeErr == nil) != (err == nil) || wholeErr == nil && !bytes.Equal(whole, pieces) {
			t.Fatalf("%s: at once %q, %v; in pieces of %d into %d: %q, %v", encodings[start.Encoding].name, whole, wholeErr, piece%17+1, room%60+4, pieces, err)
		}
		if !utf8.Valid(whole) {
			t.Fatalf("%q is not UTF-8", whole)
		}
	})
}

// decodePieces is what File.textRead does with a file that gives so many bytes at a time to a caller with so much room.
func decodePieces(text TextState, content []byte, piece, room int) (got []byte, err error) {
	s := State{Text: text}
	buffer := append(make([]byte, 0, len(content)+1), content...)
	start, end := 0, 0
	for final := false; ; {
		p := make([]byte, room)
		d := newDelivery(&s.Text, false)
		n, taken, state := d.take(p, buffer[start:end], final)
		got = append(got, p[:n]...)
		start += taken
		switch {
		case state != deliveryMore:
			continue
		case final:
			return got, nil
		}
		final = end == len(buffer)
		end = min(end+piece, len(buffer))
		if len(buffer) > 0 {
			s.Data, s.Capacity = unsafe.Pointer(unsafe.SliceData(buffer)), int64(len(buffer))
			s.AheadStart, s.AheadEnd = int64(start), int64(end)
			if err := s.checkAhead(final); err != nil {
				return got, err
			}
		}
	}
}

// FuzzTextEncoding holds encoding in pieces against encoding at once, and against decoding.
func FuzzTextEncoding(f *testing.F) {
	f.Add("aé\n€😀", uint8(0), uint8(4), uint8(4), uint8(1))
	f.Add("あ¥‾a\r\n漢", uint8(54), uint8(2), uint8(0), uint8(2))
	f.Add("\ufeffb", uint8(3), uint8(0), uint8(3), uint8(0))
	f.Fuzz(func(t *testing.T, text string, encoding, rule, newline, piece uint8) {
		state, _ := fuzzState(encoding, rule, newline)
		whole, _, err := state.encode([]byte(text))
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
			data, state.Encoder, pieceErr = state.encode([]byte(string(runes[:n])))
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

// FuzzTextStages does the same to a spooled file in memory and to one on disk.
func FuzzTextStages(f *testing.F) {
	f.Add([]byte("\x00\x05a\r\n\xc3\xa9\x03\x00\x01\x03\x04\x02\x09"), uint8(0), uint8(2), uint8(0))
	f.Add([]byte("\x00\x02ab\x04\x00\x03z\x03\x01\x02\x05\x00\x01c\x06"), uint8(3), uint8(3), uint8(4))
	f.Fuzz(func(t *testing.T, steps []byte, encoding, rule, newline uint8) {
		_, o := fuzzState(encoding, rule, newline)
		o.Dir = t.TempDir()
		memory, disk := textFile(t, "spooled", o), textFile(t, "unnamed", o)
		var kept int64
		for len(steps) >= 2 {
			step, size := steps[0]%7, int(steps[1]%24)
			steps = steps[2:]
			var data []byte
			if step == 0 {
				data, steps = steps[:min(size, len(steps))], steps[min(size, len(steps)):]
				if rule%2 == 0 {
					data = bytes.ToValidUTF8(data, []byte("é"))
				}
			}
			n, got, err := textStep(memory, step, size, data, &kept)
			m, want, diskErr := textStep(disk, step, size, data, &kept)
			if n != m || !bytes.Equal(got, want) || (err == nil) != (diskErr == nil) || errnoOf(err) != errnoOf(diskErr) {
				t.Fatalf("step %d %d %q: in memory %d, %q, %v; on disk %d, %q, %v", step, size, data, n, got, err, m, want, diskErr)
			}
		}
	})
}

// textStep does one of a file's operations.
func textStep(f *File, step uint8, size int, data []byte, kept *int64) (number int64, got []byte, err error) {
	var n int
	got = make([]byte, size)
	switch step {
	case 0:
		n, err = f.Write(data)
		return int64(n), nil, err
	case 1, 2:
		read := f.Read
		if step == 2 {
			read = f.ReadLine
		}
		n, err = read(got)
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return int64(n), got[:n], err
	case 3:
		number, err = f.Seek(0, size%3)
	case 4:
		number, err = f.Tell()
		*kept = number
	case 5:
		number, err = f.Seek(*kept, io.SeekStart)
	case 6:
		number, err = f.Truncate(0) // not where the file is: what is in memory does not grow
	}
	return number, nil, err
}
