//go:build linux && !tempfile_portable

package recovery

import (
	"errors"
	"io/fs"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// failed adds the operation and the path to an error.
func failed(operation, path string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: operation, Path: path, Err: err}
}

// again repeats a call that a signal interrupted.
func again(call func() error) error {
	for {
		if err := call(); err != unix.EINTR {
			return err
		}
	}
}

func openAt(directory int, name string, flags int, permissions uint32) (descriptor int, err error) {
	err = again(func() error {
		descriptor, err = unix.Openat(directory, name, flags|unix.O_CLOEXEC, permissions)
		return err
	})
	return descriptor, err
}

// readAll reads at most so many bytes of a file from its beginning.
func readAll(descriptor int, most int64) ([]byte, error) {
	var all []byte
	buffer := make([]byte, 64<<10)
	for int64(len(all)) < most {
		n, err := unix.Pread(descriptor, buffer, int64(len(all)))
		if err == unix.EINTR {
			continue
		}
		if err != nil || n == 0 {
			return all, err
		}
		all = append(all, buffer[:n]...)
	}
	return all, nil
}

// readText reads a small file; "" if it cannot be read.
func readText(path string) string {
	descriptor, err := openAt(unix.AT_FDCWD, path, unix.O_RDONLY, 0)
	if err != nil {
		return ""
	}
	defer unix.Close(descriptor)
	text, err := readAll(descriptor, 64<<10)
	if err != nil {
		return ""
	}
	return string(text)
}

// names lists a directory.
func names(directory int) (names []string, err error) {
	descriptor, err := openAt(directory, ".", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(descriptor)
	buffer := make([]byte, 32<<10)
	for {
		n, err := unix.ReadDirent(descriptor, buffer)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return names, err
		}
		_, _, names = unix.ParseDirent(buffer[:n], -1, names)
	}
}

// openParent opens the directory that holds a path, without following a link anywhere on the way, and gives the last name.
// The path is absolute. As there are no links, ".." leads back to the name before it.
func openParent(path string) (parent int, name string, err error) {
	const flags = unix.O_PATH | unix.O_DIRECTORY | unix.O_NOFOLLOW
	parts := strings.Split(path, "/")
	name = parts[len(parts)-1]
	if name == "" || name == "." || name == ".." {
		return -1, "", &Refusal{unix.EINVAL, "its path does not end in a name"}
	}
	parent, err = openAt(unix.AT_FDCWD, "/", flags, 0)
	for _, part := range parts[:len(parts)-1] {
		if err != nil {
			return -1, "", err
		}
		if part == "" || part == "." {
			continue
		}
		var next int
		next, err = openAt(parent, part, flags, 0)
		unix.Close(parent)
		parent = next
	}
	return parent, name, err
}

// pathOf gives the path of an open directory, as the kernel knows it; "" if that cannot be found out, or it was removed.
func pathOf(directory int) string {
	buffer := make([]byte, unix.PathMax)
	n, err := unix.Readlink("/proc/self/fd/"+strconv.Itoa(directory), buffer)
	if err != nil || n == 0 || buffer[0] != '/' {
		return ""
	}
	return string(buffer[:n])
}

// realPath gives the path of a directory without links and ".."; "" if the path leads to none.
func realPath(path string) (string, error) {
	directory, err := openAt(unix.AT_FDCWD, path, unix.O_PATH|unix.O_DIRECTORY, 0)
	switch err {
	case nil:
		defer unix.Close(directory)
		return pathOf(directory), nil
	case unix.ENOENT, unix.ENOTDIR, unix.ELOOP, unix.EACCES, unix.ENAMETOOLONG:
		return "", nil
	}
	return "", err
}

// lock takes a lock if that can be done at once.
func lock(descriptor int) error {
	return again(func() error { return unix.Flock(descriptor, unix.LOCK_EX|unix.LOCK_NB) })
}

// isMissing tells whether an error means that there is no such file.
func isMissing(err error) bool { return errors.Is(err, unix.ENOENT) }
