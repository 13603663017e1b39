package main

/*
#include "fast.h"
*/
import "C"

import (
	"syscall"
	"unsafe"

	"libtempfile/core/engine"
	"libtempfile/core/object"
	"libtempfile/core/system"
)

// record is object.Storage in C memory.
type record struct{ c *C.tempfile__record }

// object.State is laid on C's tempfile__state, fast_names.c draws names as the engine does, and fast_plan.c counts the creations
// as it does. So they must agree; these lines do not compile otherwise.
var (
	_ = [1]struct{}{}[unsafe.Sizeof(object.State{})-C.sizeof_tempfile__state]
	_ = [1]struct{}{}[unsafe.Offsetof(object.State{}.Descriptor)-unsafe.Offsetof(C.tempfile__state{}.descriptor)]
	_ = [1]struct{}{}[unsafe.Offsetof(object.State{}.MaxSize)-unsafe.Offsetof(C.tempfile__state{}.max_size)]
	_ = [1]struct{}{}[unsafe.Offsetof(object.State{}.Device)-unsafe.Offsetof(C.tempfile__state{}.device)]
	_ = [1]struct{}{}[unsafe.Offsetof(object.State{}.Data)-unsafe.Offsetof(C.tempfile__state{}.data)]
	_ = [1]struct{}{}[unsafe.Offsetof(object.State{}.Capacity)-unsafe.Offsetof(C.tempfile__state{}.capacity)]
	_ = [1]struct{}{}[unsafe.Offsetof(object.State{}.AheadEnd)-unsafe.Offsetof(C.tempfile__state{}.ahead_end)]
	_ = [1]struct{}{}[unsafe.Offsetof(object.State{}.Pending)-unsafe.Offsetof(C.tempfile__state{}.pending)]
	_ = [1]struct{}{}[unsafe.Offsetof(object.State{}.PendingEpoch)-unsafe.Offsetof(C.tempfile__state{}.pending_epoch)]
	_ = [1]struct{}{}[unsafe.Offsetof(object.State{}.Text)-unsafe.Offsetof(C.tempfile__state{}.text)]
	_ = [1]struct{}{}[unsafe.Sizeof(object.State{}.Text)-unsafe.Sizeof(C.tempfile__state{}.text)]
	_ = [1]struct{}{}[unsafe.Offsetof(object.State{}.MinFree)-unsafe.Offsetof(C.tempfile__state{}.min_free)]
	_ = [1]struct{}{}[object.FieldCount-C.TEMPFILE__FIELDS]
	_ = [1]struct{}{}[object.KindSpooled-C.TEMPFILE__SPOOLED]
	_ = [1]struct{}{}[object.FlagReadable-C.TEMPFILE__READABLE]
	_ = [1]struct{}{}[object.FlagWritable-C.TEMPFILE__WRITABLE]
	_ = [1]struct{}{}[object.FlagDelete-C.TEMPFILE__DELETE]
	_ = [1]struct{}{}[object.FlagNamed-C.TEMPFILE__NAMED]
	_ = [1]struct{}{}[object.FlagClosed-C.TEMPFILE__CLOSED]
	_ = [1]struct{}{}[object.FlagDetached-C.TEMPFILE__DETACHED]
	_ = [1]struct{}{}[object.FlagText-C.TEMPFILE__TEXT_MODE]
	_ = [1]struct{}{}[object.FlagBuffered-C.TEMPFILE__BUFFERED]
	_ = [1]struct{}{}[object.FlagAppend-C.TEMPFILE__APPEND]
	_ = [1]struct{}{}[object.FlagHeld-C.TEMPFILE__HELD]
	_ = [1]struct{}{}[object.FlagRecoverable-C.TEMPFILE__RECOVERABLE]
	_ = [1]struct{}{}[object.FlagVerbatimWrite-C.TEMPFILE__VERBATIM_WRITE]
	_ = [1]struct{}{}[object.FlagVerbatimRead-C.TEMPFILE__VERBATIM_READ]
	_ = [1]struct{}{}[object.FlagReturns-C.TEMPFILE__RETURNS]
	_ = [1]struct{}{}[engine.NameLength-C.TEMPFILE__NAME_LENGTH]
	_ = [1]struct{}{}[engine.ForMkstemp-C.TEMPFILE__MKSTEMP]
	_ = [1]struct{}{}[engine.ForMkdtemp-C.TEMPFILE__MKDTEMP]
	_ = [1]struct{}{}[engine.ForMktemp-C.TEMPFILE__MKTEMP]
	_ = [1]struct{}{}[engine.ForUnnamed-C.TEMPFILE__UNNAMED]
	_ = [1]struct{}{}[engine.ForNamedTemporaryFile-C.TEMPFILE__NAMED_FILE]
	_ = [1]struct{}{}[engine.ForTemporaryFile-C.TEMPFILE__UNNAMED_FILE]
	_ = [1]struct{}{}[engine.ForSpooledTemporaryFile-C.TEMPFILE__SPOOLED_FILE]
	_ = [1]struct{}{}[engine.ForTemporaryDirectory-C.TEMPFILE__TEMPORARY_DIRECTORY]
	_ = [1]struct{}{}[len(system.NoUnnamedErrnos)-C.TEMPFILE__ERRNOS]
	_ = map[bool]struct{}{false: {}, engine.Alphabet == C.TEMPFILE__ALPHABET: {}} // twice the same key does not compile
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

func (r record) State() *object.State { return (*object.State)(unsafe.Pointer(&r.c.state)) }

// Field lends the bytes of C, which stay until the string is set again.
func (r record) Field(which object.Field) string {
	return unsafe.String((*byte)(unsafe.Pointer(r.c.fields[which])), r.c.field_sizes[which])
}

func (r record) SetField(which object.Field, value string) error {
	bytes := (*C.char)(unsafe.Pointer(unsafe.StringData(value)))
	return memoryError(C.tempfile__set_field(r.c, C.int(which), bytes, C.size_t(len(value))))
}

// PreparePath copies the path to C.
func (r record) PreparePath(path string) (object.NewPath, error) {
	bytes := (*C.char)(unsafe.Pointer(unsafe.StringData(path)))
	prepared := C.tempfile__prepare_path(bytes, C.size_t(len(path)))
	if prepared == nil {
		return nil, syscall.ENOMEM
	}
	return &newPath{r, prepared, C.size_t(len(path))}, nil
}

// newPath is object.NewPath in C memory.
type newPath struct {
	record record
	c      *C.struct_tempfile__other_path
	size   C.size_t
}

func (p *newPath) Set()  { C.tempfile__set_path(p.record.c, p.c, p.size) }
func (p *newPath) Drop() { C.tempfile__free_paths(p.c) }

func (r record) Resize(keep, capacity int64) error {
	return memoryError(C.tempfile__resize(r.c, C.int64_t(keep), C.int64_t(capacity)))
}

func memoryError(result C.int) error {
	if result != 0 {
		return syscall.Errno(-result)
	}
	return nil
}

func (r record) AdvanceDescriptorSerial() { C.tempfile__advance_descriptor_serial(r.c) }

// Owned tells whether the record was made in this process. Its epoch is this process's whenever Go works on it.
func (r record) Owned() bool { return r.c.owner == r.c.epoch }

func (r record) Epoch() uint64 { return uint64(r.c.epoch) }
