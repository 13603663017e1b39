//go:build unix

package tempfile_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	tempfile "libtempfile/core"
)

// The vectors that all languages share; tests/vectors/README.md describes them.

// byteString is a string whose characters are bytes.
type byteString string

func (b *byteString) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	raw := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return fmt.Errorf("%q is no byte", r)
		}
		raw = append(raw, byte(r))
	}
	*b = byteString(raw)
	return nil
}

type vectorStep struct {
	Do     string
	Data   byteString
	Times  *int
	Size   *int64
	Offset int64
	Whence int
	Gives  json.RawMessage
	Errno  string
	Tell   *int64
	Rolled *int
}

// optionalDir tells a dir of null, which is the default directory, from one that is absent.
type optionalDir struct {
	null bool
	text *byteString
}

func (d *optionalDir) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		d.null = true
		return nil
	}
	d.text = new(byteString)
	return json.Unmarshal(text, d.text)
}

type vector struct {
	ID        int
	Except    []string
	Functions []string
	Options   struct {
		Prefix, Suffix, Name            *byteString
		Dir                             optionalDir
		Beside                          *byteString
		MinFree                         int64 `json:"min_free"`
		Mode, Encoding, Errors, Newline *byteString
		Buffering                       int64
		Permissions, Flags              uint32
	}
	Head, Tail         byteString
	Random             int
	Errno              string
	Mode               byteString
	Readable, Writable bool
	MaxSize            int64 `json:"max_size"`
	Steps              []vectorStep
}

var errnos = map[string]syscall.Errno{
	"EBADF": syscall.EBADF, "EEXIST": syscall.EEXIST, "EINVAL": syscall.EINVAL, "ENAMETOOLONG": syscall.ENAMETOOLONG,
	"ENOENT": syscall.ENOENT, "ENOTDIR": syscall.ENOTDIR, "EILSEQ": syscall.EILSEQ,
}

// sameError tells whether an error is the one of that name, "" for none.
func sameError(err error, name string) bool {
	if name == "" {
		return err == nil
	}
	errno, known := errnos[name]
	return known && errors.Is(err, errno)
}

// runVectors runs a file of vectors, all of it and not less.
func runVectors(t *testing.T, name string, run func(t *testing.T, v *vector, directory string)) {
	cases := readVectors[vector](t, name+".json")
	directory := t.TempDir()
	for _, err := range [...]error{
		os.WriteFile(directory+"/taken", nil, 0o600), os.Mkdir(directory+"/folder", 0o700), os.Symlink("nowhere", directory+"/dangling"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	ran := 0
	for i := range cases {
		v := &cases[i]
		if slices.Contains(v.Except, "go") {
			continue
		}
		ran++
		t.Run(fmt.Sprint(v.ID), func(t *testing.T) {
			run(t, v, directory)
			if entries, err := os.ReadDir(directory); err != nil || len(entries) != 3 {
				t.Fatalf("left behind: %v, %v", entries, err)
			}
		})
	}
	if ran <= len(cases)/2 {
		t.Fatalf("only %d of %d cases", ran, len(cases))
	}
	t.Logf("%d cases", ran)
}

func (v *vector) options(directory string) *tempfile.Options {
	given := &v.Options
	text := func(s *byteString) string {
		if s == nil {
			return ""
		}
		return string(*s)
	}
	o := &tempfile.Options{
		Dir: directory, Prefix: text(given.Prefix), NoPrefix: given.Prefix != nil, Suffix: text(given.Suffix), Name: text(given.Name),
		Mode: text(given.Mode), Encoding: text(given.Encoding), Errors: text(given.Errors), Buffering: given.Buffering,
		Permissions: given.Permissions, NoTmpfile: given.Flags&0x10 != 0, OnlyTmpfile: given.Flags&0x20 != 0, MaxSize: v.MaxSize,
		OnDisk: given.Flags&0x100 != 0, InMemory: given.Flags&0x200 != 0, MinFree: given.MinFree,
	}
	switch {
	case given.Dir.null, given.Beside != nil && given.Dir.text == nil:
		o.Dir = ""
	case given.Dir.text != nil:
		o.Dir = directory + "/" + string(*given.Dir.text)
	}
	if given.Beside != nil {
		o.Beside = directory + "/" + string(*given.Beside)
	}
	if given.Newline != nil {
		newline := string(*given.Newline)
		o.Newline = &newline
	}
	return o
}

// A buffer is what a file is made with: the rules hold with each, except that reads of text do not depend on it.
type buffer struct {
	size  int64
	holds bool // what is written
}

// buffers is every size beside the bounds that a short case meets.
func buffers() (all []buffer) {
	for _, size := range [...]int64{0, 1, 2, 7, 4096} {
		all = append(all, buffer{size, false}, buffer{size, true})
	}
	return all
}

// with gives the options with a buffer, unless the case is about one.
func (b buffer) with(o tempfile.Options) *tempfile.Options {
	if o.Buffering == 0 {
		o.Buffering, o.BufferedWrites = b.size, b.holds
	}
	return &o
}

var classes = map[string]func(*tempfile.Options) (*tempfile.File, error){
	"named_temporary_file":   tempfile.NamedTemporaryFile,
	"temporary_file":         tempfile.TemporaryFile,
	"spooled_temporary_file": tempfile.SpooledTemporaryFile,
}

// create creates by the function of that name and removes what was created.
func create(t *testing.T, function string, o *tempfile.Options) (path string, err error) {
	switch function {
	case "mkstemp":
		var descriptor int
		if descriptor, path, err = tempfile.Mkstemp(o); err == nil {
			err = errors.Join(syscall.Close(descriptor), os.Remove(path))
		}
	case "mkdtemp":
		if path, err = tempfile.Mkdtemp(o); err == nil {
			err = os.Remove(path)
		}
	case "mktemp":
		path, err = tempfile.Mktemp(o)
	case "temporary_directory":
		var directory *tempfile.Directory
		if directory, err = tempfile.TemporaryDirectory(o); err == nil {
			path, err = directory.Name(), directory.Free()
		}
	default:
		class, known := classes[function]
		if !known {
			t.Fatalf("there is no function %q", function)
		}
		var file *tempfile.File
		if file, err = class(o); err == nil {
			path, err = file.Name(), file.Free()
		}
	}
	return path, err
}

func runCreation(t *testing.T, v *vector, directory string) {
	if len(v.Functions) == 0 {
		t.Fatal("a case without functions")
	}
	for _, function := range v.Functions {
		path, err := create(t, function, v.options(directory))
		if !sameError(err, v.Errno) {
			t.Errorf("%s: %q, %v; want %q", function, path, err, v.Errno)
		}
		if err != nil {
			continue
		}
		name, inside := strings.CutPrefix(path, directory+"/")
		name, begins := strings.CutPrefix(name, string(v.Head))
		name, ends := strings.CutSuffix(name, string(v.Tail))
		if !inside || !begins || !ends || len(name) != v.Random || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			t.Errorf("%s: %q", function, path)
		}
	}
}

func runMode(t *testing.T, v *vector, directory string) {
	for name, class := range classes {
		file, err := class(&tempfile.Options{Dir: directory, Mode: string(v.Mode)})
		if !sameError(err, v.Errno) {
			t.Errorf("%s: mode %q: %v; want %q", name, v.Mode, err, v.Errno)
		}
		if err != nil {
			continue
		}
		_, err = file.Read(make([]byte, 1))
		if v.Readable != (err == io.EOF) || !v.Readable && !errors.Is(err, syscall.EBADF) {
			t.Errorf("%s: mode %q: read: %v", name, v.Mode, err)
		}
		_, err = file.Write([]byte("x"))
		if v.Writable != (err == nil) || !v.Writable && !errors.Is(err, syscall.EBADF) {
			t.Errorf("%s: mode %q: write: %v", name, v.Mode, err)
		}
		if err := file.Free(); err != nil {
			t.Error(err)
		}
	}
}

// perform does one step; its result is a number or bytes.
func perform(t *testing.T, file *tempfile.File, step *vectorStep) (number int64, bytes []byte, err error) {
	size := int64(-1)
	if step.Size != nil {
		size = *step.Size
	}
	var n int
	switch step.Do {
	case "write":
		times := 1
		if step.Times != nil {
			times = *step.Times
		}
		n, err = file.Write([]byte(strings.Repeat(string(step.Data), times)))
		return int64(n), nil, err
	case "read":
		bytes = make([]byte, size)
		n, err = file.Read(bytes)
	case "readline":
		bytes = make([]byte, size)
		n, err = file.ReadLine(bytes)
	case "seek":
		number, err = file.Seek(step.Offset, step.Whence)
	case "truncate":
		number, err = file.Truncate(size)
	case "fileno":
		_, err = file.Fd()
	case "flush":
		err = file.Flush()
	case "rollover":
		err = file.Rollover()
	case "close":
		err = file.Close()
	default:
		t.Fatalf("there is no step %q", step.Do)
	}
	if err == io.EOF {
		err = nil
	}
	return number, bytes[:n], err
}

func play(t *testing.T, o *tempfile.Options, file *tempfile.File, steps []vectorStep) {
	t.Helper()
	if len(steps) == 0 {
		t.Fatal("a case without steps")
	}
	buffered := buffer{o.Buffering, o.BufferedWrites}
	for i := range steps {
		step := &steps[i]
		number, bytes, err := perform(t, file, step)
		if !sameError(err, step.Errno) {
			t.Fatalf("%v, step %d, %s: %v; want %q", buffered, i, step.Do, err, step.Errno)
		}
		var gives byteString
		switch {
		case err != nil:
		case bytes == nil:
			if fmt.Sprint(number) != string(step.Gives) {
				t.Fatalf("%v, step %d, %s: %d; want %s", buffered, i, step.Do, number, step.Gives)
			}
		case json.Unmarshal(step.Gives, &gives) != nil || string(bytes) != string(gives):
			t.Fatalf("%v, step %d, %s: %q; want %s", buffered, i, step.Do, bytes, step.Gives)
		}
		if step.Tell != nil {
			if position, err := file.Tell(); err != nil || position != *step.Tell {
				t.Fatalf("%v, after step %d, %s: position %d, %v; want %d", buffered, i, step.Do, position, err, *step.Tell)
			}
		}
		if step.Rolled != nil {
			if rolled, err := file.Rolled(); err != nil || rolled != (*step.Rolled == 1) {
				t.Fatalf("%v, after step %d, %s: rolled %v, %v", buffered, i, step.Do, rolled, err)
			}
		}
	}
}

// forEachBuffer runs a case with every buffer.
func forEachBuffer(t *testing.T, v *vector, directory string, run func(t *testing.T, o *tempfile.Options)) {
	for _, b := range buffers() {
		run(t, b.with(*v.options(directory)))
	}
}

func runSpooled(t *testing.T, v *vector, directory string) {
	forEachBuffer(t, v, directory, func(t *testing.T, o *tempfile.Options) {
		file, err := tempfile.SpooledTemporaryFile(o)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Free()
		play(t, o, file, v.Steps)
	})
}

func runFile(t *testing.T, v *vector, directory string) {
	forEachBuffer(t, v, directory, func(t *testing.T, o *tempfile.Options) {
		for name, class := range classes {
			file, err := class(o)
			if err != nil {
				t.Fatal(name, err)
			}
			defer file.Free()
			if err := file.Rollover(); err != nil {
				t.Fatal(name, err)
			}
			play(t, o, file, v.Steps)
			if err := file.Free(); err != nil {
				t.Fatal(name, err)
			}
		}
	})
}

func TestVectors(t *testing.T) {
	t.Run("names", func(t *testing.T) { runVectors(t, "names", runCreation) })
	t.Run("errnos", func(t *testing.T) { runVectors(t, "errnos", runCreation) })
	t.Run("modes", func(t *testing.T) { runVectors(t, "modes", runMode) })
	t.Run("modes_text", func(t *testing.T) { runVectors(t, "modes_text", runMode) })
	t.Run("spooled", func(t *testing.T) { runVectors(t, "spooled", runSpooled) })
	t.Run("files", func(t *testing.T) { runVectors(t, "files", runFile) })
}
