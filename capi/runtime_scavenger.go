//go:build tempfile_library && !tempfile_no_reserve && !tempfile_untested_go

package main

import (
	"syscall"
	_ "unsafe" // for go:linkname
)

// The runtime gives memory back in the background, and pauses in between by a timer. The first timer of a process opens an
// epoll and an event descriptor, which would stay: a host that closes what it does not know, as daemons do, would end in
// the runtime's "netpoll failed" later, or have 8 bytes written into a file of its own that got the number. Nothing else
// here uses a timer, so the pauses are made otherwise.
//
// The runtime has a place for that, for its own tests. It is reached by name, which build.sh allows the linker, and only
// touched if all around it is as it is known to be: in another version of Go it may lie elsewhere.
//
//go:linkname scavenger runtime.scavenger
var scavenger struct {
	lock          uintptr
	goroutine     uintptr
	timer         uintptr
	wake          uint32
	parked, reset bool
	target, ratio float64
	controller    struct {
		kp, ti, tt, min, max, integral float64
		overflows                      [2]bool
	}
	cooldown  int64
	sleepStub func(nanoseconds int64) int64
	others    [3]uintptr // functions
}

// pauseWithoutTimer keeps the runtime from opening them.
func pauseWithoutTimer() {
	s := &scavenger
	known := s.controller.kp == 0.3375 && s.controller.ti == 3.2e6 && s.controller.tt == 1e9 && s.controller.min == 0.001 &&
		s.controller.max == 1000 && s.goroutine != 0 && s.timer != 0 && s.sleepStub == nil
	for _, function := range s.others {
		known = known && function != 0
	}
	if known {
		s.sleepStub = pause
	}
}

// pause sleeps in the system, as any call does that takes long.
func pause(nanoseconds int64) int64 {
	rest := syscall.NsecToTimespec(nanoseconds)
	for syscall.Nanosleep(&rest, &rest) == syscall.EINTR {
	}
	return nanoseconds
}
