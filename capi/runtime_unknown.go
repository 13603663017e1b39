//go:build !tempfile_library || tempfile_no_reserve || tempfile_untested_go

package main

// In a build by the go command alone, whose linker refuses such names, in one with a Go that was not tested, and in the one
// that shows what they prevent.

func closePoll() {}

func pauseWithoutTimer() {}
