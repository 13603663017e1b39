//go:build linux && !tempfile_portable

package recovery

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// TestPlace: the runtime directory is used only if it is the user's. Root's directory of journals in another user's would
// stop that user's own programs.
func TestPlace(t *testing.T) {
	mine := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(mine, link); err != nil {
		t.Fatal(err)
	}
	others := "/" // root's
	if os.Geteuid() == 0 {
		others = t.TempDir()
		if err := os.Chown(others, 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	fallback := "/default/libtempfile-" + strconv.Itoa(os.Geteuid())
	for _, row := range []struct{ wish, runtime, wanted string }{
		{"", mine, mine + "/libtempfile"},
		{"wish", mine, "wish"},
		{"", others, fallback},
		{"", "", fallback},
		{"", "relative", fallback},
		{"", filepath.Join(mine, "missing"), fallback},
		{"", link, link + "/libtempfile"},
	} {
		got, err := Place(row.wish, row.runtime, func() (string, error) { return "/default", nil })
		if got != row.wanted || err != nil {
			t.Errorf("Place(%q, %q) = %q, %v; wanted %q", row.wish, row.runtime, got, err, row.wanted)
		}
	}
}
