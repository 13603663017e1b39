package main

/*
#include "internal.h"
*/
import "C"

import (
	"syscall"
	"unsafe"

	"libtempfile/core"
)

// record is core.Storage in C memory.
type record struct{ c *C.tempfile__record }

// core.State is laid on C's tempfile__state, and names.c draws names as core does, so they must agree; these lines do not
// compile otherwise.
var (
	_ = [1]struct{}{}[unsafe.Sizeof(core.State{})-C.sizeof_tempfile__state]
	_ = [1]struct{}{}[unsafe.Offsetof(core.State{}.Descriptor)-unsafe.Offsetof(C.tempfile__state{}.descriptor)]
	_ = [1]struct{}{}[unsafe.Offsetof(core.State{}.MaxSize)-unsafe.Offsetof(C.tempfile__state{}.max_size)]
	_ = [1]struct{}{}[unsafe.Offsetof(core.State{}.Device)-unsafe.Offsetof(C.tempfile__state{}.device)]
	_ = [1]struct{}{}[unsafe.Offsetof(core.State{}.Data)-unsafe.Offsetof(C.tempfile__state{}.data)]
	_ = [1]struct{}{}[unsafe.Offsetof(core.State{}.Capacity)-unsafe.Offsetof(C.tempfile__state{}.capacity)]
	_ = [1]struct{}{}[unsafe.Offsetof(core.State{}.AheadEnd)-unsafe.Offsetof(C.tempfile__state{}.ahead_end)]
	_ = [1]struct{}{}[unsafe.Offsetof(core.State{}.Text)-unsafe.Offsetof(C.tempfile__state{}.text)]
	_ = [1]struct{}{}[unsafe.Sizeof(core.State{}.Text)-unsafe.Sizeof(C.tempfile__state{}.text)]
	_ = [1]struct{}{}[core.TextCount-C.TEMPFILE__TEXTS]
	_ = [1]struct{}{}[core.KindSpooled-C.TEMPFILE__SPOOLED]
	_ = [1]struct{}{}[core.FlagReadable-C.TEMPFILE__READABLE]
	_ = [1]struct{}{}[core.FlagWritable-C.TEMPFILE__WRITABLE]
	_ = [1]struct{}{}[core.FlagDelete-C.TEMPFILE__DELETE]
	_ = [1]struct{}{}[core.FlagNamed-C.TEMPFILE__NAMED]
	_ = [1]struct{}{}[core.FlagClosed-C.TEMPFILE__CLOSED]
	_ = [1]struct{}{}[core.FlagDetached-C.TEMPFILE__DETACHED]
	_ = [1]struct{}{}[core.FlagText-C.TEMPFILE__TEXT_MODE]
	_ = [1]struct{}{}[core.NameLength-C.TEMPFILE__NAME_LENGTH]
	_ = map[bool]struct{}{false: {}, core.Alphabet == C.TEMPFILE__ALPHABET: {}} // twice the same key does not compile
)

// Lock does nothing: the shim holds the record's lock for as long as Go works on a file, in memory where a forked child
// finds it open.
func (record) Lock() {}

// Unlock does nothing.
func (record) Unlock() {}

// sharedRecord is the storage of directories. Cleaning one up may take long, so the shim leaves its lock to the core.
type sharedRecord struct{ record }

func (r sharedRecord) Lock()   { C.tempfile__lock(r.c) }
func (r sharedRecord) Unlock() { C.tempfile__unlock(r.c) }

func (r record) State() *core.State { return (*core.State)(unsafe.Pointer(&r.c.state)) }

// Text lends the bytes of C, which stay until the text is set anew.
func (r record) Text(which core.Text) string {
	return unsafe.String((*byte)(unsafe.Pointer(r.c.text[which])), r.c.text_size[which])
}

func (r record) SetText(which core.Text, value string) error {
	bytes := (*C.char)(unsafe.Pointer(unsafe.StringData(value)))
	return memoryError(C.tempfile__set_text(r.c, C.int(which), bytes, C.size_t(len(value))))
}

func (r record) Resize(keep, capacity int64) error {
	return memoryError(C.tempfile__resize(r.c, C.int64_t(keep), C.int64_t(capacity)))
}

func memoryError(result C.int) error {
	if result != 0 {
		return syscall.Errno(-result)
	}
	return nil
}

func (r record) Renew() { C.tempfile__renew(r.c) }

// Owned tells whether the record was made in this process. The gate has set its epoch to this process's.
func (r record) Owned() bool { return r.c.owner == r.c.epoch }
