//go:build unix

package system

import "syscall"

// ignoringEINTR repeats a call that a signal interrupted.
func ignoringEINTR(call func() error) error {
	for {
		if err := call(); err != syscall.EINTR {
			return err
		}
	}
}

// ignoringEINTR2 is ignoringEINTR for a call with a result.
func ignoringEINTR2[T any](call func() (T, error)) (T, error) {
	for {
		if value, err := call(); err != syscall.EINTR {
			return value, err
		}
	}
}
