//go:build unix

package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
	"libtempfile/core/system"
)

// TestModes tries every mode of up to four letters, in every order, against Python's rule.
func TestModes(t *testing.T) {
	const letters = "rwaxbt+U"
	var try func(text string)
	try = func(text string) {
		if text != "" {
			checkMode(t, text)
		}
		if len(text) < 4 {
			for _, letter := range letters {
				try(text + string(letter))
			}
		}
	}
	try("")
	for _, text := range []string{"", "w+b", " wb", "wb ", "wb\x00", "\xff", "é"} {
		checkMode(t, text)
	}
}

func checkMode(t *testing.T, text string) {
	count := func(letters string) (n int) {
		for _, letter := range text {
			n += bytes.Count([]byte(letters), []byte(string(letter)))
		}
		return n
	}
	valid := count("rwax") == 1 && count("b") <= 1 && count("t") <= 1 && count("bt") <= 1 && count("+") <= 1 &&
		count("rwaxbt+") == len([]rune(text)) || text == ""
	m, err := parseMode(text)
	if valid != (err == nil) || err != nil && !errors.Is(err, syscall.EINVAL) {
		t.Errorf("mode %q: valid %t, %v", text, valid, err)
		return
	}
	if !valid {
		return
	}
	both := count("+") == 1 || text == ""
	want := mode{readable: both || count("r") == 1, writable: both || count("r") == 0, text: count("b") == 0 && text != ""}
	if m != want {
		t.Errorf("mode %q: %+v, want %+v", text, m, want)
	}
}

func TestModesAreObeyed(t *testing.T) {
	folder := quickFolder(t)
	for class, create := range fileClasses {
		for _, c := range []struct {
			mode            string
			readable, write bool
		}{{"rb", true, false}, {"wb", false, true}, {"xb", false, true}, {"ab", false, true}, {"r+b", true, true}, {"b+a", true, true}} {
			f, err := create(&Options{Dir: folder, Mode: c.mode})
			must(t, err)
			_, err = f.Write([]byte("x"))
			if c.write != (err == nil) || err != nil && !errors.Is(err, syscall.EBADF) {
				t.Errorf("%s %s: writing %v", class, c.mode, err)
			}
			_, err = f.Truncate(0)
			if c.write != (err == nil) || err != nil && !errors.Is(err, syscall.EBADF) {
				t.Errorf("%s %s: truncating %v", class, c.mode, err)
			}
			for what, read := range map[string]func() (int, error){
				"Read": func() (int, error) { return f.Read(make([]byte, 1)) }, "ReadLine": func() (int, error) { return f.ReadLine(make([]byte, 1)) },
				"ReadAt": func() (int, error) { return f.ReadAt(make([]byte, 1), 0) },
			} {
				if n, err := read(); n != 0 || c.readable != (err == io.EOF) || !c.readable && !errors.Is(err, syscall.EBADF) {
					t.Errorf("%s %s: %s %d, %v", class, c.mode, what, n, err)
				}
			}
			must(t, f.Free())
		}
		newline := ""
		for _, o := range []Options{{Encoding: "utf-8"}, {Errors: "strict"}, {Newline: &newline}} {
			if _, err := create(&o); !errors.Is(err, syscall.EINVAL) {
				t.Errorf("%s: %+v: %v", class, o, err)
			}
		}
	}
	if left := remaining(t, folder); len(left) > 0 {
		t.Errorf("left behind %v", left)
	}
}

// TestLinesAcrossTheBuffer reads lines of growing length with every size of buffer, by every size of piece.
func TestLinesAcrossTheBuffer(t *testing.T) {
	var text []byte
	for n := range 40 {
		text = append(append(text, bytes.Repeat([]byte{byte('a' + n%26)}, n)...), '\n')
	}
	text = append(text, "no newline at the end"...)
	folder := quickFolder(t)
	for _, buffering := range []int64{Unbuffered, -1, 0, 1, 2, 3, 5, 8, 13, 100, 1000} {
		for _, size := range []int{1, 2, 7, 39, 40, 41, 2000} {
			f, err := standard.TemporaryFile(&Options{Dir: folder, Buffering: buffering})
			must(t, err)
			f.engine = New(&faulty{System: system.Kernel{}, piece: 11}) // the system gives less than asked for
			f.Write(text)
			f.Seek(0, io.SeekStart)
			var whole []byte
			for line := make([]byte, size); ; {
				n, err := f.ReadLine(line)
				if err == io.EOF {
					break
				}
				must(t, err)
				if i := bytes.IndexByte(line[:n], '\n'); i >= 0 && i < n-1 {
					t.Fatalf("buffering %d: %q goes past its newline", buffering, line[:n])
				} else if i < 0 && n < size && len(whole)+n < len(text) {
					t.Fatalf("buffering %d: %q is cut short", buffering, line[:n])
				}
				whole = append(whole, line[:n]...)
				if position, err := f.Tell(); position != int64(len(whole)) || err != nil {
					t.Fatalf("buffering %d: position %d, %v after %d", buffering, position, err, len(whole))
				}
			}
			if !bytes.Equal(whole, text) {
				t.Errorf("buffering %d, pieces of %d: %d bytes of %d", buffering, size, len(whole), len(text))
			}
			must(t, f.Close())
		}
	}
}

// TestDescriptorHasTheFilesPosition looks at the system's position after what is to show it.
func TestDescriptorHasTheFilesPosition(t *testing.T) {
	for what, show := range map[string]func(f *File) (int, error){
		"Fd":     (*File).Fd,
		"Detach": (*File).Detach,
		"Flush":  func(f *File) (int, error) { return int(f.storage.State().Descriptor), f.Flush() },
	} {
		f, err := standard.NamedTemporaryFile(&Options{Dir: quickFolder(t)})
		must(t, err)
		f.Write(content)
		f.Seek(0, io.SeekStart)
		f.Read(make([]byte, 7))
		descriptor, err := show(f)
		must(t, err)
		if position, err := unix.Seek(descriptor, 0, io.SeekCurrent); position != 7 || err != nil {
			t.Errorf("%s: the system's position is %d, %v", what, position, err)
		}
		must(t, f.Free())
		if what == "Detach" {
			must(t, unix.Close(descriptor)) // it outlives the file
		}
		gone(t, f.Name())
	}
}

func TestShortAndFailedWrites(t *testing.T) {
	s := &faulty{System: system.Kernel{}, piece: 3}
	f, err := New(s).TemporaryFile(&Options{Dir: quickFolder(t)})
	must(t, err)
	defer f.Free()
	if n, err := f.Write(content); n != len(content) || err != nil {
		t.Fatalf("wrote %d, %v", n, err)
	}
	f.Seek(100, io.SeekStart)
	s.method, s.errno, s.calls, s.nth = "Write", syscall.ENOSPC, 0, 3
	if n, err := f.Write(content); n != 6 || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("wrote %d, %v", n, err)
	}
	if position, err := f.Tell(); position != 100 || err != nil {
		t.Errorf("position %d, %v after a write that failed halfway", position, err)
	}
	s.method, s.calls, s.nth, s.fired = "ReadAt", 0, 1, ""
	if n, err := f.ReadAt(make([]byte, 10), 0); n != 0 || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("read at: %d, %v", n, err)
	}
	s.calls, s.nth, s.fired = 0, 2, ""
	if n, err := f.ReadAt(make([]byte, 10), 0); n != 3 || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("read at: %d, %v", n, err)
	}
}

func TestReadAtLeavesThePositionAlone(t *testing.T) {
	for class, create := range fileClasses {
		f, err := create(&Options{Dir: quickFolder(t)})
		must(t, err)
		f.Write([]byte("0123456789"))
		f.Seek(3, io.SeekStart)
		p := make([]byte, 4)
		if n, err := f.ReadAt(p, 5); n != 4 || err != nil || string(p) != "5678" {
			t.Errorf("%s: %q, %d, %v", class, p, n, err)
		}
		if n, err := f.ReadAt(p, 8); n != 2 || err != io.EOF {
			t.Errorf("%s at the end: %d, %v", class, n, err)
		}
		if n, err := f.ReadAt(p, 100); n != 0 || err != io.EOF {
			t.Errorf("%s past the end: %d, %v", class, n, err)
		}
		if _, err := f.ReadAt(p, -1); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%s before the start: %v", class, err)
		}
		if position, _ := f.Tell(); position != 3 {
			t.Errorf("%s: position %d", class, position)
		}
		must(t, f.Free())
	}
}

// TestWhoDeletes closes, keeps and frees in every combination.
func TestWhoDeletes(t *testing.T) {
	folder := quickFolder(t)
	for _, c := range []struct {
		o                                Options
		keep                             bool
		afterClose, afterFree, detaching bool
	}{
		{Options{}, false, false, false, false},
		{Options{}, true, true, true, false},
		{Options{NoDelete: true}, false, true, true, false},
		{Options{NoDeleteOnClose: true}, false, true, false, false},
		{Options{NoDeleteOnClose: true}, true, true, true, false},
		{Options{NoDelete: true, NoDeleteOnClose: true}, false, true, true, false},
		{Options{}, false, false, false, true},
	} {
		c.o.Dir = folder
		f, err := standard.NamedTemporaryFile(&c.o)
		must(t, err)
		if c.keep {
			must(t, f.Keep())
		}
		if c.detaching {
			descriptor, err := f.Detach()
			must(t, err)
			unix.Close(descriptor)
		}
		check := func(when string, want bool) {
			if _, err := os.Stat(f.Name()); want != (err == nil) {
				t.Errorf("%+v, keep %t: after %s: %v", c.o, c.keep, when, err)
			}
		}
		check("creation", true)
		must(t, f.Close())
		must(t, f.Close())
		check("closing", c.afterClose)
		must(t, f.Free())
		must(t, f.Free())
		check("freeing", c.afterFree)
		os.Remove(f.Name())
	}
	f, err := standard.NamedTemporaryFile(&Options{Dir: folder})
	must(t, err)
	must(t, os.Remove(f.Name()))
	must(t, f.Close()) // moved or removed by its user: no error
	if err := f.Keep(); !errors.Is(err, syscall.EBADF) {
		t.Errorf("keeping what is gone: %v", err)
	}
	u, err := standard.TemporaryFile(&Options{Dir: folder})
	must(t, err)
	if err := u.Keep(); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("keeping a file without a name: %v", err)
	}
	must(t, u.Close())
}

func TestNothingWorksOnAClosedFile(t *testing.T) {
	for class, create := range fileClasses {
		for _, end := range []string{"closed", "detached", "freed"} {
			f, err := create(&Options{Dir: quickFolder(t)})
			must(t, err)
			f.Write([]byte("data"))
			switch end {
			case "closed":
				must(t, f.Close())
			case "freed":
				must(t, f.Free())
			case "detached":
				descriptor, err := f.Detach()
				must(t, err)
				defer unix.Close(descriptor)
			}
			for what, call := range map[string]func() error{
				"Read":     func() error { _, err := f.Read(make([]byte, 1)); return err },
				"ReadLine": func() error { _, err := f.ReadLine(make([]byte, 1)); return err },
				"ReadAt":   func() error { _, err := f.ReadAt(make([]byte, 1), 0); return err },
				"Write":    func() error { _, err := f.Write([]byte{1}); return err },
				"Seek":     func() error { _, err := f.Seek(0, 0); return err },
				"Tell":     func() error { _, err := f.Tell(); return err },
				"Truncate": func() error { _, err := f.Truncate(0); return err },
				"Fd":       func() error { _, err := f.Fd(); return err },
				"Detach":   func() error { _, err := f.Detach(); return err },
				"Rolled":   func() error { _, err := f.Rolled(); return err },
				"Flush":    f.Flush,
				"Rollover": f.Rollover,
			} {
				if err := call(); !errors.Is(err, syscall.EBADF) {
					t.Errorf("%s on a %s file that is %s: %v", what, class, end, err)
				}
			}
			must(t, f.Close())
			must(t, f.Free())
		}
	}
}

func TestDescriptorsCloseOnExec(t *testing.T) {
	folder := quickFolder(t)
	check := func(what string, descriptor int, err error) {
		t.Helper()
		must(t, err)
		if flags, err := unix.FcntlInt(uintptr(descriptor), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
			t.Errorf("%s: flags %#x, %v", what, flags, err)
		}
	}
	descriptor, _, err := standard.Mkstemp(&Options{Dir: folder})
	check("Mkstemp", descriptor, err)
	unix.Close(descriptor)
	for class, create := range fileClasses {
		for _, noTmpfile := range []bool{false, true} {
			f, err := create(&Options{Dir: folder, NoTmpfile: noTmpfile})
			must(t, err)
			descriptor, err := f.Fd()
			check(class, descriptor, err)
			f.Free()
		}
	}
}

// TestOneFileManyGoroutines writes, reads and closes at once. The race detector is the judge, and the count of lines.
func TestOneFileManyGoroutines(t *testing.T) {
	for class, create := range fileClasses {
		f, err := create(&Options{Dir: quickFolder(t), MaxSize: 2000})
		must(t, err)
		var group sync.WaitGroup
		for i := range 8 {
			group.Go(func() {
				for j := range 50 {
					if _, err := f.Write(fmt.Appendf(nil, "goroutine %d, line %3d\n", i, j)); err != nil {
						t.Error(err)
					}
					f.ReadAt(make([]byte, 10), 5)
					f.Name()
				}
			})
		}
		group.Wait()
		all := make([]byte, 20_000)
		n, _ := f.ReadAt(all, 0)
		if lines := bytes.Count(all[:n], []byte("\n")); lines != 400 || n != 400*22 {
			t.Errorf("%s: %d lines, %d bytes", class, lines, n)
		}
		for range 4 {
			group.Go(func() { f.Free() })
		}
		group.Wait()
	}
}

// gone fails unless nothing has the name.
func gone(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there (%v)", path, err)
	}
}
