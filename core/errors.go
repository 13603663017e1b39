package core

import (
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"libtempfile/core/system"
)

// ErrUnsupported is the error of an operation that the package does only on Linux. See system.ErrUnsupported.
var ErrUnsupported = system.ErrUnsupported

// failed says which operation failed on which path; nil stays nil. A path that an inner error names already is the
// truer one and is kept.
func failed(operation, path string, err error) error {
	if err == nil {
		return nil
	}
	if _, known := err.(*fs.PathError); known {
		return err
	}
	return &fs.PathError{Op: operation, Path: path, Err: err}
}

// BadArgument is an error in what the caller handed over: nothing was done.
type BadArgument struct {
	Errno  syscall.Errno // EINVAL, or EBADF for a file that is closed or not open for it
	Reason string        // what was wrong, with the value
}

func (e *BadArgument) Error() string { return e.Reason }

// Unwrap makes errors.Is answer for the errno.
func (e *BadArgument) Unwrap() error { return e.Errno }

func invalid(format string, values ...any) error {
	return &BadArgument{Errno: syscall.EINVAL, Reason: fmt.Sprintf(format, values...)}
}

// Refusal is a candidate for the default directory that could not be used, and why.
type Refusal struct {
	Directory string
	Reason    error
}

// TempdirError means that no candidate for the default directory is usable. It unwraps to ENOENT, as in Python.
type TempdirError struct {
	Refusals []Refusal // in the order in which they were tried
}

func (e *TempdirError) Error() string {
	var text strings.Builder
	text.WriteString("no usable temporary directory found")
	for i, refusal := range e.Refusals {
		separator := "; "
		if i == 0 {
			separator = ": "
		}
		fmt.Fprintf(&text, "%s%s (%v)", separator, refusal.Directory, refusal.Reason)
	}
	return text.String()
}

// Unwrap makes errors.Is(err, fs.ErrNotExist) answer.
func (e *TempdirError) Unwrap() error { return syscall.ENOENT }
