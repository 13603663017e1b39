// Command capi is the C library: built with -buildmode=c-shared it is libtempfile.so. The rules
// are in package core/engine: each exported function turns C's arguments into a call of it, and its result into C's. Where C acts
// itself, it carries out a decision of the engine's, or does a subset and hands anything else over; see README.md.
package main

/*
#cgo CFLAGS: -std=gnu11 -Wall -Wextra -Wno-unused-parameter -fvisibility=hidden
#cgo CFLAGS: -Werror=incompatible-pointer-types -Werror=implicit-function-declaration
#cgo tempfile_hooks CFLAGS: -DTEMPFILE_HOOKS
#cgo tempfile_eager CFLAGS: -DTEMPFILE_EAGER
#cgo tempfile_no_reserve CFLAGS: -DTEMPFILE_NO_RESERVE
#cgo tempfile_untested_go CFLAGS: -DTEMPFILE_UNTESTED_GO
#include "fast.h"
void tempfile__go_started(void);
*/
import "C"

import "libtempfile/core/engine"

//go:generate go run ./internal/genapi

// library is the one over this process.
var library = engine.New(host{})

// The runtime has raised the limit on descriptors by now; C gives the host its own back.
func init() {
	closePoll()
	pauseWithoutTimer()
	C.tempfile__go_started()
}

func main() {}
