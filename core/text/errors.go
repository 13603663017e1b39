package text

import (
	"fmt"
	"syscall"
)

// Error is a byte that does not decode, a character that does not encode, or a write that is not UTF-8. Its errno is EILSEQ.
type Error struct {
	Encoding string // Python's name
	Offset   int64  // in bytes: decoding, from the start of the file; encoding, from the start of the bytes to be written
	Reason   string
}

func (e *Error) Error() string { return fmt.Sprintf("%s at offset %d", e.Reason, e.Offset) }

// Unwrap makes errors.Is find the errno.
func (e *Error) Unwrap() error { return syscall.EILSEQ }

// ShortBuffer means that the next character does not fit the buffer, and that nothing was read. Its errno is ERANGE.
type ShortBuffer struct {
	Needed int // bytes
}

func (e *ShortBuffer) Error() string { return fmt.Sprintf("the character needs %d bytes", e.Needed) }

// Unwrap makes errors.Is find the errno.
func (e *ShortBuffer) Unwrap() error { return syscall.ERANGE }
