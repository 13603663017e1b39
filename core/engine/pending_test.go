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
	"testing/iotest"

	"libtempfile/core/object"
)

// held makes a file that holds back writes, with a buffer of so many bytes.
func held(t *testing.T, l *Engine, o Options) *File {
	t.Helper()
	o.Dir, o.BufferedWrites = t.TempDir(), true
	f, err := l.NamedTemporaryFile(&o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Free() })
	return f
}

func onDiskIs(t *testing.T, f *File, want string) {
	t.Helper()
	if got, err := os.ReadFile(f.Name()); err != nil || string(got) != want {
		t.Errorf("%q is in the file, not %q: %v", got, want, err)
	}
}

func write(t *testing.T, f *File, text string) {
	t.Helper()
	if n, err := f.Write([]byte(text)); err != nil || n != len(text) {
		t.Fatalf("%d of %d bytes written: %v", n, len(text), err)
	}
}

// TestWhatPassesOn: each call but a write within the buffer and Tell passes on what is held back.
func TestWhatPassesOn(t *testing.T) {
	calls := map[string]func(*File) error{
		"Read":      func(f *File) error { _, err := f.Read(make([]byte, 1)); return ignoring(err, io.EOF) },
		"ReadLine":  func(f *File) error { _, err := f.ReadLine(make([]byte, 9)); return ignoring(err, io.EOF) },
		"ReadAt":    func(f *File) error { _, err := f.ReadAt(make([]byte, 1), 0); return err },
		"WriteAt":   func(f *File) error { _, err := f.WriteAt([]byte("f"), 0); return err },
		"Seek":      func(f *File) error { _, err := f.Seek(0, io.SeekStart); return err },
		"Truncate":  func(f *File) error { _, err := f.Truncate(5); return err },
		"Flush":     (*File).Flush,
		"Sync":      func(f *File) error { return f.Sync(true) },
		"Fd":        func(f *File) error { _, err := f.Fd(); return err },
		"Status":    func(f *File) error { _, err := f.Status(); return err },
		"a write":   func(f *File) error { _, err := f.Write(bytes.Repeat([]byte("+"), 100)); return err },
		"Detach":    func(f *File) error { d, err := f.Detach(); syscall.Close(d); return err },
		"Close":     (*File).Close,
		"the end":   (*File).Free,
		"WriteTo":   func(f *File) error { _, err := f.WriteTo(io.Discard); return err },
		"ReadFrom":  func(f *File) error { _, err := f.ReadFrom(strings.NewReader(strings.Repeat("+", 100))); return err },
		"CopyFrom":  func(f *File) error { _, _, err := f.CopyFrom(held(t, standard, Options{})); return err },
		"to a copy": func(f *File) error { _, _, err := held(t, standard, Options{}).CopyFrom(f); return err },
	}
	for name, call := range calls {
		f := held(t, standard, Options{Buffering: 50, NoDelete: true})
		write(t, f, "fir")
		write(t, f, "st")
		if position, err := f.Tell(); err != nil || position != 5 {
			t.Errorf("position %d: %v", position, err)
		}
		onDiskIs(t, f, "")
		if err := call(f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got, err := os.ReadFile(f.Name()); err != nil || !strings.HasPrefix(string(got), "first") {
			t.Errorf("after %s %q is in the file: %v", name, got, err)
		}
	}
}

// TestCopyOfHeldBack: what the source holds back is in its file before the rest is read, whatever the target is.
func TestCopyOfHeldBack(t *testing.T) {
	for what, create := range map[string]func() (*File, error){
		"memory":    func() (*File, error) { return standard.SpooledTemporaryFile(nil) },
		"appending": func() (*File, error) { return standard.TemporaryFile(&Options{Dir: t.TempDir(), Append: true}) },
		"disk":      func() (*File, error) { return standard.TemporaryFile(&Options{Dir: t.TempDir()}) },
	} {
		f := held(t, standard, Options{})
		write(t, f, "0123456789")
		f.Seek(0, io.SeekStart)
		write(t, f, "ab")
		to, err := create()
		must(t, err)
		defer to.Free()
		if n, done, err := to.CopyFrom(f); n != 8 || !done || err != nil {
			t.Errorf("%s: %d bytes copied, %t, %v", what, n, done, err)
		}
		p := make([]byte, 20)
		if n, _ := to.ReadAt(p, 0); string(p[:n]) != "23456789" {
			t.Errorf("%s: %q was copied", what, p[:n])
		}
		must(t, f.Flush())
		onDiskIs(t, f, "ab23456789")
	}
}

func ignoring(err, harmless error) error {
	if err == harmless {
		return nil
	}
	return err
}

// TestNothingIsDropped: the write that fails at a flush takes nothing, and what was held back stays, less what the system took.
func TestNothingIsDropped(t *testing.T) {
	s := &faulty{System: kernel, nth: 2, method: "Write", errno: syscall.ENOSPC, piece: 4}
	f := held(t, New(s), Options{Buffering: 10})
	write(t, f, "123456789")
	if n, err := f.Write([]byte("abc")); n != 0 || !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("%d, %v", n, err)
	}
	onDiskIs(t, f, "1234")
	if position, err := f.Tell(); err != nil || position != 9 {
		t.Errorf("position %d: %v", position, err)
	}
	write(t, f, "abc")
	if err := f.Flush(); err != nil {
		t.Error(err)
	}
	onDiskIs(t, f, "123456789abc")
}

// TestCloseThatCannotWrite: the first Close keeps the file open, the second gives up what is held back and says so; a
// success in between begins anew.
func TestCloseThatCannotWrite(t *testing.T) {
	s := &faulty{System: kernel, nth: 1, method: "Write", errno: syscall.ENOSPC, lasting: true}
	f := held(t, New(s), Options{NoDelete: true})
	write(t, f, "text")
	first := f.Close()
	if !errors.Is(first, syscall.ENOSPC) || f.storage.State().Has(object.FlagClosed) {
		t.Fatalf("the first close: %v", first)
	}
	s.nth, s.fired, s.lasting = 0, "", false
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	onDiskIs(t, f, "text")
	s.nth, s.calls, s.lasting = 1, 0, true
	write(t, f, "more")
	for try := 1; try <= 2; try++ {
		err := f.Close()
		var lost *LostWrites
		if !errors.Is(err, syscall.ENOSPC) || errors.As(err, &lost) != (try == 2) {
			t.Errorf("close %d: %v", try, err)
		}
		if lost != nil && (lost.Bytes != 4 || !strings.Contains(err.Error(), "4 bytes that were held back are lost")) {
			t.Errorf("close %d: %v", try, err)
		}
	}
	if !f.storage.State().Has(object.FlagClosed) || f.Close() != nil {
		t.Error("the file is open after two closes")
	}
	onDiskIs(t, f, "text")
}

// otherProcess is a storage that was inherited.
type otherProcess struct{ *object.Memory }

func (otherProcess) Epoch() uint64 { return 1 }

// TestAnotherProcessDropsWhatItInherits: it goes on at the descriptor's position, whatever it does first.
func TestAnotherProcessDropsWhatItInherits(t *testing.T) {
	for name, call := range map[string]func(*File) error{
		"Write": func(f *File) error { _, err := f.Write(nil); return err },
		"Close": (*File).Close,
		"Free":  (*File).Free,
		"Seek":  func(f *File) error { _, err := f.Seek(0, io.SeekCurrent); return err },
	} {
		f := held(t, standard, Options{NoDelete: true})
		write(t, f, "begun")
		if err := f.Flush(); err != nil {
			t.Fatal(err)
		}
		write(t, f, ", held back")
		child := File{engine: standard, storage: otherProcess{f.storage.(*object.Memory)}}
		if err := call(&child); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if name == "Write" || name == "Seek" {
			write(t, &child, "; the child")
			if err := child.Flush(); err != nil {
				t.Error(err)
			}
			onDiskIs(t, f, "begun; the child")
		} else {
			onDiskIs(t, f, "begun")
		}
	}
}

// TestAppend: each write goes to the end, whoever has written there, and Tell tells where the next byte goes.
func TestAppend(t *testing.T) {
	for _, buffered := range []bool{false, true} {
		f, err := standard.NamedTemporaryFile(&Options{Dir: t.TempDir(), Append: true, BufferedWrites: buffered})
		if err != nil {
			t.Fatal(err)
		}
		write(t, f, "one")
		f.Seek(0, io.SeekStart)
		write(t, f, "two")
		if position, err := f.Tell(); err != nil || position != 6 {
			t.Errorf("position %d: %v", position, err)
		}
		write(t, f, "three")
		if err := os.WriteFile(f.Name(), []byte("others'"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := f.Flush(); err != nil {
			t.Error(err)
		}
		if _, err := f.WriteAt([]byte("x"), 0); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("a write at an offset: %v", err)
		}
		if want := map[bool]string{false: "others'", true: "others'three"}[buffered]; true {
			onDiskIs(t, f, want)
		}
		f.Free()
	}
	f, err := standard.SpooledTemporaryFile(&Options{Dir: t.TempDir(), Append: true, MaxSize: 8})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Free()
	for _, part := range []string{"one", "two", "three", "four"} {
		f.Seek(1, io.SeekStart)
		write(t, f, part)
	}
	got := make([]byte, 20)
	if n, err := f.ReadAt(got, 0); err != io.EOF || string(got[:n]) != "onetwothreefour" {
		t.Errorf("%q: %v", got[:n], err)
	}
}

// TestTextThatCannotBeWritten: what was read ahead is ahead still.
func TestTextThatCannotBeWritten(t *testing.T) {
	for _, encoding := range []string{"utf-8", "utf-16", "ascii"} {
		f := held(t, standard, Options{Mode: "w+", Encoding: encoding, Buffering: 100})
		write(t, f, "first\nsecond\n")
		f.Seek(0, io.SeekStart)
		line := make([]byte, 20)
		f.ReadLine(line)
		if n, err := f.Write([]byte("a\xff")); n != 0 || !errors.Is(err, syscall.EILSEQ) {
			t.Errorf("%s: %d, %v", encoding, n, err)
		}
		if n, err := f.ReadLine(line); err != nil || string(line[:n]) != "second\n" {
			t.Errorf("%s: %q, %v", encoding, line[:n], err)
		}
	}
}

// TestReadFromSplitsNoCharacter: a reader may end a piece anywhere.
func TestReadFromSplitsNoCharacter(t *testing.T) {
	text := strings.Repeat("façade €😀\n", 20_000)
	for _, mode := range []string{"w+", "w+b"} {
		f := held(t, standard, Options{Mode: mode})
		if n, err := f.ReadFrom(iotest.OneByteReader(strings.NewReader(text[:1000]))); err != nil || n != 1000 {
			t.Fatalf("%d, %v", n, err)
		}
		if n, err := f.ReadFrom(strings.NewReader(text[1000:])); err != nil || n != int64(len(text)-1000) {
			t.Fatalf("%d, %v", n, err)
		}
		f.Seek(0, io.SeekStart)
		var got strings.Builder
		if n, err := f.WriteTo(&got); err != nil || n != int64(len(text)) || got.String() != text {
			t.Errorf("%d of %d bytes come back: %v", n, len(text), err)
		}
		if _, err := f.ReadFrom(strings.NewReader("\xe2\x82")); (err == nil) != (mode == "w+b") {
			t.Errorf("half a character: %v", err)
		}
	}
}
