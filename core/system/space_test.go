//go:build linux && !tempfile_portable

package system

import (
	"math"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSpaceOfRealFileSystems(t *testing.T) {
	for directory, memory := range map[string]bool{"/dev/shm": true, "/proc": false} {
		var stat unix.Statfs_t
		if err := unix.Statfs(directory, &stat); err != nil {
			t.Fatal(err)
		}
		space, err := Kernel{}.Space(directory)
		if err != nil || space.Memory != (memory && stat.Type == unix.TMPFS_MAGIC) || space.Free > int64(stat.Blocks)*stat.Frsize {
			t.Errorf("%s: %+v, %v", directory, space, err)
		}
	}
	if _, err := (Kernel{}).Space("/missing"); err != unix.ENOENT {
		t.Error(err)
	}
}

func TestNoNumberOfBlocksOverflows(t *testing.T) {
	for _, c := range []struct {
		blocks, size uint64
		want         int64
	}{{0, 4096, 0}, {3, 4096, 12288}, {math.MaxUint64, 1, math.MaxInt64}, {1 << 62, 4096, math.MaxInt64}, {1 << 50, 4096, 1 << 62}} {
		if got := saturated(c.blocks, c.size); got != c.want {
			t.Errorf("%d blocks of %d bytes: %d, want %d", c.blocks, c.size, got, c.want)
		}
	}
}
