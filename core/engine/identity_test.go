//go:build linux && !tempfile_portable

package engine

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"libtempfile/core/system"
)

// exchanging is a system in which somebody puts a directory of the user's in the place of each new one at once.
type exchanging struct {
	system.Kernel
	victim string
}

func (s exchanging) Mkdir(path string, permissions uint32) error {
	if err := s.Kernel.Mkdir(path, permissions); err != nil {
		return err
	}
	if err := os.Rename(path, path+"-away"); err != nil {
		return err
	}
	return os.Rename(s.victim, path)
}

func TestAnotherDirectoryInThePlaceOfANewOne(t *testing.T) {
	folder := t.TempDir()
	victim := filepath.Join(folder, "victim")
	if err := os.MkdirAll(filepath.Join(victim, "precious"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := New(exchanging{victim: victim}).TemporaryDirectory(&Options{Dir: folder, Name: "new"})
	if errnoOf(err) != syscall.ESTALE {
		t.Fatalf("the error is %v", err)
	}
	if _, err := os.Stat(filepath.Join(folder, "tmpnew", "precious")); err != nil {
		t.Error(err)
	}
}
