//go:build linux && !tempfile_portable

package system

import (
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// descriptors counts those that are open.
func descriptors(t testing.TB) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	return len(entries)
}

func TestOpeningWithoutOpenat2(t *testing.T) {
	folder := t.TempDir()
	must(t, os.Mkdir(folder+"/d", 0o700))
	must(t, os.Symlink("d", folder+"/link"))
	must(t, os.WriteFile(folder+"/file", nil, 0o600))
	here, err := Kernel{}.OpenParent(folder)
	must(t, err)
	defer unix.Close(here)
	before := descriptors(t)
	wanted := map[string]error{"d": nil, "link": syscall.ENOTDIR, "file": syscall.ENOTDIR, "missing": syscall.ENOENT}
	ways := map[string]func(int, string, int) (int, error){"openat2": Kernel{}.openBelow, "openat": openSameMount}
	for name, want := range wanted {
		for way, open := range ways {
			descriptor, err := open(here, name, walkFlags)
			if err == nil {
				unix.Close(descriptor)
			}
			if err != want {
				t.Errorf("%s by %s: %v, want %v", name, way, err, want)
			}
		}
	}
	// /proc is a mount of its own.
	root, err := Kernel{}.OpenParent("/")
	must(t, err)
	defer unix.Close(root)
	for way, open := range ways {
		if descriptor, err := open(root, "proc", walkFlags); err != syscall.EBUSY {
			t.Errorf("a mount by %s: %d, %v", way, descriptor, err)
		}
	}
	if after := descriptors(t); after != before+1 {
		t.Errorf("%d descriptors leaked", after-before-1)
	}
}
