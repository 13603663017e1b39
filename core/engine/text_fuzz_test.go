//go:build unix

package engine

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"libtempfile/core/charset"
)

// FuzzTextStages does the same operations on a spooled file in memory and to one on disk.
func FuzzTextStages(f *testing.F) {
	f.Add([]byte("\x00\x05a\r\n\xc3\xa9\x03\x00\x01\x03\x04\x02\x09"), uint8(0), uint8(2), uint8(0))
	f.Add([]byte("\x00\x02ab\x04\x00\x03z\x03\x01\x02\x05\x00\x01c\x06"), uint8(3), uint8(3), uint8(4))
	f.Fuzz(func(t *testing.T, steps []byte, encoding, rule, newline uint8) {
		o := &Options{
			Mode: "w+", Dir: t.TempDir(), Encoding: charset.Name(uint16(int(encoding) % charset.Count)),
			Errors: []string{"strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace"}[rule%5],
		}
		if ends := []string{"\x00", "", "\n", "\r", "\r\n"}[newline%5]; ends != "\x00" {
			o.Newline = &ends
		}
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
