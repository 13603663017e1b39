//go:build linux && !tempfile_portable

package recovery

import (
	"errors"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Place chooses the directory of the journals: the wish; or libtempfile in the runtime directory, if that is the user's; or
// libtempfile-UID in the default directory for temporary files, which is absolute.
func Place(wish, runtime string, tempdir func() (string, error)) (string, error) {
	switch {
	case wish != "":
		return wish, nil
	case strings.HasPrefix(runtime, "/") && isUsers(runtime):
		return runtime + "/libtempfile", nil
	}
	directory, err := tempdir()
	if err != nil {
		return "", err
	}
	return directory + "/libtempfile-" + strconv.Itoa(unix.Geteuid()), nil
}

// isUsers tells whether a directory is the user's. The variable for it often survives a change of the user by su, and the
// directory a removal by the system.
func isUsers(path string) bool {
	var stat unix.Stat_t
	err := again(func() error { return unix.Stat(path, &stat) })
	return err == nil && stat.Mode&unix.S_IFMT == unix.S_IFDIR && int(stat.Uid) == unix.Geteuid()
}

// Prepare makes the directory if it is missing, for the user alone, and makes sure that nobody else can write into it.
func Prepare(path string) error {
	err := again(func() error { return unix.Mkdir(path, 0o700) })
	if err != nil && err != unix.EEXIST {
		return failed("mkdir", path, err)
	}
	directory, err := openDirectory(path)
	if err != nil {
		return err
	}
	unix.Close(directory)
	return nil
}

// openDirectory opens the directory of the journals, unless it is a link or somebody else can write into it. It asks the
// descriptor, as the name may lead elsewhere at any time.
func openDirectory(path string) (directory int, err error) {
	directory, err = openAt(unix.AT_FDCWD, path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if err == unix.ELOOP {
		err = unix.ENOTDIR
	}
	if err != nil {
		return -1, failed("open", path, err)
	}
	var stat unix.Stat_t
	if err = unix.Fstat(directory, &stat); err == nil && !isPrivate(&stat) {
		err = &Refusal{unix.EPERM, "it is another user's, or others may write into it"}
	}
	if err != nil {
		unix.Close(directory)
		return -1, failed("open", path, err)
	}
	return directory, nil
}

// isPrivate tells whether something is the user's, and nobody else may write it.
func isPrivate(stat *unix.Stat_t) bool {
	return int(stat.Uid) == unix.Geteuid() && stat.Mode&0o022 == 0
}

// Refusal is an errno with a reason of this package's.
type Refusal struct {
	Errno  unix.Errno
	Reason string
}

func (r *Refusal) Error() string { return r.Reason }

// Unwrap makes errors.Is find the errno.
func (r *Refusal) Unwrap() error { return r.Errno }

// refuse gives an item's error the errno that says of which sort it is.
func refuse(errno unix.Errno, reason error) error {
	if reason == nil {
		return nil
	}
	if number := unix.Errno(0); errors.As(reason, &number) {
		return reason
	}
	return &Refusal{errno, reason.Error()}
}
