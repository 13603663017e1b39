//go:build unix

package engine

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"libtempfile/core/text"
)

// textFile makes a text file of a class.
func textFile(t *testing.T, class string, o *Options) *File {
	t.Helper()
	if o.Mode == "" {
		o.Mode = "w+"
	}
	create := map[string]func(*Options) (*File, error){
		"named": standard.NamedTemporaryFile, "unnamed": standard.TemporaryFile, "spooled": standard.SpooledTemporaryFile,
	}[class]
	f, err := create(o)
	if err != nil {
		t.Fatalf("%s %+v: %v", class, *o, err)
	}
	t.Cleanup(func() { f.Free() })
	return f
}

var textClasses = []string{"named", "unnamed", "spooled"}

// TestTextOptionsAreCheckedFirst: what is wrong with them leaves nothing behind.
func TestTextOptionsAreCheckedFirst(t *testing.T) {
	folder := t.TempDir()
	odd := "\n\r"
	for _, o := range []Options{
		{Encoding: "nonsense"}, {Encoding: "latin\u00e9"}, {Encoding: "utf-7"}, {Errors: "surrogateescape"}, {Errors: "namereplace"},
		{Errors: "Strict"}, {Newline: &odd}, {Buffering: Unbuffered},
	} {
		o.Mode, o.Dir = "w+", folder
		for _, create := range []func(*Options) (*File, error){standard.NamedTemporaryFile, standard.TemporaryFile, standard.SpooledTemporaryFile} {
			if _, err := create(&o); !errors.Is(err, syscall.EINVAL) {
				t.Errorf("%+v: %v", o, err)
			}
		}
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// TestStrictWritesAllOrNothing: what does not encode names its offset, and nothing of that write is in the file.
func TestStrictWritesAllOrNothing(t *testing.T) {
	crlf := "\r\n"
	for _, class := range textClasses {
		f := textFile(t, class, &Options{Encoding: "latin-1", Newline: &crlf})
		if _, err := io.WriteString(f, "é\n"); err != nil {
			t.Fatal(err)
		}
		for _, bad := range []struct {
			text   string
			offset int64
		}{{"a\né€z", 4}, {"\xff", 0}, {"a\n\xe9", 2}, {"\xe2\x82", 0}, {"\xed\xa0\x80", 0}, {strings.Repeat("x", 20000) + "€", 20000}} {
			n, err := io.WriteString(f, bad.text)
			var at *text.Error
			if n != 0 || !errors.Is(err, syscall.EILSEQ) || !errors.As(err, &at) || at.Offset != bad.offset {
				t.Errorf("%s %.20q: %d, %v", class, bad.text, n, err)
			}
		}
		if _, err := io.WriteString(f, "z"); err != nil {
			t.Fatal(err)
		}
		if got := contentOf(t, f); got != "\xe9\r\nz" {
			t.Errorf("%s: %q", class, got)
		}
	}
}

// contentOf gives the file's side.
func contentOf(t *testing.T, f *File) string {
	t.Helper()
	descriptor, err := f.Fd()
	if err != nil {
		t.Fatal(err)
	}
	content := make([]byte, 1<<20)
	n, err := syscall.Pread(descriptor, content, 0)
	if err != nil {
		t.Fatal(err)
	}
	return string(content[:n])
}

// TestUTF8IsJudgedToo: a write that is not UTF-8 is an error whatever the rule for errors.
func TestUTF8IsJudgedToo(t *testing.T) {
	for _, rule := range []string{"strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace"} {
		for _, encoding := range []string{"utf-8", "latin-1", "gb18030"} {
			f := textFile(t, "spooled", &Options{Encoding: encoding, Errors: rule})
			if _, err := f.Write([]byte("ok\xf0\x9f")); !errors.Is(err, syscall.EILSEQ) {
				t.Errorf("%s %s: %v", encoding, rule, err)
			}
		}
	}
}

// TestNoCharacterIsSplit reads with every size of buffer.
func TestNoCharacterIsSplit(t *testing.T) {
	const content = "aé€😀\n"
	for _, class := range textClasses {
		for _, read := range []func(*File, []byte) (int, error){(*File).Read, (*File).ReadLine} {
			for size := 1; size <= 12; size++ {
				f := textFile(t, class, &Options{Encoding: "utf-16"})
				io.WriteString(f, content)
				f.Seek(0, io.SeekStart)
				var got []byte
				for p := make([]byte, size); ; {
					n, err := read(f, p)
					got = append(got, p[:n]...)
					var short *text.ShortBuffer
					if errors.As(err, &short) {
						if n != 0 || short.Needed <= len(p) || !errors.Is(err, syscall.ERANGE) {
							t.Fatalf("%s %d: %d, %v", class, size, n, err)
						}
						p = make([]byte, short.Needed)
						continue
					}
					if err == io.EOF {
						break
					}
					if err != nil || !bytes.Equal(got, []byte(content)[:len(got)]) || !strings.HasPrefix(content, string([]rune(string(got)))) {
						t.Fatalf("%s %d: %q, %v", class, size, got, err)
					}
				}
				if string(got) != content {
					t.Errorf("%s %d: %q", class, size, got)
				}
			}
		}
	}
}

// TestWriteWithinABadByte: a write forgets which characters of a bad byte were delivered, also if the byte is not ahead.
func TestWriteWithinABadByte(t *testing.T) {
	for _, class := range textClasses {
		for _, buffered := range []bool{false, true} {
			f := textFile(t, class, &Options{Errors: "backslashreplace", BufferedWrites: buffered})
			descriptor, err := f.Fd()
			must(t, err)
			_, err = syscall.Pwrite(descriptor, []byte("a\xff\xfe"), 0)
			must(t, err)
			p := make([]byte, 3)
			if n, err := f.Read(p); string(p[:n]) != `a\x` || err != nil {
				t.Fatalf("%s: %q, %v", class, p[:n], err)
			}
			within, err := f.Tell()
			must(t, err)
			f.Seek(within, io.SeekStart)
			if _, err = f.Write([]byte("b")); err != nil {
				t.Fatal(err)
			}
			if position, err := f.Tell(); position != 2 || err != nil {
				t.Errorf("%s, buffered %t: position %#x, %v", class, buffered, position, err)
			}
			p = make([]byte, 10)
			if n, err := f.Read(p); string(p[:n]) != `\xfe` || err != nil {
				t.Errorf("%s, buffered %t: %q, %v", class, buffered, p[:n], err)
			}
		}
	}
}

// TestBadBytesFailAgain: a caller who misses an error does not take the rest of the file for the whole.
func TestBadBytesFailAgain(t *testing.T) {
	f := textFile(t, "named", &Options{})
	must(t, os.WriteFile(f.Name(), append(bytes.Repeat([]byte("x"), 9000), "\xffrest"...), 0o600))
	p := make([]byte, 8000)
	if n, err := f.Read(p); n != 8000 || err != nil {
		t.Fatal(n, err)
	}
	n, err := f.Read(p)
	if n != 192 || err != nil {
		t.Fatal(n, err)
	}
	for range 3 {
		var at *text.Error
		if n, err := f.Read(p); n != 0 || !errors.As(err, &at) || at.Offset != 9000 {
			t.Fatal(n, err)
		}
	}
	if _, err := f.Seek(9001, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if n, err := f.Read(p); string(p[:n]) != "rest" || err != nil {
		t.Fatalf("%q, %v", p[:n], err)
	}
}

// TestFailedRollOverLosesNoText: the text, the position, what was read ahead and what the codecs know stay as they were.
func TestFailedRollOverLosesNoText(t *testing.T) {
	f := textFile(t, "spooled", &Options{Encoding: "utf-16", Dir: t.TempDir() + "/missing", MaxSize: 12})
	io.WriteString(f, "aé\r\nb")
	f.Seek(0, io.SeekStart)
	p := make([]byte, 3)
	if n, err := f.Read(p); string(p[:n]) != "aé" || err != nil {
		t.Fatalf("%q, %v", p[:n], err)
	}
	before := *f.storage.State()
	if _, err := io.WriteString(f, "too much"); !errors.Is(err, syscall.ENOENT) {
		t.Fatal(err)
	}
	if _, err := f.Fd(); !errors.Is(err, syscall.ENOENT) {
		t.Fatal(err)
	}
	if *f.storage.State() != before {
		t.Errorf("the state was %+v and is %+v", before, *f.storage.State())
	}
	p = make([]byte, 10)
	if n, err := f.Read(p); string(p[:n]) != "\nb" || err != nil {
		t.Fatalf("%q, %v", p[:n], err)
	}
}

// TestRollOverInTheMiddleOfText: reading goes on where it was.
func TestRollOverInTheMiddleOfText(t *testing.T) {
	content := "\xff\xfe" + "a\x00\r\x00\n\x00=\xd8\x00\xdeb\x00"
	for at := 1; at <= 7; at++ {
		f := textFile(t, "spooled", &Options{Encoding: "utf-16"})
		f.put(f.storage.State(), []byte(content))
		f.Seek(0, io.SeekStart)
		var got []byte
		for p := make([]byte, 4); ; {
			n, err := f.Read(p[:min(4, max(at, 1))])
			if errors.Is(err, syscall.ERANGE) {
				n, err = f.Read(p)
			}
			got = append(got, p[:n]...)
			if err == io.EOF {
				break
			}
			must(t, err)
			must(t, f.Rollover())
		}
		if string(got) != "a\n😀b" {
			t.Errorf("%d: %q", at, got)
		}
	}
}

// TestDescriptorIsAtTheText: whoever goes on with the descriptor begins with the next character.
func TestDescriptorIsAtTheText(t *testing.T) {
	f := textFile(t, "named", &Options{Encoding: "shift-jis"})
	io.WriteString(f, "あいう")
	f.Seek(0, io.SeekStart)
	p := make([]byte, 3)
	f.Read(p)
	for _, descriptorOf := range []func() (int, error){f.Fd, f.Detach} {
		descriptor, err := descriptorOf()
		if err != nil {
			t.Fatal(err)
		}
		if place, err := syscall.Seek(descriptor, 0, io.SeekCurrent); place != 2 || err != nil {
			t.Errorf("%d, %v", place, err)
		}
		if descriptor != int(f.storage.State().Descriptor) {
			syscall.Close(descriptor)
		}
	}
}

// TestTextPositions tries numbers with a bit of each part of a position, see text/position.go: whatever number comes, seek
// refuses it or the file can be used after it.
func TestTextPositions(t *testing.T) {
	for _, class := range textClasses {
		f := textFile(t, class, &Options{Encoding: "utf-16", Errors: "backslashreplace"})
		io.WriteString(f, "aé")
		for _, position := range []int64{-1, 1 << 62, 1<<62 - 1, 1<<58 - 1, 1<<48 - 1, 3, 1 << 48, 5<<48 | 1, 15 << 54} {
			if _, err := f.Seek(position, io.SeekStart); err != nil {
				if !errors.Is(err, syscall.EINVAL) {
					t.Errorf("%s %#x: %v", class, position, err)
				}
				continue
			}
			p := make([]byte, 64)
			if _, err := f.Read(p); err != nil && err != io.EOF && !errors.Is(err, syscall.EILSEQ) {
				t.Errorf("%s %#x: %v", class, position, err)
			}
			f.Tell()
		}
		if _, err := f.ReadAt(make([]byte, 1), 0); !errors.Is(err, syscall.EINVAL) {
			t.Error(err)
		}
	}
}

// TestReader: io.ReadAll and a scanner read text to its end, whatever the room that they happen to offer.
func TestReader(t *testing.T) {
	content := strings.Repeat("a€😀é", 3000) + "\n"
	for _, class := range textClasses {
		f := textFile(t, class, &Options{Encoding: "utf-16"})
		io.WriteString(f, content)
		for size := 1; size <= 5; size++ {
			f.Seek(0, io.SeekStart)
			var got bytes.Buffer
			if _, err := io.CopyBuffer(struct{ io.Writer }{&got}, text.NewReader(f), make([]byte, size)); err != nil || got.String() != content {
				t.Errorf("%s %d: %d bytes, %v", class, size, got.Len(), err)
			}
		}
		f.Seek(0, io.SeekStart)
		if got, err := io.ReadAll(text.NewReader(f)); err != nil || string(got) != content {
			t.Errorf("%s: %d bytes, %v", class, len(got), err)
		}
	}
}
