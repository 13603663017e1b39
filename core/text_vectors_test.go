//go:build unix

package tempfile_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"syscall"
	"testing"

	tempfile "libtempfile/core"
)

// What io.TextIOWrapper and SpooledTemporaryFile do; tests/vectors/text.md describes the files.

// textBytes is a JSON string whose characters are bytes.
type textBytes []byte

func (b *textBytes) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	*b = textBytes{}
	for _, r := range s {
		if r > 0xFF {
			return fmt.Errorf("%q is no byte", r)
		}
		*b = append(*b, byte(r))
	}
	return nil
}

type textStep struct {
	Do     string
	Data   textBytes
	Times  int
	Size   *int64
	Whence int
	Offset int64
	To     *int
	Keep   int
	Errno  string
	Gives  json.RawMessage
	Length *int
	Fnv    uint32
	Rolled *int // if this step changed it
}

type textCase struct {
	ID      int
	Class   string
	Options struct {
		Mode, Encoding, Errors string
		Newline                *string
		MaxSize                int64 `json:"max_size"`
	}
	Content textBytes
	Steps   []textStep
	File    *textBytes
	Length  *int
	Fnv     uint32
}

// readVectors reads a file of vectors: all of it, and not less.
func readVectors[T any](t *testing.T, name string) []T {
	t.Helper()
	text, err := os.ReadFile("../tests/vectors/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Count int
		Cases []T
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		t.Fatal(name, ": ", err)
	}
	if file.Count == 0 || file.Count != len(file.Cases) {
		t.Fatalf("%s has %d cases and says %d", name, len(file.Cases), file.Count)
	}
	return file.Cases
}

func TestTextVectors(t *testing.T) {
	cases := readVectors[textCase](t, "text.json")
	failures := 0
	for i := range cases {
		for _, b := range buffers() {
			if err := cases[i].run(b); err != nil {
				t.Errorf("case %d (%s %+v, %+v): %v", cases[i].ID, cases[i].Class, cases[i].Options, b, err)
				if failures++; failures > 20 {
					t.Fatal("and so on")
				}
			}
		}
	}
	t.Logf("%d text vectors", len(cases))
}

func (c *textCase) run(b buffer) error {
	o := tempfile.Options{Mode: c.Options.Mode, Encoding: c.Options.Encoding, Errors: c.Options.Errors, Newline: c.Options.Newline, MaxSize: c.Options.MaxSize}
	create := tempfile.NamedTemporaryFile
	if c.Class == "spooled" {
		create = tempfile.SpooledTemporaryFile
	}
	f, err := create(b.with(o))
	if err != nil {
		return err
	}
	defer f.Free()
	if c.Content != nil {
		if err := os.WriteFile(f.Name(), c.Content, 0o600); err != nil {
			return err
		}
	}
	kept := map[int]int64{}
	for i := range c.Steps {
		if err := c.Steps[i].run(f, kept); err != nil {
			return fmt.Errorf("step %d, %s: %w", i, c.Steps[i].Do, err)
		}
	}
	if c.File == nil && c.Length == nil {
		return nil
	}
	descriptor, err := f.Fd()
	if err != nil {
		return err
	}
	content, err := io.ReadAll(io.NewSectionReader(descriptorAt(descriptor), 0, 1<<40))
	if err != nil {
		return err
	}
	if c.Length != nil {
		return hashed("the file", content, *c.Length, c.Fnv)
	}
	if string(content) != string(*c.File) {
		return fmt.Errorf("the file is %q, not %q", content, *c.File)
	}
	return nil
}

// descriptorAt reads at an offset of a descriptor.
type descriptorAt int

func (d descriptorAt) ReadAt(p []byte, offset int64) (int, error) {
	n, err := syscall.Pread(int(d), p, offset)
	if n == 0 && err == nil {
		err = io.EOF
	}
	return n, err
}

func hashed(what string, data []byte, length int, sum uint32) error {
	hash := fnv.New32a()
	hash.Write(data)
	if len(data) != length || hash.Sum32() != sum {
		return fmt.Errorf("%s has %d bytes, not %d, or others: %.60q...", what, len(data), length, data)
	}
	return nil
}

func (s *textStep) run(f *tempfile.File, kept map[int]int64) error {
	var (
		number int64
		data   []byte
		err    error
	)
	switch s.Do {
	case "write":
		whole := []byte{}
		for range max(s.Times, 1) {
			whole = append(whole, s.Data...)
		}
		var n int
		n, err = f.Write(whole)
		number = int64(n)
	case "read", "readline":
		data = make([]byte, *s.Size)
		read := f.Read
		if s.Do == "readline" {
			read = f.ReadLine
		}
		var n int
		n, err = read(data)
		for s.Errno == "EILSEQ" && err == nil { // what is before the bad byte may come first, and is lost in Python
			n, err = read(data)
		}
		if err == io.EOF {
			err = nil
		}
		data = data[:n]
	case "seek":
		if s.To != nil {
			_, err = f.Seek(kept[*s.To], io.SeekStart)
		} else {
			number, err = f.Seek(s.Offset, s.Whence)
		}
	case "tell":
		number, err = f.Tell()
		kept[s.Keep] = number
	case "truncate":
		size := int64(-1)
		if s.Size != nil {
			size = *s.Size
		}
		number, err = f.Truncate(size)
	case "flush":
		err = f.Flush()
	case "rollover":
		err = f.Rollover()
	case "poke":
		var file *os.File
		if file, err = os.OpenFile(f.Name(), os.O_RDWR, 0); err == nil {
			defer file.Close()
			_, err = file.WriteAt(s.Data, s.Offset)
		}
	default:
		return fmt.Errorf("unknown")
	}
	if s.Rolled != nil {
		if rolled, _ := f.Rolled(); rolled != (*s.Rolled == 1) {
			return fmt.Errorf("rolled is %v", rolled)
		}
	}
	return s.compare(number, data, err)
}

func (s *textStep) compare(number int64, data []byte, err error) error {
	if s.Errno != "" {
		if !sameError(err, s.Errno) {
			return fmt.Errorf("%v, not %s", err, s.Errno)
		}
		var at *tempfile.TextError
		if errors.As(err, &at) && s.Offset != 0 && at.Offset != s.Offset && s.Do != "seek" {
			return fmt.Errorf("%v, not at %d", err, s.Offset)
		}
		return nil
	}
	if err != nil {
		return err
	}
	if s.Length != nil {
		return hashed("the text", data, *s.Length, s.Fnv)
	}
	if s.Gives == nil {
		return nil
	}
	if data != nil {
		var want textBytes
		if err := json.Unmarshal(s.Gives, &want); err != nil {
			return err
		}
		if string(want) != string(data) {
			return fmt.Errorf("%q, not %q", data, want)
		}
		return nil
	}
	var want int64
	if err := json.Unmarshal(s.Gives, &want); err != nil {
		return err
	}
	if number != want {
		return fmt.Errorf("%d, not %d", number, want)
	}
	return nil
}

func TestTextNames(t *testing.T) {
	type named struct {
		ID       int
		Name     string
		Encoding *string
	}
	for _, c := range readVectors[named](t, "text_names.json") {
		f, err := tempfile.SpooledTemporaryFile(&tempfile.Options{Mode: "w+", Encoding: c.Name})
		if (err == nil) != (c.Encoding != nil) {
			t.Errorf("%q: %v", c.Name, err)
		}
		if err == nil {
			f.Close()
		} else if !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%q: %v is not EINVAL", c.Name, err)
		}
	}
}
