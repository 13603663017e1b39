// Package engine does what tempfile does: it creates, reads, writes, rolls over, registers and removes.
//
// It promises package tempfile and the C library the same rules, each at one place. An Engine works on a system.System, and
// an object lives in an object.Storage; both are chosen by the caller, and nothing about an object is kept elsewhere. So a
// test can make any call of the system fail, and a forked child of a C program can go on with the objects of its parent.
//
// An error is an *fs.PathError with the operation, the path and the errno; a BadArgument where nothing was tried; a
// TempdirError where the default directory could not be chosen; a RemovalError where a removal left something behind.
package engine
