//go:build linux && !tempfile_portable

package engine

import (
	"testing"

	"golang.org/x/sys/unix"

	"libtempfile/core/object"
	"libtempfile/core/system"
)

// isHeld tells whether somebody holds a directory, as a program that cleans up asks.
func isHeld(t *testing.T, path string) bool {
	t.Helper()
	descriptor, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(descriptor)
	return unix.Flock(descriptor, unix.LOCK_EX|unix.LOCK_NB) == unix.EWOULDBLOCK
}

// TestLockHoldsADirectoryForItsLife: until Free, which may leave the directory, and not after it.
func TestLockHoldsADirectoryForItsLife(t *testing.T) {
	e := New(system.Kernel{})
	for _, lock := range []bool{true, false} {
		var storage object.Memory
		if err := e.TemporaryDirectoryIn(&storage, &Options{Dir: t.TempDir(), Lock: lock}); err != nil {
			t.Fatal(err)
		}
		d := e.DirectoryIn(&storage)
		if held := isHeld(t, d.Name()); held != lock {
			t.Errorf("lock %v: held is %v", lock, held)
		}
		d.Keep()
		if err := d.Free(); err != nil || isHeld(t, d.Name()) {
			t.Errorf("lock %v: held after Free: %v", lock, err)
		}
	}
}

// TestLockRefusesAnotherDirectory: one that has taken the place of the one that was made.
func TestLockRefusesAnotherDirectory(t *testing.T) {
	if _, err := (system.Kernel{}).LockDirectory(t.TempDir(), system.Identity{Device: 1, Inode: 1}); err != unix.ESTALE {
		t.Errorf("%v, not ESTALE", err)
	}
}
