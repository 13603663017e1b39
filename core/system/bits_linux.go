//go:build linux && (386 || arm || mips || mipsle)

package system

// Nothing was tested on a system with 32 bits, and this error stops the build there.
var _ = libtempfile_is_for_64_bit_Linux
