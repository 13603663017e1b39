package publish

import (
	"fmt"
	"io/fs"
	"syscall"
)

// Refusal is an errno with a reason for people.
type Refusal struct {
	Errno  syscall.Errno
	Reason string
}

func (e *Refusal) Error() string { return e.Reason }

// Unwrap makes errors.Is find the errno.
func (e *Refusal) Unwrap() error { return e.Errno }

func invalid(format string, values ...any) error {
	return &Refusal{syscall.EINVAL, fmt.Sprintf(format, values...)}
}

// failed adds an operation and a path to an error.
func failed(operation, path string, err error) error {
	if err == nil {
		return nil
	}
	if _, known := err.(*fs.PathError); known {
		return err
	}
	return &fs.PathError{Op: operation, Path: path, Err: err}
}

// withoutPath takes the operation and the path off an error, for a place that has better ones.
func withoutPath(err error) error {
	if known, is := err.(*fs.PathError); is {
		return known.Err
	}
	return err
}

// otherFileSystem is the error for a file that a rename cannot bring to its target.
func otherFileSystem(advice string) error {
	return &Refusal{syscall.EXDEV, "the target is on another file system or mount: " + advice}
}
