package core

import (
	"fmt"
	"syscall"
)

// checkText refuses text modes, which this version cannot do, and the parameters that only they have a use for.
func checkText(o *Options, m mode) error {
	if m.text {
		return &BadArgument{Errno: syscall.ENOTSUP, Reason: fmt.Sprintf("mode %q is a text mode, which this version does not support", o.Mode)}
	}
	switch {
	case o.Encoding != "":
		return invalid("binary mode takes no encoding")
	case o.Errors != "":
		return invalid("binary mode takes no errors")
	case o.Newline != nil:
		return invalid("binary mode takes no newline")
	}
	return nil
}
