package main

/*
#include "fast.h"
*/
import "C"

import (
	"runtime"
	"sync/atomic"
)

// mostHelpers is how many threads help with a removal at most. Directories share a lock of the file system's with what is
// in them, and journals and devices have one queue: more gain little.
const mostHelpers = 3

// helpers is what host.Helpers answers.
var helpers = measuredHelpers

// started counts the helpers that were started, for tests.
var started atomic.Int32

// measuredHelpers does not look at the calling thread's processors yet, which takes a system call; most trees are too small
// for help.
func measuredHelpers() (most int, measure bool) {
	return min(runtime.GOMAXPROCS(0)-1, mostHelpers), true
}

func (host) Helpers() (most int, measure bool) { return helpers() }

func (h host) Recruit(n int, help func()) (join func()) {
	if _, measure := helpers(); measure && n+1 >= h.Processors() {
		return nil
	}
	if !C.tempfile__stock_up() {
		return nil
	}
	token := attachStocked(&help)
	helper := C.tempfile__start_helper(token)
	if helper == nil {
		detach(token)
		return nil
	}
	started.Add(1)
	return func() {
		C.tempfile__join_helper(helper)
		detach(token)
	}
}
