//go:build linux && !tempfile_portable

package system

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A file system may give a new directory different times. Then it must be as one that was just made.
func TestIdentityOfADirectoryWithOtherTimes(t *testing.T) {
	for name, c := range map[string]struct {
		change func(path string) error
		want   error
	}{
		"empty":             {func(string) error { return nil }, nil},
		"not empty":         {func(path string) error { return os.Mkdir(filepath.Join(path, "x"), 0o700) }, syscall.ESTALE},
		"other permissions": {func(path string) error { return os.Chmod(path, 0o755) }, syscall.ESTALE},
		"a link": {func(path string) error {
			if err := os.Remove(path); err != nil {
				return err
			}
			return os.Symlink("/", path)
		}, syscall.ESTALE},
		"gone": {os.Remove, syscall.ENOENT},
	} {
		path := filepath.Join(t.TempDir(), "new")
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := c.change(path); err != nil {
			t.Fatal(err)
		}
		os.Chtimes(path, time.Unix(1, 0), time.Unix(1, 0))
		if _, err := (Kernel{}).IdentifyNew(path, 0o700); err != c.want {
			t.Errorf("%s: %v, not %v", name, err, c.want)
		}
	}
}
