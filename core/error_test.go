//go:build unix

package tempfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"libtempfile/core/engine"
	"libtempfile/core/system"
)

// fullDisk is a system in which no file can be created and no entry removed.
type fullDisk struct{ system.Kernel }

func (fullDisk) Create(string, int, uint32) (int, error)        { return -1, syscall.ENOSPC }
func (fullDisk) CreateUnnamed(string, int, uint32) (int, error) { return -1, syscall.ENOSPC }
func (fullDisk) UnlinkBelow(int, string) error                  { return syscall.EIO }

func onFullDisk(t *testing.T) {
	before := standard
	t.Cleanup(func() { standard = before })
	standard = engine.New(fullDisk{})
}

// TestTempdirErrors: every function that needs the default directory gives this package's *TempdirError when there is none.
func TestTempdirErrors(t *testing.T) {
	onFullDisk(t)
	spooled := func(use func(f *File) error) error {
		f, err := SpooledTemporaryFile(&Options{MaxSize: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Free()
		return use(f)
	}
	for name, call := range map[string]func() error{
		"Gettempdir":         func() error { _, err := Gettempdir(); return err },
		"Mkstemp":            func() error { _, _, err := Mkstemp(nil); return err },
		"Mkdtemp":            func() error { _, err := Mkdtemp(nil); return err },
		"Mktemp":             func() error { _, err := Mktemp(nil); return err },
		"Unnamed":            func() error { _, err := Unnamed(nil); return err },
		"NamedTemporaryFile": func() error { _, err := NamedTemporaryFile(nil); return err },
		"TemporaryFile":      func() error { _, err := TemporaryFile(nil); return err },
		"TemporaryDirectory": func() error { _, err := TemporaryDirectory(nil); return err },
		"Write":              func() error { return spooled(func(f *File) error { _, err := f.Write([]byte("ab")); return err }) },
		"Truncate":           func() error { return spooled(func(f *File) error { _, err := f.Truncate(2); return err }) },
		"Fd":                 func() error { return spooled(func(f *File) error { _, err := f.Fd(); return err }) },
		"Detach":             func() error { return spooled(func(f *File) error { _, err := f.Detach(); return err }) },
		"Rollover":           func() error { return spooled((*File).Rollover) },
	} {
		var refused *TempdirError
		err := call()
		if !errors.As(err, &refused) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %T %v", name, err, err)
			continue
		}
		if len(refused.Refusals) < 4 || refused.Refusals[0].Err != syscall.ENOSPC || err.Error() == "" {
			t.Errorf("%s: %v", name, refused.Refusals)
		}
	}
}

// TestRemovalErrors: every function that removes a directory gives this package's *RemovalError when an entry stays.
func TestRemovalErrors(t *testing.T) {
	for name, remove := range map[string]func(path string) error{
		"RemoveAll": RemoveAll,
		"Step": func(path string) error {
			r, err := StartRemoval(path)
			if err != nil {
				return err
			}
			defer r.Close()
			for more := true; more; {
				more, err = r.Step(1)
			}
			if r.Path() != path || r.Removed() != 0 {
				t.Errorf("%s: %d removed", r.Path(), r.Removed())
			}
			return err
		},
		"Cleanup": func(path string) error {
			d, err := RegisterDirectory(path)
			if err != nil {
				return err
			}
			return d.Cleanup()
		},
		"Free": func(path string) error {
			d, err := RegisterDirectory(path)
			if err != nil {
				return err
			}
			return d.Free()
		},
	} {
		folder := filepath.Join(t.TempDir(), "folder")
		file := filepath.Join(folder, "file")
		if err := errors.Join(os.Mkdir(folder, 0o700), os.WriteFile(file, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		onFullDisk(t)
		var stays *RemovalError
		if err := remove(folder); !errors.As(err, &stays) || stays.Failed != 1 || stays.First.Path != file || !errors.Is(err, syscall.EIO) {
			t.Errorf("%s: %T %v", name, err, err)
		}
	}
}

// TestTextErrors: what does not encode or decode is this package's *TextError, in an *fs.PathError with the file's path.
func TestTextErrors(t *testing.T) {
	f, err := NamedTemporaryFile(&Options{Dir: t.TempDir(), Mode: "w+", Encoding: "ascii"})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Free()
	_, writeErr := f.Write([]byte("ab\u20ac"))
	if err := os.WriteFile(f.Name(), []byte("abc\xff"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, readErr := f.Read(make([]byte, 10))
	_, lineErr := f.ReadLine(make([]byte, 10))
	for offset, errs := range map[int64][]error{2: {writeErr}, 3: {readErr, lineErr}} {
		for _, err := range errs {
			var bad *TextError
			var place *fs.PathError
			if !errors.As(err, &bad) || bad.Offset != offset || bad.Encoding != "ascii" || !errors.Is(err, syscall.EILSEQ) {
				t.Errorf("%T %v", err, err)
			}
			if !errors.As(err, &place) || place.Path != f.Name() {
				t.Errorf("%T %v", err, err)
			}
		}
	}
}
