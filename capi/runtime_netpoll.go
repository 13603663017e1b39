//go:build tempfile_library && !tempfile_no_reserve && !tempfile_untested_go

package main

import (
	"os"
	"strconv"
	"syscall"
	_ "unsafe" // for go:linkname
)

// Where the host's standard input or output does not block, package os has the runtime wait for it, though nobody here uses
// them: an epoll and an event descriptor are open from the load on, see scavenger.go for what becomes of hosts that close
// them. Nothing waits yet, so the runtime can be told that it has none.
//
//go:linkname netpollInited runtime.netpollInited
var netpollInited uint32

//go:linkname epfd runtime.epfd
var epfd int32

//go:linkname netpollEventFd runtime.netpollEventFd
var netpollEventFd uintptr

// closePoll closes what the runtime has opened to wait for the host's standard files.
func closePoll() {
	if netpollInited != 1 || !is(int(epfd), "eventpoll") || !is(int(netpollEventFd), "eventfd") {
		return
	}
	poll, event := int(epfd), int(netpollEventFd)
	netpollInited = 0
	pause(1e6) // the runtime's monitor may be looking, which takes no time
	epfd = -1
	syscall.Close(poll)
	syscall.Close(event)
}

// is tells whether a descriptor is of a kind that has no file.
func is(descriptor int, kind string) bool {
	what, err := os.Readlink("/proc/self/fd/" + strconv.Itoa(descriptor))
	return err == nil && what == "anon_inode:["+kind+"]"
}
