//go:build linux && !tempfile_portable

package system

import (
	"math"
	"math/bits"

	"golang.org/x/sys/unix"
)

// Space counts the blocks that are free for everybody, without those that only root can fill, in bytes. An overlay or a FUSE
// server tells nothing of what is below it, and counts as a disk.
func (Kernel) Space(directory string) (Space, error) {
	var stat unix.Statfs_t
	if err := ignoringEINTR(func() error { return unix.Statfs(directory, &stat) }); err != nil {
		return Space{}, err
	}
	fragment := stat.Frsize
	if fragment == 0 { // before Linux 2.6.36, and some FUSE servers
		fragment = stat.Bsize
	}
	return Space{Free: saturated(stat.Bavail, uint64(fragment)), Memory: inMemory(int64(stat.Type))}, nil
}

func inMemory(magic int64) bool { return magic == unix.TMPFS_MAGIC || magic == unix.RAMFS_MAGIC }

// saturated multiplies. A file system without a limit may report numbers whose product is no int64.
func saturated(blocks, size uint64) int64 {
	high, low := bits.Mul64(blocks, size)
	if high != 0 || low > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(low)
}
