//go:build linux && !tempfile_portable

package system

import (
	"bytes"
	"errors"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

func (Kernel) OpenParent(path string) (int, error) {
	return openAt(unix.AT_FDCWD, path, unix.O_PATH|unix.O_DIRECTORY)
}

const (
	// walkFlags open a directory to read it. With O_NONBLOCK a FIFO that somebody puts in its place cannot block the open.
	walkFlags = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_NONBLOCK
	// holdFlags open a directory that its permissions keep from being read.
	holdFlags = unix.O_PATH | unix.O_DIRECTORY | unix.O_NOFOLLOW
)

func (k Kernel) OpenBelow(directory int, name string) (int, error) {
	return k.openBelow(directory, name, walkFlags)
}

// openBelow opens a directory that is one name below another, in the same mount. A comparison of st_dev would not do: a bind
// mount of the same file system has the same st_dev. Where openat2 is missing or a sandbox hides it, mount ids are compared.
func (Kernel) openBelow(directory int, name string, flags int) (int, error) {
	how := unix.OpenHow{
		Flags:   uint64(flags | unix.O_CLOEXEC),
		Resolve: unix.RESOLVE_NO_XDEV | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_BENEATH,
	}
	descriptor, err := ignoringEINTR2(func() (int, error) { return unix.Openat2(directory, name, &how) })
	switch err {
	case unix.EXDEV:
		return -1, unix.EBUSY
	case unix.ELOOP:
		return -1, unix.ENOTDIR
	case unix.ENOSYS, unix.EPERM, unix.EAGAIN:
		return openSameMount(directory, name, flags)
	}
	return descriptor, err
}

// openSameMount is openBelow for systems without openat2.
func openSameMount(directory int, name string, flags int) (int, error) {
	descriptor, err := openAt(directory, name, flags)
	if err == unix.ELOOP {
		return -1, unix.ENOTDIR
	}
	if err != nil {
		return -1, err
	}
	above, err := mountOf(directory)
	if err == nil {
		var here uint64
		if here, err = mountOf(descriptor); err == nil && here != above {
			err = unix.EBUSY
		}
	}
	if err != nil {
		unix.Close(descriptor)
		return -1, err
	}
	return descriptor, nil
}

// WithoutOpenat2 is Kernel where openat2 is missing: on Linux before 5.6 and in some sandboxes. It is for tests.
type WithoutOpenat2 struct{ Kernel }

// OpenBelow is Kernel's without openat2.
func (WithoutOpenat2) OpenBelow(directory int, name string) (int, error) {
	return openSameMount(directory, name, walkFlags)
}

// HoldBelow is Kernel's without openat2.
func (WithoutOpenat2) HoldBelow(directory int, name string) (int, error) {
	return openSameMount(directory, name, holdFlags)
}

// mountOf gives the id of the mount that a descriptor is in: by statx, or from /proc on a kernel whose statx lacks it.
func mountOf(descriptor int) (uint64, error) {
	var stat unix.Statx_t
	err := ignoringEINTR(func() error {
		return unix.Statx(descriptor, "", unix.AT_EMPTY_PATH|unix.AT_NO_AUTOMOUNT, unix.STATX_MNT_ID, &stat)
	})
	if err == nil && stat.Mask&unix.STATX_MNT_ID != 0 {
		return stat.Mnt_id, nil
	}
	info, err := os.ReadFile("/proc/self/fdinfo/" + strconv.Itoa(descriptor))
	if err != nil {
		return 0, errors.Unwrap(err) // the errno without the path
	}
	for line := range bytes.Lines(info) {
		if id, found := bytes.CutPrefix(line, []byte("mnt_id:")); found {
			return strconv.ParseUint(string(bytes.TrimSpace(id)), 10, 64)
		}
	}
	return 0, unix.EOPNOTSUPP
}

func (k Kernel) HoldBelow(directory int, name string) (int, error) {
	return k.openBelow(directory, name, holdFlags)
}

// Unlock works on O_PATH descriptors too: by fchmodat2, or through /proc on a kernel without it.
func (Kernel) Unlock(directory int) bool {
	var stat unix.Stat_t
	if err := ignoringEINTR(func() error { return unix.Fstat(directory, &stat) }); err != nil || !ownedByUser(&stat) ||
		stat.Mode&unix.S_IFMT != unix.S_IFDIR || stat.Mode&0o700 == 0o700 {
		return false
	}
	mode := stat.Mode&0o7777 | 0o700
	err := ignoringEINTR(func() error { return unix.Fchmodat(directory, "", mode, unix.AT_EMPTY_PATH) })
	if err != nil {
		err = ignoringEINTR(func() error { return unix.Chmod("/proc/self/fd/"+strconv.Itoa(directory), mode) })
	}
	return err == nil
}

func (Kernel) OpenAbove(directory int) (int, error) { return openAt(directory, "..", walkFlags) }
