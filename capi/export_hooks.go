//go:build tempfile_hooks

package main

/*
#include "fast.h"
*/
import "C"

import (
	"runtime"

	"libtempfile/capi/stack"
)

// What only tests need, in a build that is never shipped. tests/c/hooks.h declares it.

// panic panics below an export.
//
//tempfile:hook
//export tfgo_test_panic
func tfgo_test_panic() (result C.int) {
	stack.Reserve()
	defer rescue("tempfile_test_panic", &result)
	panic("a panic that a test asked for")
}

var nowhere *C.int

// fault reads where there is nothing.
//
//tempfile:hook
//export tfgo_test_fault
func tfgo_test_fault() (result C.int) {
	stack.Reserve()
	defer rescue("tempfile_test_fault", &result)
	return *nowhere
}

// collect runs the garbage collector and counts its runs.
//
//tempfile:hook
//export tfgo_test_collect
func tfgo_test_collect() (result C.int64_t) {
	stack.Reserve()
	defer rescue("tempfile_test_collect", &result)
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return C.int64_t(m.NumGC)
}

// allocations counts what Go has allocated.
//
//tempfile:hook
//export tfgo_test_allocations
func tfgo_test_allocations() (result C.int64_t) {
	stack.Reserve()
	defer rescue("tempfile_test_allocations", &result)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return C.int64_t(m.Mallocs)
}

// work uses the stack and the heap for a while, without a call of the system.
//
//tempfile:hook
//export tfgo_test_work
func tfgo_test_work(rounds C.int) (result C.int) {
	stack.Reserve()
	defer rescue("tempfile_test_work", &result)
	sum := 0
	for i := range int(rounds) {
		block := make([]byte, 1000)
		block[i%1000] = 1
		sum += int(block[5])
	}
	return C.int(sum)
}

// helpers gives every removal so many helpers from its start, whatever is measured; less than 0: as it is measured. It
// counts the helpers that were started before.
//
//tempfile:hook
//export tfgo_test_helpers
func tfgo_test_helpers(most C.int) (result C.int) {
	stack.Reserve()
	defer rescue("tempfile_test_helpers", &result)
	helpers = measuredHelpers
	if most >= 0 {
		helpers = func() (int, bool) { return int(most), false }
	}
	return C.int(started.Load())
}

// restart_off makes a forked child call the dead runtime, as a plain Go library would, and lets a child of vfork start Go.
//
//tempfile:hook
//tempfile:c void tempfile_test_restart_off(int off);

// live counts the objects that were not freed.
//
//tempfile:hook
//tempfile:c int64_t tempfile_test_live(void);

// epoch gives the generation of this process.
//
//tempfile:hook
//tempfile:c int64_t tempfile_test_epoch(void);

// age brings every record to its last generation; the handles of objects that live are no good any more.
//
//tempfile:hook
//tempfile:c void tempfile_test_age(void);
