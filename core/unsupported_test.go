//go:build !unix || tempfile_portable

package tempfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	tempfile "libtempfile/core"
)

// What the package does not do on a system fails by one name, and leaves everything as it was.

func TestUnsupportedIsOneName(t *testing.T) {
	if !errors.Is(tempfile.ErrUnsupported, errors.ErrUnsupported) {
		t.Error("it is not errors.ErrUnsupported")
	}
	root := t.TempDir()
	below := filepath.Join(root, "below")
	if err := os.Mkdir(below, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := tempfile.RemoveAll(root); !errors.Is(err, tempfile.ErrUnsupported) {
		t.Errorf("removing a directory with something in it: %v", err)
	}
	if _, err := os.Stat(below); err != nil {
		t.Error(err)
	}
	f, err := tempfile.SpooledTemporaryFile(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("in memory")); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if runtime.GOOS == "windows" {
		if _, _, err := tempfile.Mkstemp(&tempfile.Options{Dir: "/"}); !errors.Is(err, tempfile.ErrUnsupported) {
			t.Errorf("Mkstemp: %v", err)
		}
	}
}
