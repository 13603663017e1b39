// Package system is what libtempfile asks of an operating system: the System interface, and Kernel, the real one.
//
// It promises its callers that each method is one operation of the system with one result: an errno without a path, no retry
// but after EINTR, no policy. A caller never needs to know which system it runs on. What only Linux can do fails elsewhere
// with ErrUnsupported.
//
// It promises a test that every effect on the file system goes through System, so that a System of its own can make any
// call fail, or do something just before it.
package system
