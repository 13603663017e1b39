//go:build unix

package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"syscall"
	"testing"

	"libtempfile/core/removal"
	"libtempfile/core/text"
)

// operation is a public operation, for tests that make its system calls fail.
type operation struct {
	name string
	// run does it in a folder and checks what it did. After an error it does what a careful caller would.
	run      func(l *Engine, folder string) error
	prepare  func(t *testing.T, folder string)
	calls    int  // system calls that it makes at least
	nameless bool // the file has no name for errors to give
	wanders  bool // it looks for another directory after a failure, which is not for a test to litter
}

// errnos is how many of the errnos an operation gets.
func (o *operation) errnos() int {
	if o.calls >= 20 {
		return 4
	}
	return len(errnos)
}

var content = bytes.Repeat([]byte("the quick brown fox\n"), 1000)

var operations = []operation{
	{name: "Mkstemp", calls: 2, run: func(l *Engine, folder string) error {
		descriptor, path, err := l.Mkstemp(&Options{Dir: folder})
		if err != nil {
			return err
		}
		syscall.Close(descriptor)
		return os.Remove(path)
	}},
	{name: "Unnamed", calls: 1, nameless: true, run: func(l *Engine, folder string) error {
		descriptor, err := l.Unnamed(&Options{Dir: folder})
		if err != nil {
			return err
		}
		return syscall.Close(descriptor)
	}},
	{name: "Unnamed without O_TMPFILE", calls: 2, nameless: true, run: func(l *Engine, folder string) error {
		descriptor, err := l.Unnamed(&Options{Dir: folder, NoTmpfile: true})
		if err != nil {
			return err
		}
		return syscall.Close(descriptor)
	}},
	{name: "Mkdtemp", calls: 2, run: func(l *Engine, folder string) error {
		path, err := l.Mkdtemp(&Options{Dir: folder})
		if err != nil {
			return err
		}
		return os.Remove(path)
	}},
	{name: "Mktemp", calls: 1, run: func(l *Engine, folder string) error {
		path, err := l.Mktemp(&Options{Dir: folder})
		if err == nil {
			if _, statErr := os.Lstat(path); statErr == nil {
				return errors.New("the name is taken")
			}
		}
		return err
	}},
	{name: "Gettempdir", calls: 5, wanders: true, run: func(l *Engine, folder string) error {
		directory, err := l.Gettempdir()
		if err == nil && directory != folder && directory != folder[:len(folder)-len("first")]+"second" {
			return fmt.Errorf("%s is no candidate", directory)
		}
		return err
	}},
	{name: "NamedTemporaryFile", calls: 10, run: func(l *Engine, folder string) error {
		f, err := l.NamedTemporaryFile(&Options{Dir: folder})
		return use(f, err)
	}},
	{name: "NamedTemporaryFile freed", calls: 4, run: func(l *Engine, folder string) error {
		f, err := l.NamedTemporaryFile(&Options{Dir: folder, NoDeleteOnClose: true})
		if err != nil {
			return err
		}
		if err = f.Close(); err != nil {
			f.Free()
			return err
		}
		if _, err := os.Stat(f.Name()); err != nil {
			return err
		}
		if err = f.Free(); err != nil {
			f.Free()
		}
		return err
	}},
	{name: "TemporaryFile", calls: 8, nameless: true, run: func(l *Engine, folder string) error {
		f, err := l.TemporaryFile(&Options{Dir: folder})
		return use(f, err)
	}},
	{name: "TemporaryFile without O_TMPFILE", calls: 10, nameless: true, run: func(l *Engine, folder string) error {
		f, err := l.TemporaryFile(&Options{Dir: folder, NoTmpfile: true})
		return use(f, err)
	}},
	{name: "SpooledTemporaryFile", calls: 8, nameless: true, run: func(l *Engine, folder string) error {
		f, err := l.SpooledTemporaryFile(&Options{Dir: folder, MaxSize: 100})
		return use(f, err)
	}},
	{name: "NamedTemporaryFile with a buffer", calls: 8, run: func(l *Engine, folder string) error {
		f, err := l.NamedTemporaryFile(&Options{Dir: folder, BufferedWrites: true, Buffering: 100_000})
		return use(f, err)
	}},
	{name: "NamedTemporaryFile that appends, with a small buffer", calls: 10, run: func(l *Engine, folder string) error {
		f, err := l.NamedTemporaryFile(&Options{Dir: folder, BufferedWrites: true, Buffering: 50, Append: true})
		return use(f, err)
	}},
	{name: "TemporaryFile of text with a buffer", calls: 10, nameless: true, run: func(l *Engine, folder string) error {
		f, err := l.TemporaryFile(&Options{Dir: folder, Mode: "w+", Encoding: "utf-16", BufferedWrites: true})
		return useText(f, err)
	}},
	{name: "Pieces held back", calls: 8, run: writePieces},
	{name: "Offsets", calls: 5, nameless: true, run: useOffsets},
	{name: "Copy", calls: 8, nameless: true, run: func(l *Engine, folder string) error { return copyFiles(l, folder, false) }},
	{name: "Copy to a spooled file", calls: 5, nameless: true, run: func(l *Engine, folder string) error {
		return copyFiles(l, folder, true)
	}},
	{name: "TemporaryFile of text", calls: 10, nameless: true, run: func(l *Engine, folder string) error {
		f, err := l.TemporaryFile(&Options{Dir: folder, Mode: "w+", Encoding: "utf-16"})
		return useText(f, err)
	}},
	{name: "SpooledTemporaryFile of text", calls: 10, nameless: true, run: func(l *Engine, folder string) error {
		f, err := l.SpooledTemporaryFile(&Options{Dir: folder, Mode: "w+", Encoding: "utf-16", MaxSize: 100})
		return useText(f, err)
	}},
	{name: "SpooledTemporaryFile rolled over", calls: 3, nameless: true, run: rollOver},
	{name: "TemporaryDirectory", calls: 4, run: func(l *Engine, folder string) error {
		d, err := l.TemporaryDirectory(&Options{Dir: folder})
		if err != nil {
			return err
		}
		if err = d.Cleanup(); err != nil {
			d.Free()
		}
		return err
	}},
	{name: "RegisterFile", calls: 2, run: func(l *Engine, folder string) error {
		path := folder + "/file"
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			return err
		}
		f, err := l.RegisterFile(path)
		if err != nil {
			os.Remove(path) // the caller's still
			return err
		}
		if err = f.Close(); err != nil {
			f.Free()
		}
		return err
	}},
	{name: "RegisterDirectory", calls: 2, run: func(l *Engine, folder string) error {
		path := folder + "/directory"
		if err := os.Mkdir(path, 0o700); err != nil {
			return err
		}
		d, err := l.RegisterDirectory(path)
		if err != nil {
			os.Remove(path)
			return err
		}
		if err = d.Cleanup(); err != nil {
			d.Free()
		}
		return err
	}},
	{name: "Cleanup", calls: 20, run: func(l *Engine, folder string) error {
		d, err := l.TemporaryDirectory(&Options{Dir: folder})
		if err != nil {
			return err
		}
		if err := plant(d.Name()); err != nil {
			return err
		}
		if err = d.Cleanup(); err != nil {
			d.Cleanup() // what one failing call left behind, the next clean-up finds
		}
		return err
	}},
	{name: "RemoveAll", calls: 20, prepare: plantTree, run: func(l *Engine, folder string) error {
		err := l.RemoveAll(folder + "/tree")
		if err != nil {
			l.RemoveAll(folder + "/tree")
		}
		return err
	}},
	{name: "Removal in steps", calls: 20, prepare: plantTree, run: func(l *Engine, folder string) error {
		err := inSteps(l, folder+"/tree")
		if err != nil {
			l.RemoveAll(folder + "/tree")
		}
		return err
	}},
}

// use does everything to a new file that a file can do, and checks the outcome. It closes the file.
func use(f *File, err error) error {
	if err != nil {
		return err
	}
	if err := exercise(f); err != nil {
		f.Free()
		return err
	}
	if err = f.Close(); err != nil {
		f.Free()
	}
	return err
}

func exercise(f *File) error {
	if n, err := f.Write(content); err != nil || n != len(content) {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	line := make([]byte, 80)
	if n, err := f.ReadLine(line); err != nil || string(line[:n]) != string(content[:20]) {
		return unless(err, "line %q", line[:n])
	}
	if err := f.Flush(); err != nil {
		return err
	}
	rest, err := io.ReadAll(f)
	if err != nil || !bytes.Equal(rest, content[20:]) {
		return unless(err, "%d bytes after the first line", len(rest))
	}
	middle := make([]byte, 100)
	if _, err := f.ReadAt(middle, 1000); err != nil || !bytes.Equal(middle, content[1000:1100]) {
		return unless(err, "%q in the middle", middle)
	}
	if position, err := f.Tell(); err != nil || position != int64(len(content)) {
		return unless(err, "position %d", position)
	}
	if _, err := f.Truncate(10); err != nil {
		return err
	}
	if size, err := f.Seek(0, io.SeekEnd); err != nil || size != 10 {
		return unless(err, "size %d", size)
	}
	return nil
}

// useText does the same to a new text file.
func useText(f *File, err error) error {
	if err != nil {
		return err
	}
	if err := errors.Join(exerciseText(f), f.Close()); err != nil {
		f.Free()
		return err
	}
	return nil
}

func exerciseText(f *File) error {
	const first = "une fa\u00e7ade \u20ac\n"
	content := strings.Repeat(first, 1000)
	if n, err := io.WriteString(f, content); err != nil || n != len(content) {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	line := make([]byte, 80)
	if n, err := f.ReadLine(line); err != nil || string(line[:n]) != first {
		return unless(err, "line %q", line[:n])
	}
	here, err := f.Tell()
	if err != nil {
		return err
	}
	for range 2 {
		rest, err := io.ReadAll(text.NewReader(f))
		if err != nil || string(rest) != content[len(first):] {
			return unless(err, "%d bytes after the first line", len(rest))
		}
		if _, err := f.Seek(here, io.SeekStart); err != nil {
			return err
		}
	}
	if _, err := f.Truncate(-1); err != nil {
		return err
	}
	if size, err := f.Seek(0, io.SeekEnd); err != nil || size != here {
		return unless(err, "size %d", size)
	}
	return nil
}

// unless makes an error of a wrong outcome, unless there is an error already.
func unless(err error, format string, values ...any) error {
	if err != nil {
		return err
	}
	return fmt.Errorf(format, values...)
}

// writePieces writes in pieces that are held back; after a failure it tries the piece again, as a caller may whose write has
// taken nothing.
func writePieces(l *Engine, folder string) error {
	f, err := l.NamedTemporaryFile(&Options{Dir: folder, BufferedWrites: true, Buffering: 1000})
	if err != nil {
		return err
	}
	defer f.Free()
	var failure error
	again := func(act func() error) {
		if err := act(); err != nil && failure == nil {
			if failure = err; act() == nil {
				return
			}
		}
	}
	for at := 0; at < len(content); at += 333 {
		again(func() error { _, err := f.Write(content[at:min(at+333, len(content))]); return err })
	}
	again(f.Flush)
	if failure == nil || errors.Is(failure, syscall.EIO) {
		if got, err := os.ReadFile(f.Name()); err == nil && failure == nil && !bytes.Equal(got, content) {
			return fmt.Errorf("%d bytes in the file", len(got))
		}
	}
	if failure != nil {
		return failure
	}
	return f.Close()
}

func useOffsets(l *Engine, folder string) error {
	f, err := l.TemporaryFile(&Options{Dir: folder, BufferedWrites: true})
	if err != nil {
		return err
	}
	defer f.Free()
	if _, err := f.Write([]byte("0123456789")); err != nil {
		return err
	}
	if _, err := f.WriteAt([]byte("abc"), 3); err != nil {
		return err
	}
	got := make([]byte, 10)
	if _, err := f.ReadAt(got, 0); err != nil || string(got) != "012abc6789" {
		return unless(err, "%q", got)
	}
	if status, err := f.Status(); err != nil || status.Size != 10 {
		return unless(err, "size %d", status.Size)
	}
	if err := f.Sync(false); err != nil {
		return err
	}
	if position, err := f.Tell(); err != nil || position != 10 {
		return unless(err, "position %d", position)
	}
	return f.Close()
}

// copyFiles copies from the middle of a file.
func copyFiles(l *Engine, folder string, spooled bool) error {
	from, err := l.TemporaryFile(&Options{Dir: folder})
	if err != nil {
		return err
	}
	defer from.Free()
	create := l.TemporaryFile
	if spooled {
		create = l.SpooledTemporaryFile
	}
	to, err := create(&Options{Dir: folder, BufferedWrites: true})
	if err != nil {
		return err
	}
	defer to.Free()
	if _, err = from.Write(content); err == nil {
		_, err = from.Seek(10, io.SeekStart)
	}
	if err == nil {
		_, err = to.Write([]byte("start"))
	}
	if err != nil {
		return err
	}
	if n, done, err := to.CopyFrom(from); err != nil || !done || n != int64(len(content)-10) {
		return unless(err, "%d bytes, %t", n, done)
	}
	got := make([]byte, len(content))
	if n, err := to.ReadAt(got, 0); err != io.EOF || !bytes.Equal(got[:n], append([]byte("start"), content[10:]...)) {
		if err == io.EOF {
			err = nil
		}
		return unless(err, "%d bytes in the copy", n)
	}
	return nil
}

// rollOver makes a file go to disk. If that fails, all must be in memory still, and going on there.
func rollOver(l *Engine, folder string) error {
	f, err := l.SpooledTemporaryFile(&Options{Dir: folder})
	if err != nil {
		return err
	}
	defer f.Free()
	f.Write(content)
	f.Seek(7, io.SeekStart)
	failure := f.Rollover()
	if rolled, _ := f.Rolled(); rolled != (failure == nil) {
		return fmt.Errorf("rolled %t after %v", rolled, failure)
	}
	rest := make([]byte, len(content))
	n, err := f.Read(rest)
	if err != nil {
		return err
	}
	if !bytes.Equal(rest[:n], content[7:]) {
		return errors.New("bytes were lost")
	}
	if failure != nil {
		return failure
	}
	return f.Close()
}

func plantTree(t *testing.T, folder string) {
	if err := errors.Join(os.Mkdir(folder+"/tree", 0o700), plant(folder+"/tree")); err != nil {
		t.Fatal(err)
	}
}

// plant fills a directory with a small tree: files, a link, an empty directory, and a branch that is deeper than the
// number of levels that a removal keeps open.
func plant(root string) error {
	var failures []error
	add := func(err error) { failures = append(failures, err) }
	for _, name := range []string{"a", "b"} {
		add(os.WriteFile(root+"/"+name, content, 0o600))
	}
	add(os.Symlink("/nowhere", root+"/link"))
	add(os.Mkdir(root+"/empty", 0o700))
	deep := root
	for range removal.OpenDirectories + 2 {
		deep += "/d"
		add(os.Mkdir(deep, 0o700))
	}
	add(os.WriteFile(root+"/d/file", nil, 0o600))
	add(os.WriteFile(deep+"/file", nil, 0o600))
	return errors.Join(failures...)
}

// inSteps removes a tree by small steps, whose counts must agree.
func inSteps(l *Engine, path string) error {
	r, err := l.StartRemoval(path)
	if err != nil {
		return err
	}
	defer r.Close()
	for range math.MaxInt16 {
		before := r.Removed()
		more, err := r.Step(3)
		if !more {
			return err
		}
		if r.Removed() < before {
			return errors.New("the count went down")
		}
	}
	return errors.New("the steps do not end")
}
