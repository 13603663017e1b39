//go:build unix

package engine

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"libtempfile/core/system"
	"libtempfile/core/text"
)

// Texts that are longer than what is encoded at a time.

func longText(size int) []byte {
	const line = "aé€😀\n"
	return []byte(strings.Repeat(line, size/len(line)+1)) // characters of each size, which end at every place of a piece
}

func inEncoding(t *testing.T, o Options, content []byte) []byte {
	t.Helper()
	o.Dir, o.MaxSize = t.TempDir(), 0
	f, err := standard.SpooledTemporaryFile(&o)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Free()
	for len(content) > 0 { // a line at a time: never in pieces
		line := bytes.IndexByte(content, '\n') + 1
		if _, err := f.Write(content[:line]); err != nil {
			t.Fatal(err)
		}
		content = content[line:]
	}
	return bytesOf(t, f)
}

// bytesOf reads what is in the file, without decoding.
func bytesOf(t *testing.T, f *File) []byte {
	t.Helper()
	fd, err := f.Fd()
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(io.NewSectionReader(descriptorReader(fd), 0, 1<<40))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

type descriptorReader int

func (fd descriptorReader) ReadAt(p []byte, offset int64) (int, error) {
	n, err := syscall.Pread(int(fd), p, offset)
	if n == 0 && err == nil && len(p) > 0 {
		err = io.EOF
	}
	return n, err
}

func TestLongTextIsEncodedAsShortTextIs(t *testing.T) {
	content := longText(3*text.PieceSize + 5)
	crlf := "\r\n"
	for name, o := range map[string]Options{
		"utf-8, lines":       {Newline: &crlf},
		"utf-16":             {Encoding: "utf-16"},
		"utf-8-sig":          {Encoding: "utf-8-sig"},
		"ascii, replaced":    {Encoding: "ascii", Errors: "backslashreplace"},
		"iso-2022-jp, none":  {Encoding: "iso2022_jp", Errors: "ignore"},
		"latin-1, as in XML": {Encoding: "latin-1", Errors: "xmlcharrefreplace"},
	} {
		o.Mode = "w+"
		want := inEncoding(t, o, content)
		for _, maxSize := range []int64{0, 10, int64(len(want)) - 1, int64(len(want))} {
			o.Dir, o.MaxSize = t.TempDir(), maxSize
			f, err := standard.SpooledTemporaryFile(&o)
			if err != nil {
				t.Fatal(err)
			}
			n, err := f.Write(content)
			if n != len(content) || err != nil {
				t.Fatalf("%s: %d, %v", name, n, err)
			}
			if rolled, _ := f.Rolled(); rolled != (maxSize != 0 && maxSize < int64(len(want))) {
				t.Errorf("%s, at most %d of %d bytes in memory: rolled over is %v", name, maxSize, len(want), rolled)
			}
			if got := bytesOf(t, f); !bytes.Equal(got, want) {
				t.Errorf("%s: %d bytes that are not the %d of short writes", name, len(got), len(want))
			}
			f.Free()
		}
	}
}

func TestTextAsLongAsAPiece(t *testing.T) {
	for size := text.PieceSize - 6; size < text.PieceSize+6; size++ {
		for _, o := range []Options{{Encoding: "latin-1"}, {Encoding: "utf-8-sig"}, {Encoding: "utf-16-le"}} {
			for _, last := range []string{"a", "é"} {
				content := []byte(strings.Repeat("a", size-len(last)) + last)
				o.Mode, o.Dir = "w+", t.TempDir()
				f, err := standard.SpooledTemporaryFile(&o)
				if err != nil {
					t.Fatal(err)
				}
				if n, err := f.Write(content); n != size || err != nil {
					t.Fatalf("%s, %d bytes: %d, %v", o.Encoding, size, n, err)
				}
				if _, err = f.Seek(0, io.SeekStart); err != nil {
					t.Fatal(err)
				}
				if got, err := io.ReadAll(text.NewReader(f)); !bytes.Equal(got, content) || err != nil {
					t.Fatalf("%s, %d bytes: %d came back, %v", o.Encoding, size, len(got), err)
				}
				f.Free()
			}
		}
	}
}

func TestLongTextThatDoesNotEncodeLeavesNothing(t *testing.T) {
	good := longText(2 * text.PieceSize)
	for name, bad := range map[string]string{"not in latin-1": "\u20ac", "not UTF-8": "\xff"} {
		for _, maxSize := range []int64{0, 1} {
			o := Options{Mode: "w+", Encoding: "latin-1", Dir: t.TempDir(), MaxSize: maxSize}
			f, err := standard.SpooledTemporaryFile(&o)
			if err != nil {
				t.Fatal(err)
			}
			content := append([]byte(strings.Repeat("é", len(good))), bad...)
			_, err = f.Write(content)
			var wrong *text.Error
			if !errors.As(err, &wrong) || wrong.Offset != int64(len(content)-len(bad)) {
				t.Errorf("%s: %v", name, err)
			}
			if position, err := f.Tell(); position != 0 || err != nil {
				t.Errorf("%s: position %d, %v", name, position, err)
			}
			if rolled, _ := f.Rolled(); rolled {
				t.Errorf("%s: it rolled over", name)
			}
			if left := bytesOf(t, f); len(left) != 0 {
				t.Errorf("%s: %d bytes were written", name, len(left))
			}
			f.Free()
		}
	}
}

// full is a disk that is full after so many bytes.
type full struct {
	system.System
	room int
}

func (f *full) Write(descriptor int, p []byte) (int, error) {
	if f.room == 0 {
		return 0, syscall.ENOSPC
	}
	p = p[:min(len(p), f.room)]
	f.room -= len(p)
	return f.System.Write(descriptor, p)
}

func TestLongTextOnAFullDiskKeepsThePosition(t *testing.T) {
	disk := &full{system.Kernel{}, 200_000}
	f, err := New(disk).TemporaryFile(&Options{Mode: "w+", Encoding: "utf-16-le", Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Free()
	content := bytes.Repeat([]byte("a"), 200_000)
	if _, err = f.Write(content); !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	if position, err := f.Tell(); position != 0 || err != nil {
		t.Fatalf("position %d, %v", position, err)
	}
	disk.room = 1 << 30
	if _, err = f.Write(content); err != nil {
		t.Fatal(err)
	}
	if position, err := f.Tell(); position != 400_000 || err != nil {
		t.Fatalf("position %d, %v", position, err)
	}
}

// sink takes all that is written and keeps nothing.
type sink struct{ system.System }

func (sink) Write(descriptor int, p []byte) (int, error) { return len(p), nil }

func TestLongTextNeedsNoMoreMemory(t *testing.T) {
	f, err := New(sink{system.Kernel{}}).TemporaryFile(&Options{Mode: "w", Encoding: "utf-16", Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Free()
	content := longText(32 << 20)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := f.Write(content); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
		t.Errorf("writing %d bytes allocated %d", len(content), grown)
	}
}
