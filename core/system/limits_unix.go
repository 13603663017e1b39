//go:build unix

package system

import (
	"math"
	"syscall"
)

// FileSizeLimit is the system's limit on a file that the process writes.
func (Kernel) FileSizeLimit() int64 {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit) != nil || uint64(limit.Cur) > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(limit.Cur)
}

// Affordable tells whether the system would give that much memory. Go ends the program where the system refuses, and one
// seek and one byte written can ask a file in memory for more than there is.
func Affordable(size int64) bool {
	const worthAsking = 64 << 20
	if size < worthAsking {
		return true
	}
	memory, err := syscall.Mmap(-1, 0, int(size), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return false
	}
	syscall.Munmap(memory)
	return true
}
