//go:build linux && !tempfile_portable

package system

import (
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// How files are created. UnnamedFlags lacks O_EXCL, with which the file could never be given a name (gh-136156).
const (
	CreateFlags  = unix.O_RDWR | unix.O_CREAT | unix.O_EXCL | unix.O_NOFOLLOW | unix.O_CLOEXEC
	UnnamedFlags = unix.O_RDWR | unix.O_TMPFILE | unix.O_CLOEXEC
	AppendFlag   = unix.O_APPEND
)

func (Kernel) Create(path string, flags int, permissions uint32) (int, error) {
	return ignoringEINTR2(func() (int, error) {
		return unix.Open(path, CreateFlags|flags, permissions)
	})
}

func (Kernel) CreateUnnamed(directory string, flags int, permissions uint32) (int, error) {
	return ignoringEINTR2(func() (int, error) {
		return unix.Open(directory, UnnamedFlags|flags, permissions)
	})
}

// NoUnnamedErrnos mean that the file system or the kernel lacks O_TMPFILE. ENOENT can mean it too; if the directory is really
// missing, the creation of a named file fails in the same way. An error like ENOSPC does not mean it.
var NoUnnamedErrnos = [...]syscall.Errno{unix.EOPNOTSUPP, unix.EISDIR, unix.ENOENT, unix.EINVAL, unix.ENOSYS}

// NoUnnamed tells whether the error is one of them.
func NoUnnamed(err error) bool {
	errno, is := err.(syscall.Errno)
	return is && slices.Contains(NoUnnamedErrnos[:], errno)
}

func (Kernel) Unlink(path string) error {
	return ignoringEINTR(func() error { return unix.Unlink(path) })
}

func (Kernel) Write(descriptor int, p []byte) (int, error) {
	return ignoringEINTR2(func() (int, error) { return unix.Write(descriptor, p) })
}

func (Kernel) CopyRange(from int, fromOffset int64, to int, toOffset, size int64) (int64, error) {
	const most = 1 << 30
	n, err := ignoringEINTR2(func() (int, error) {
		source, target := fromOffset, toOffset
		return unix.CopyFileRange(from, &source, to, &target, int(min(size, most)), 0)
	})
	return int64(max(n, 0)), err
}

func (Kernel) Sync(descriptor int, dataOnly bool) error {
	if dataOnly {
		return ignoringEINTR(func() error { return unix.Fdatasync(descriptor) })
	}
	return ignoringEINTR(func() error { return unix.Fsync(descriptor) })
}

func (Kernel) Status(descriptor int) (Status, error) {
	var stat unix.Stat_t
	err := ignoringEINTR(func() error { return unix.Fstat(descriptor, &stat) })
	return statusOf(&stat), err
}

func openAt(directory int, name string, flags int) (int, error) {
	return ignoringEINTR2(func() (int, error) { return unix.Openat(directory, name, flags|unix.O_CLOEXEC, 0) })
}
