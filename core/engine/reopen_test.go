//go:build linux && !tempfile_portable

package engine

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestReopenedDescriptorIsIndependent: it has a position and an access of its own, and outlives the file.
func TestReopenedDescriptorIsIndependent(t *testing.T) {
	for class, create := range fileClasses {
		for _, noTmpfile := range []bool{false, true} {
			f, err := create(&Options{Dir: quickFolder(t), NoTmpfile: noTmpfile})
			must(t, err)
			_, err = f.Write([]byte("content"))
			must(t, err)
			for mode, want := range map[string]int{
				"": unix.O_RDWR, "r": unix.O_RDONLY, "rb": unix.O_RDONLY, "r+t": unix.O_RDWR, "a": unix.O_WRONLY | unix.O_APPEND,
				"a+b": unix.O_RDWR | unix.O_APPEND,
			} {
				descriptor, err := f.Reopen(mode)
				must(t, err)
				flags, err := unix.FcntlInt(uintptr(descriptor), unix.F_GETFL, 0)
				must(t, err)
				if flags &= unix.O_ACCMODE | unix.O_APPEND | unix.O_NONBLOCK; flags != want {
					t.Errorf("%s, %q: flags %#x, want %#x", class, mode, flags, want)
				}
				if flags, err := unix.FcntlInt(uintptr(descriptor), unix.F_GETFD, 0); err != nil || flags != unix.FD_CLOEXEC {
					t.Errorf("%s, %q: %#x, %v", class, mode, flags, err)
				}
				if at, err := unix.Seek(descriptor, 0, io.SeekCurrent); at != 0 || err != nil {
					t.Errorf("%s, %q: position %d, %v", class, mode, at, err)
				}
				must(t, unix.Close(descriptor))
			}
			if at, err := f.Tell(); at != 7 || err != nil {
				t.Errorf("%s: the file's own position is %d, %v", class, at, err)
			}
			descriptor, err := f.Reopen("w+")
			must(t, err)
			if size, err := f.Seek(0, io.SeekEnd); size != 0 || err != nil {
				t.Errorf("%s: w left %d bytes, %v", class, size, err)
			}
			must(t, f.Free())
			if _, err := unix.Write(descriptor, []byte("still")); err != nil {
				t.Errorf("%s: %v", class, err)
			}
			must(t, unix.Close(descriptor))
		}
	}
}

// TestReopenTakesNoOtherFile: whatever has the name by now is neither waited for nor truncated nor given away.
func TestReopenTakesNoOtherFile(t *testing.T) {
	folder := quickFolder(t)
	for what, put := range map[string]func(path string) error{
		"a file":      func(path string) error { return os.WriteFile(path, []byte("precious"), 0o600) },
		"a link":      func(path string) error { return os.Symlink(folder+"/victim", path) },
		"a FIFO":      func(path string) error { return unix.Mkfifo(path, 0o600) },
		"a socket":    func(path string) error { return unix.Mknod(path, unix.S_IFSOCK|0o600, 0) },
		"a directory": func(path string) error { return os.Mkdir(path, 0o700) },
		"nothing":     func(string) error { return nil },
	} {
		must(t, os.WriteFile(folder+"/victim", []byte("precious"), 0o600))
		f, err := standard.NamedTemporaryFile(&Options{Dir: folder})
		must(t, err)
		must(t, os.Rename(f.Name(), folder+"/moved"))
		must(t, put(f.Name()))
		before := descriptors(t)
		for _, mode := range []string{"r", "w", "a", "r+", "w+"} {
			want := syscall.ESTALE
			if what == "nothing" {
				want = syscall.ENOENT
			}
			if descriptor, err := f.Reopen(mode); !errors.Is(err, want) || descriptor != -1 {
				t.Errorf("%s, %q: %d, %v", what, mode, descriptor, err)
			}
		}
		if descriptors(t) != before {
			t.Errorf("%s: a descriptor leaked", what)
		}
		victims := []string{folder + "/victim"}
		if what == "a file" {
			victims = append(victims, f.Name())
		}
		for _, path := range victims {
			if data, err := os.ReadFile(path); err != nil || string(data) != "precious" {
				t.Errorf("%s: %s has %q, %v", what, path, data, err)
			}
		}
		must(t, f.Keep())
		must(t, f.Free())
		os.RemoveAll(f.Name())
	}
}

func TestReopenRefuses(t *testing.T) {
	f, err := standard.TemporaryFile(&Options{Dir: quickFolder(t)})
	must(t, err)
	for _, mode := range []string{"x", "x+b", "q", "rw", "rr", "b", "r+b+"} {
		if _, err := f.Reopen(mode); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%q: %v", mode, err)
		}
	}
	descriptor, err := f.Detach()
	must(t, err)
	if _, err = f.Reopen("r"); !errors.Is(err, syscall.EBADF) {
		t.Errorf("detached: %v", err)
	}
	must(t, syscall.Close(descriptor))
	must(t, f.Close())
	if _, err = f.Reopen("r"); !errors.Is(err, syscall.EBADF) {
		t.Errorf("closed: %v", err)
	}
}

// TestUnkeepUndoesKeep: whatever has been kept goes again as if it had never been kept.
func TestUnkeepUndoesKeep(t *testing.T) {
	folder := quickFolder(t)
	for _, later := range []bool{false, true} {
		f, err := standard.NamedTemporaryFile(&Options{Dir: folder, NoDeleteOnClose: later})
		must(t, err)
		must(t, f.Keep())
		must(t, f.Unkeep())
		must(t, f.Close())
		if _, err := os.Lstat(f.Name()); (err == nil) != later {
			t.Errorf("NoDeleteOnClose %t: %v", later, err)
		}
		must(t, f.Free())
		gone(t, f.Name())
	}
	f, err := standard.NamedTemporaryFile(&Options{Dir: folder, NoDelete: true})
	must(t, err)
	must(t, f.Unkeep())
	must(t, f.Close())
	if _, err := os.Lstat(f.Name()); err != nil {
		t.Error(err)
	}
	must(t, f.Unkeep()) // closed, but the name is there
	must(t, f.Free())
	gone(t, f.Name())
	if err := f.Unkeep(); !errors.Is(err, syscall.EBADF) {
		t.Errorf("gone: %v", err)
	}
	d, err := standard.TemporaryDirectory(&Options{Dir: folder, NoDelete: true})
	must(t, err)
	must(t, d.Unkeep())
	must(t, d.Free())
	gone(t, d.Name())
	unnamed, err := standard.TemporaryFile(&Options{Dir: folder})
	must(t, err)
	if err := unnamed.Unkeep(); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("without a name: %v", err)
	}
	must(t, unnamed.Free())
	if left, _ := filepath.Glob(folder + "/*"); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

// reopening opens again by the name, and by the descriptor.
var reopening = []operation{
	{name: "Reopen by name", calls: 5, run: func(l *Engine, folder string) error {
		return reopen(l.NamedTemporaryFile(&Options{Dir: folder}))
	}},
	{name: "Reopen by descriptor", calls: 5, nameless: true, run: func(l *Engine, folder string) error {
		return reopen(l.TemporaryFile(&Options{Dir: folder}))
	}},
	{name: "Reopen from memory", calls: 5, nameless: true, run: func(l *Engine, folder string) error {
		return reopen(l.SpooledTemporaryFile(&Options{Dir: folder}))
	}},
}

func reopen(f *File, err error) error {
	if err != nil {
		return err
	}
	descriptor, err := f.Reopen("w")
	if err == nil {
		err = syscall.Close(descriptor)
	}
	if closeErr := f.Close(); closeErr != nil {
		f.Free()
		return errors.Join(err, closeErr)
	}
	return err
}

func TestEveryCallFailsOfReopen(t *testing.T) {
	everyCallFails(t, reopening)
	callsKeepFailing(t, reopening)
}
