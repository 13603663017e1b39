//go:build linux && (386 || arm || mips || mipsle)

package core

// On a system with 32 bits nothing was tested: the one error of the build says so.
var _ = libtempfile_is_for_64_bit_Linux
