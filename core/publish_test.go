//go:build linux && !tempfile_portable

package tempfile

import (
	"os"
	"testing"
)

func TestReplace(t *testing.T) {
	path := t.TempDir() + "/f"
	for _, content := range []string{"one", "two, longer", ""} {
		if err := Replace(path, []byte(content), Sync); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != content {
			t.Errorf("%q, %v", got, err)
		}
	}
}
