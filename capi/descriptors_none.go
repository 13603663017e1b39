//go:build !tempfile_library || tempfile_no_reserve

package main

// In a build by the go command alone, whose linker refuses such names, and in the one that shows what they prevent.

func closePoll() {}

func pauseWithoutTimer() {}
