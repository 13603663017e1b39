package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

// failed adds an operation and a path to an error, unless it has a path already: an inner operation knows its path better.
func failed(operation, path string, err error) error {
	if err == nil {
		return nil
	}
	if _, known := err.(*fs.PathError); known {
		return err
	}
	return &fs.PathError{Op: operation, Path: path, Err: err}
}

// BadArgument means that an argument is wrong, or a file not open for the operation. Nothing was done.
type BadArgument struct {
	Errno  syscall.Errno // EINVAL, or EBADF for a file that is closed or not open for it
	Reason string        // what was wrong, with the value
}

func (e *BadArgument) Error() string { return e.Reason }

// Unwrap makes errors.Is find the errno.
func (e *BadArgument) Unwrap() error { return e.Errno }

// invalid is a BadArgument with EINVAL.
func invalid(format string, values ...any) error {
	return &BadArgument{Errno: syscall.EINVAL, Reason: fmt.Sprintf(format, values...)}
}

// TempdirError means that no candidate for the default directory is usable. Its errno is ENOENT, as in Python.
type TempdirError struct {
	Refusals []*fs.PathError // each candidate, in the order in which they were tried, with the reason
}

func (e *TempdirError) Error() string {
	var text strings.Builder
	text.WriteString("no usable temporary directory found")
	for i, refusal := range e.Refusals {
		separator := "; "
		if i == 0 {
			separator = ": "
		}
		fmt.Fprintf(&text, "%s%s (%v)", separator, refusal.Path, refusal.Err)
	}
	return text.String()
}

// Unwrap makes errors.Is find the errno.
func (e *TempdirError) Unwrap() error { return syscall.ENOENT }

// errnoOf takes the path off an error whose place is plain from the context.
func errnoOf(err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return err
}
