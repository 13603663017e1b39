//go:build linux && !tempfile_portable

package engine

import (
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"libtempfile/core/object"
	"libtempfile/core/publish"
	"libtempfile/core/system/systemtest"
)

type creation func(*Engine, *Options) (*File, error)

var classes = map[string]creation{
	"named": (*Engine).NamedTemporaryFile, "unnamed": (*Engine).TemporaryFile, "spooled": (*Engine).SpooledTemporaryFile,
}

func contentAt(path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(content)
}

// TestPublishedFileGoesOn: it is open where it was, has its name, and nothing deletes it.
func TestPublishedFileGoesOn(t *testing.T) {
	for class, create := range classes {
		for mode, o := range map[string]Options{
			"binary": {}, "unbuffered": {Buffering: Unbuffered}, "held back": {BufferedWrites: true}, "appending": {Append: true},
			"text": {Mode: "w+", Encoding: "utf-16"}, "small spool": {MaxSize: 4},
		} {
			folder := t.TempDir()
			o.Dir = folder
			f, err := create(standard, &o)
			if err != nil {
				t.Fatal(err)
			}
			f.Write([]byte("one two "))
			if err = f.Persist(folder+"/lasting", 0); err != nil {
				t.Errorf("%s, %s: %v", class, mode, err)
			}
			if f.Name() != folder+"/lasting" {
				t.Errorf("%s, %s: the name is %s", class, mode, f.Name())
			}
			f.Write([]byte("three"))
			if err = errors.Join(f.Keep(), f.Close(), f.Free()); err != nil {
				t.Errorf("%s, %s: %v", class, mode, err)
			}
			content := contentAt(folder + "/lasting")
			if mode == "text" {
				content = strings.ReplaceAll(strings.TrimPrefix(content, "\xff\xfe"), "\x00", "")
			}
			if left := remaining(t, folder); content != "one two three" || len(left) != 1 {
				t.Errorf("%s, %s: %q, %v", class, mode, content, left)
			}
		}
	}
}

// TestPublishingMovesNoReader: what was read ahead is delivered after it.
func TestPublishingMovesNoReader(t *testing.T) {
	for class, create := range classes {
		folder := t.TempDir()
		f, err := create(standard, &Options{Dir: folder})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Free()
		f.Write([]byte("one two three"))
		f.Seek(4, io.SeekStart)
		p := make([]byte, 4)
		f.Read(p)
		err = f.Persist(folder+"/lasting", publish.Sync)
		rest, readErr := io.ReadAll(f)
		if err != nil || readErr != nil || string(p) != "two " || string(rest) != "three" {
			t.Errorf("%s: %v, %v, %q and %q", class, err, readErr, p, rest)
		}
	}
}

// cautious is a storage without memory for a path.
type cautious struct{ object.Memory }

func (*cautious) PreparePath(string) (object.NewPath, error) { return nil, syscall.ENOMEM }

func TestNoMemoryForThePath(t *testing.T) {
	folder := t.TempDir()
	storage := &cautious{}
	f, err := fileIn(standard, storage, standard.NamedTemporaryFileIn(storage, &Options{Dir: folder}))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Free()
	if err = f.Persist(folder+"/lasting", 0); !errors.Is(err, syscall.ENOMEM) {
		t.Error(err)
	}
	if left := remaining(t, folder); len(left) != 1 || left[0] != f.Name() || !storage.State().Has(object.FlagDelete) {
		t.Errorf("there is %v", left)
	}
}

// TestHeldBackThatCannotBeWritten: the publication fails before it begins, and can be tried again.
func TestHeldBackThatCannotBeWritten(t *testing.T) {
	folder := t.TempDir()
	s := &faulty{System: kernel, method: "Write", nth: 1, errno: syscall.ENOSPC}
	f, err := New(s).NamedTemporaryFile(&Options{Dir: folder, BufferedWrites: true})
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("content"))
	if err = f.Persist(folder+"/lasting", 0); !errors.Is(err, syscall.ENOSPC) {
		t.Error(err)
	}
	if err = f.Persist(folder+"/lasting", 0); err != nil || contentAt(folder+"/lasting") != "content" {
		t.Errorf("the second time: %v, %q", err, contentAt(folder+"/lasting"))
	}
	f.Free()
}

// TestCleanUpDuringPublication: a signal's clean-up can come before any call. It removes the path that the flags say, and
// that never is the target. The file is published, or the target is what it was.
func TestCleanUpDuringPublication(t *testing.T) {
	ways := map[string]string{"": "", "without links of open files": "LinkDescriptor"}
	for class := range classes {
		for way, missing := range ways {
			published, refused := 0, 0
			for nth := 1; ; nth++ {
				folder := t.TempDir()
				target := folder + "/target"
				os.WriteFile(target, []byte("old"), 0o600)
				storage := &interrupted{t: t, target: target}
				calls := 0
				engine := New(systemtest.Watched{System: kernel, Before: func(call systemtest.Call) error {
					if calls++; calls == nth {
						storage.cleanUp()
					}
					if call.Method == missing {
						return syscall.EPERM
					}
					return nil
				}})
				f, err := fileIn(engine, storage, fill(engine, storage, class, folder))
				if err != nil {
					t.Fatal(err)
				}
				calls = 0
				err = f.Persist(target, publish.Sync)
				f.Free()
				switch content := contentAt(target); {
				case err == nil && content == "new":
					published++
				case err != nil && content == "old":
					refused++
				default:
					t.Errorf("%s %s, at call %d: %v, %q", class, way, nth, err, content)
				}
				if calls < nth {
					break
				}
			}
			if published == 0 {
				t.Errorf("%s %s: never published, %d times refused", class, way, refused)
			}
		}
	}
}

// interrupted is a storage with a clean-up just before and after it gets another path.
type interrupted struct {
	object.Memory
	t      *testing.T
	target string
}

func (s *interrupted) PreparePath(path string) (object.NewPath, error) {
	prepared, err := s.Memory.PreparePath(path)
	return interruptedPath{prepared, s}, err
}

type interruptedPath struct {
	object.NewPath
	storage *interrupted
}

func (p interruptedPath) Set() {
	p.storage.cleanUp()
	p.NewPath.Set()
	p.storage.cleanUp()
}

// cleanUp does what a signal's does in C, by the flags that it finds.
func (s *interrupted) cleanUp() {
	const temporary = object.FlagDelete | object.FlagNamed
	if path := s.Field(object.Path); s.State().Flags&temporary == temporary {
		if path == s.target {
			s.t.Error("a clean-up removes the target")
		}
		os.Remove(path)
	}
}

// fill makes a file of a class in a storage.
func fill(e *Engine, storage object.Storage, class, folder string) (err error) {
	o := &Options{Dir: folder}
	switch class {
	case "named":
		err = e.NamedTemporaryFileIn(storage, o)
	case "unnamed":
		err = e.TemporaryFileIn(storage, o)
	default:
		err = e.SpooledTemporaryFileIn(storage, o)
	}
	if err == nil {
		f := e.FileIn(storage)
		_, err = f.Write([]byte("new"))
	}
	return err
}

// TestPublishDescriptor is for files that others hold.
func TestPublishDescriptor(t *testing.T) {
	folder := t.TempDir()
	descriptor, path, err := standard.Mkstemp(&Options{Dir: folder})
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(descriptor)
	syscall.Write(descriptor, []byte("content"))
	if err = standard.PublishDescriptor(descriptor, path, folder+"/lasting", &PublishOptions{Permissions: 0o604}); err != nil {
		t.Fatal(err)
	}
	if left := remaining(t, folder); len(left) != 1 || contentAt(left[0]) != "content" {
		t.Errorf("there is %v", left)
	}
	if err = standard.PublishDescriptor(-1, "", folder+"/x", &PublishOptions{}); !errors.Is(err, syscall.EBADF) {
		t.Error(err)
	}
}

func TestPublishedDirectoryIsNotRemoved(t *testing.T) {
	folder := t.TempDir()
	d, err := standard.TemporaryDirectory(&Options{Dir: folder})
	if err != nil {
		t.Fatal(err)
	}
	if err = d.Persist(folder+"/lasting", publish.Sync); err != nil || d.Name() != folder+"/lasting" {
		t.Errorf("%v, %s", err, d.Name())
	}
	if err = errors.Join(d.Cleanup(), d.Free()); err != nil {
		t.Error(err)
	}
	if left := remaining(t, folder); len(left) != 1 {
		t.Errorf("there is %v", left)
	}
	if err = d.Persist(folder+"/again", 0); !errors.Is(err, syscall.EBADF) {
		t.Error(err)
	}
}

// TestExchangedDirectoryIsRemoved: the object stands for the other directory then.
func TestExchangedDirectoryIsRemoved(t *testing.T) {
	folder := t.TempDir()
	os.MkdirAll(folder+"/lasting/old", 0o700)
	d, err := standard.TemporaryDirectory(&Options{Dir: folder})
	if err != nil {
		t.Fatal(err)
	}
	name := d.Name()
	os.Mkdir(name+"/new", 0o700)
	if err = d.Persist(folder+"/lasting", publish.Exchange); err != nil || d.Name() != name {
		t.Errorf("%v, %s", err, d.Name())
	}
	if left := remaining(t, folder); len(left) != 4 {
		t.Errorf("there is %v", left)
	}
	if err = d.Free(); err != nil {
		t.Error(err)
	}
	if left := remaining(t, folder); len(left) != 2 || left[1] != folder+"/lasting/new" {
		t.Errorf("there is %v", left)
	}
}
