//go:build !tempfile_no_reserve

// Package stack makes room on a goroutine's stack for the signal handlers of a host.
package stack

// Reserve makes sure that 256 KB of stack lie below the caller. The runtime grows a stack when a function is entered whose
// frame does not fit; this one needs so much and does nothing. A handler that the host installed without SA_ONSTACK runs
// on whatever stack is current, and a new goroutine's has 8 KB: without this call it would write over the heap.
func Reserve()
