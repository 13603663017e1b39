package system

import (
	"errors"
	"fmt"
	"runtime"
)

// ErrUnsupported is the error of a call that the package makes only on Linux. On other Unix systems that is the removal of a
// directory that is not empty; elsewhere it is every call that creates or removes something. errors.Is finds
// errors.ErrUnsupported in it.
var ErrUnsupported = fmt.Errorf("libtempfile does not do this on %s: %w", runtime.GOOS, errors.ErrUnsupported)
