//go:build linux && !tempfile_portable

package system

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// flags are those of open(2). A file is never created or truncated by them: it may be another one by now.
func (a Access) flags() int {
	flags := unix.O_RDONLY
	switch {
	case a.Read && a.Write:
		flags = unix.O_RDWR
	case a.Write:
		flags = unix.O_WRONLY
	}
	if a.Append {
		flags |= unix.O_APPEND
	}
	return flags
}

// OpenAgain: with O_NONBLOCK a FIFO in the file's place does not block the open.
func (k Kernel) OpenAgain(path string, access Access) (int, error) {
	descriptor, err := openAt(unix.AT_FDCWD, path, access.flags()|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_NOCTTY)
	switch err {
	case nil:
		return k.blocking(descriptor, access)
	case unix.ELOOP, unix.ENXIO, unix.EISDIR, unix.ENODEV:
		return -1, unix.ESTALE
	}
	return -1, err
}

// OpenAgainBy follows the link that /proc has for a descriptor, once it is sure that it is /proc: elsewhere the number would
// be the name of any file.
func (k Kernel) OpenAgainBy(descriptor int, access Access) (int, error) {
	links, err := descriptorLinks()
	if err != nil {
		return -1, err
	}
	defer unix.Close(links)
	again, err := openAt(links, strconv.Itoa(descriptor), access.flags()|unix.O_NONBLOCK|unix.O_NOCTTY)
	if err != nil {
		return -1, err
	}
	return k.blocking(again, access)
}

// descriptorLinks opens the directory of /proc that has the calling thread's descriptors. ENOENT: there is no such
// directory.
func descriptorLinks() (int, error) {
	links, err := openAt(unix.AT_FDCWD, procOfThread, placeFlags)
	if err != nil {
		return -1, err
	}
	var stat unix.Statfs_t
	err = ignoringEINTR(func() error { return unix.Fstatfs(links, &stat) })
	if err == nil && stat.Type != unix.PROC_SUPER_MAGIC {
		err = unix.ENOENT
	}
	if err != nil {
		unix.Close(links)
		return -1, err
	}
	return links, nil
}

// blocking takes O_NONBLOCK off a descriptor, which is not to surprise a program that hands it on.
func (k Kernel) blocking(descriptor int, access Access) (int, error) {
	flags := access.flags() &^ unix.O_ACCMODE
	if _, err := ignoringEINTR2(func() (int, error) {
		return unix.FcntlInt(uintptr(descriptor), unix.F_SETFL, flags)
	}); err != nil {
		unix.Close(descriptor)
		return -1, err
	}
	return descriptor, nil
}
