//go:build linux && !tempfile_portable

package recovery

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestWriterOfAClosedDescriptor: a program may close all descriptors, and the number is another file's then.
func TestWriterOfAClosedDescriptor(t *testing.T) {
	w, err := NewWriter(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Intend("/before", File, true); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "other")
	other, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := unix.Dup3(int(other.Fd()), w.descriptor, unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	if err := w.Intend("/after", File, true); err != unix.EBADF {
		t.Errorf("Intend: %v", err)
	}
	w.StrikeOut("/before")
	if content, err := os.ReadFile(path); err != nil || len(content) != 0 {
		t.Errorf("the other file has %d bytes, %v", len(content), err)
	}
	unix.Close(w.descriptor)
}

// TestNamedJournal: where no file can be without a name, the journal has one from its beginning.
func TestNamedJournal(t *testing.T) {
	directory := t.TempDir()
	parent, err := openDirectory(directory)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(parent)
	w := &Writer{used: 1, slots: map[string]uint32{}}
	if err := w.begin(parent, false); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(w.descriptor)
	if err := w.Intend("/made", File, true); err != nil {
		t.Fatal(err)
	}
	all, err := names(parent)
	if err != nil || len(all) != 1 {
		t.Fatalf("%q, %v", all, err)
	}
	here := here()
	j := here.open(parent, all[0])
	if j.state != held || len(j.records) != 1 || j.records[0].path != "/made" {
		t.Errorf("%+v", j)
	}
}
