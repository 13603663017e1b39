//go:build linux && !tempfile_portable

package system

import (
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// placeFlags open a directory only to resolve names below it.
const placeFlags = unix.O_PATH | unix.O_DIRECTORY

func (Kernel) HoldFrom(directory int, path string) (int, error) {
	return openAt(directory, path, placeFlags)
}

func (Kernel) HoldBeneath(directory int, path string) (int, error) {
	how := unix.OpenHow{Flags: placeFlags | unix.O_CLOEXEC, Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_MAGICLINKS}
	return ignoringEINTR2(func() (int, error) { return unix.Openat2(directory, path, &how) })
}

func (Kernel) ReadLinkBelow(directory int, name string) (string, error) {
	var buffer [4096]byte // the longest text of a link
	n, err := ignoringEINTR2(func() (int, error) { return unix.Readlinkat(directory, name, buffer[:]) })
	if err == nil {
		err = mayFollow(directory, name)
	}
	return string(buffer[:max(n, 0)]), err
}

// mayFollow is EACCES for a link that the kernel itself does not follow with fs.protected_symlinks, which is set on nearly all
// systems: in /tmp, somebody could put it where another user's file is expected.
func mayFollow(directory int, name string) error {
	link, err := Kernel{}.StatusBelow(directory, name)
	if err != nil {
		return err
	}
	above, err := Kernel{}.Status(directory)
	const shared = unix.S_ISVTX | unix.S_IWOTH
	if err == nil && above.Mode&shared == shared && link.User != unix.Geteuid() && link.User != above.User {
		err = unix.EACCES
	}
	return err
}

func (Kernel) StatusBelow(directory int, name string) (Status, error) {
	var stat unix.Stat_t
	err := ignoringEINTR(func() error { return unix.Fstatat(directory, name, &stat, unix.AT_SYMLINK_NOFOLLOW) })
	return statusOf(&stat), err
}

func statusOf(stat *unix.Stat_t) Status {
	kind := OtherType
	switch stat.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		kind = RegularFile
	case unix.S_IFDIR:
		kind = DirectoryFile
	case unix.S_IFLNK:
		kind = LinkFile
	}
	return Status{identityOf(stat), kind, stat.Mode & 0o7777, uint64(stat.Nlink), int(stat.Uid), int(stat.Gid), stat.Size,
		time.Unix(stat.Mtim.Unix())}
}

func (Kernel) CreateBelow(directory int, name string, flags int, permissions uint32) (int, error) {
	return ignoringEINTR2(func() (int, error) { return unix.Openat(directory, name, CreateFlags|flags, permissions) })
}

func (Kernel) CreateUnnamedBelow(directory int, flags int, permissions uint32) (int, error) {
	return ignoringEINTR2(func() (int, error) { return unix.Openat(directory, ".", UnnamedFlags|flags, permissions) })
}

// OpenToLook: with O_NONBLOCK a FIFO that somebody puts in the file's place cannot block the open.
func (Kernel) OpenToLook(directory int, name string) (int, error) {
	const flags = unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_NOCTTY
	descriptor, err := openAt(directory, name, unix.O_RDONLY|flags)
	if err == unix.EACCES || err == unix.EPERM {
		return openAt(directory, name, unix.O_PATH|unix.O_NOFOLLOW)
	}
	return descriptor, err
}

func (Kernel) MkdirBelow(directory int, name string, permissions uint32) error {
	return ignoringEINTR(func() error { return unix.Mkdirat(directory, name, permissions) })
}

// LinkDescriptor links the descriptor itself, which needs Linux 6.10 or a capability, or else by its entry in /proc.
func (Kernel) LinkDescriptor(descriptor, directory int, name string) error {
	err := ignoringEINTR(func() error { return unix.Linkat(descriptor, "", directory, name, unix.AT_EMPTY_PATH) })
	if !CannotLink(err) {
		return err
	}
	return linkByProc(descriptor, directory, name)
}

// procOfThread has the thread's descriptors: a thread may have a table of its own.
const procOfThread = "/proc/thread-self/fd"

// linkByProc links what a name in /proc stands for. A directory that only looks like /proc's could stand for any file, so
// its file system is looked at first.
func linkByProc(descriptor, directory int, name string) error {
	links, err := descriptorLinks()
	if err != nil {
		return unix.ENOENT
	}
	defer unix.Close(links)
	return ignoringEINTR(func() error {
		return unix.Linkat(links, strconv.Itoa(descriptor), directory, name, unix.AT_SYMLINK_FOLLOW)
	})
}

func (Kernel) LinkBelow(from int, name string, to int, newName string) error {
	return ignoringEINTR(func() error { return unix.Linkat(from, name, to, newName, 0) })
}

func (Kernel) RenameBelow(from int, name string, to int, newName string, how Rename) error {
	if how == Replacing {
		return ignoringEINTR(func() error { return unix.Renameat(from, name, to, newName) })
	}
	flags := [...]uint{NotReplace: unix.RENAME_NOREPLACE, Exchanging: unix.RENAME_EXCHANGE}[how]
	return ignoringEINTR(func() error { return unix.Renameat2(from, name, to, newName, flags) })
}

func (Kernel) ChangeMode(descriptor int, permissions uint32) error {
	return ignoringEINTR(func() error { return unix.Fchmod(descriptor, permissions) })
}

func (Kernel) ChangeOwner(descriptor, user, group int) error {
	return ignoringEINTR(func() error { return unix.Fchown(descriptor, user, group) })
}

// procPath is a path for calls that do not work on a descriptor of O_PATH.
func procPath(descriptor int) string { return procOfThread + "/" + strconv.Itoa(descriptor) }

func (Kernel) Attributes(descriptor int) ([]string, error) {
	list, err := growing(func(p []byte) (int, error) {
		n, err := unix.Flistxattr(descriptor, p)
		if err == unix.EBADF {
			n, err = unix.Listxattr(procPath(descriptor), p)
		}
		return n, err
	})
	if noAttributes(err) || len(list) == 0 {
		return nil, nil
	}
	return slices.Collect(strings.SplitSeq(strings.TrimSuffix(string(list), "\x00"), "\x00")), err
}

func (Kernel) Attribute(descriptor int, name string) ([]byte, error) {
	value, err := growing(func(p []byte) (int, error) {
		n, err := unix.Fgetxattr(descriptor, name, p)
		if err == unix.EBADF {
			n, err = unix.Getxattr(procPath(descriptor), name, p)
		}
		return n, err
	})
	if noAttributes(err) {
		return nil, nil
	}
	return value, err
}

// growing reads what comes in one piece of unknown size. It may grow between the question for its size and the reading.
func growing(read func(p []byte) (int, error)) ([]byte, error) {
	for size := 256; ; {
		p := make([]byte, size)
		n, err := ignoringEINTR2(func() (int, error) { return read(p) })
		if err == nil {
			return p[:n], nil
		}
		if err != unix.ERANGE {
			return nil, err
		}
		if size, err = ignoringEINTR2(func() (int, error) { return read(nil) }); err != nil {
			return nil, err
		}
		size++
	}
}

// noAttributes tells whether the error means that there is none: the file has it not, or the file system has no such thing.
func noAttributes(err error) bool {
	return err == unix.ENODATA || err == unix.EOPNOTSUPP || err == unix.ENOSYS
}

func (Kernel) SetAttribute(descriptor int, name string, value []byte) error {
	if value == nil {
		return ignoringEINTR(func() error { return unix.Fremovexattr(descriptor, name) })
	}
	return ignoringEINTR(func() error { return unix.Fsetxattr(descriptor, name, value, 0) })
}

func (Kernel) SyncAll(descriptor int) error {
	return ignoringEINTR(func() error { return unix.Syncfs(descriptor) })
}

func (Kernel) TakeOver(descriptor, from int) error {
	flags, err := unix.FcntlInt(uintptr(descriptor), unix.F_GETFL, 0)
	if err == nil {
		_, err = unix.FcntlInt(uintptr(from), unix.F_SETFL, flags)
	}
	if err != nil {
		return err
	}
	for { // EBUSY: another thread is opening a file under that number at the moment
		err = ignoringEINTR(func() error { return syscall.Dup3(from, descriptor, unix.O_CLOEXEC) })
		if err != unix.EBUSY {
			return err
		}
	}
}
