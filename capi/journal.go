package main

/*
#include "fast.h"
#include "object_journal.h"
#include <stdlib.h>
*/
import "C"

import (
	"sync"
	"syscall"
	"unsafe"

	"libtempfile/core/recovery"
)

type (
	journalHeader = C.tempfile__journal_header
	journalEntry  = C.tempfile__journal_entry
)

// C writes the journals that the core reads. So the layouts must agree; these lines do not compile otherwise.
var (
	_ = [1]struct{}{}[unsafe.Sizeof(recovery.Header{})-C.sizeof_tempfile__journal_header]
	_ = [1]struct{}{}[unsafe.Offsetof(recovery.Header{}.Salt)-unsafe.Offsetof(journalHeader{}.salt)]
	_ = [1]struct{}{}[unsafe.Offsetof(recovery.Header{}.StartTime)-unsafe.Offsetof(journalHeader{}.start_time)]
	_ = [1]struct{}{}[unsafe.Offsetof(recovery.Header{}.Boot)-unsafe.Offsetof(journalHeader{}.boot)]
	_ = [1]struct{}{}[unsafe.Offsetof(recovery.Header{}.Machine)-unsafe.Offsetof(journalHeader{}.machine)]
	_ = [1]struct{}{}[C.sizeof_tempfile__journal_entry-recovery.SlotSize]
	_ = [1]struct{}{}[unsafe.Sizeof(recovery.Entry{})-recovery.PathStart]
	_ = [1]struct{}{}[unsafe.Offsetof(journalEntry{}.path)-recovery.PathStart]
	_ = [1]struct{}{}[unsafe.Offsetof(recovery.Entry{}.Flags)-unsafe.Offsetof(journalEntry{}.flags)]
	_ = [1]struct{}{}[unsafe.Offsetof(recovery.Entry{}.IdentityCheck)-unsafe.Offsetof(journalEntry{}.identity_check)]
	_ = [1]struct{}{}[unsafe.Offsetof(recovery.Entry{}.BirthNanos)-unsafe.Offsetof(journalEntry{}.birth_nanoseconds)]
	_ = [1]struct{}{}[recovery.SlotSize-C.TEMPFILE__SLOT]
	_ = [1]struct{}{}[recovery.File-C.TEMPFILE__ENTRY_FILE]
	_ = [1]struct{}{}[recovery.Directory-C.TEMPFILE__ENTRY_DIRECTORY]
	_ = [1]struct{}{}[recovery.FlagRandom-C.TEMPFILE__ENTRY_RANDOM]
	_ = [1]struct{}{}[recovery.File-C.TEMPFILE_RECOVERED_FILE]
	_ = [1]struct{}{}[recovery.Directory-C.TEMPFILE_RECOVERED_DIRECTORY]
	_ = [1]struct{}{}[recovery.Journal-C.TEMPFILE_RECOVERED_JOURNAL]
	_ = [1]struct{}{}[recovery.Removed-C.TEMPFILE_RECOVERED]
	_ = [1]struct{}{}[recovery.WouldRemove-C.TEMPFILE_WOULD_RECOVER]
	_ = [1]struct{}{}[recovery.Left-C.TEMPFILE_NOT_RECOVERED]
	_ = map[bool]struct{}{false: {}, recovery.Suffix == C.TEMPFILE__JOURNAL_SUFFIX: {}}
	_ = map[bool]struct{}{false: {}, recovery.Magic == C.TEMPFILE__JOURNAL_MAGIC: {}}
)

// passing has the slots of files that Go makes and removes by name itself, by path. Go makes one to find out whether a
// directory can be used, and one at a roll-over on a file system that has no files without a name.
var passing sync.Map

// Create makes a file that is in the journal as long as it has a name.
func (h host) Create(path string, flags int, permissions uint32) (int, error) {
	if C.tempfile__journaling.state != C.TEMPFILE__JOURNALED {
		return h.Kernel.Create(path, flags, permissions)
	}
	text := append([]byte(path), 0)
	slot := C.tempfile__intend((*C.char)(unsafe.Pointer(&text[0])), C.TEMPFILE__ENTRY_FILE, C.TEMPFILE__ENTRY_RANDOM)
	descriptor, err := h.Kernel.Create(path, flags, permissions)
	switch {
	case slot == 0:
	case err != nil || !bool(C.tempfile__note_identity(slot, C.int(descriptor), nil)):
		C.tempfile__strike_out(slot)
	default:
		passing.Store(path, slot)
	}
	return descriptor, err
}

// Unlink removes a name, and strikes out the record that Create has written for it.
func (h host) Unlink(path string) error {
	err := h.Kernel.Unlink(path)
	if C.tempfile__journaling.state == C.TEMPFILE__JOURNALED && (err == nil || err == syscall.ENOENT) {
		if slot, found := passing.LoadAndDelete(path); found {
			C.tempfile__strike_out(slot.(C.uint32_t))
		}
	}
	return err
}

// Intend writes a record for a name that a publication is about to make for an open file.
func (host) Intend(path string, descriptor int) (forget func()) {
	if C.tempfile__journaling.state != C.TEMPFILE__JOURNALED {
		return func() {}
	}
	text := append([]byte(path), 0)
	slot := C.tempfile__intend((*C.char)(unsafe.Pointer(&text[0])), C.TEMPFILE__ENTRY_FILE, C.TEMPFILE__ENTRY_RANDOM)
	if descriptor >= 0 && slot != 0 {
		C.tempfile__note_identity(slot, C.int(descriptor), nil)
	}
	return func() { C.tempfile__strike_out(slot) }
}

// variable reads a variable of the environment that is asked for rarely.
func variable(name string) string {
	text, value := append([]byte(name), 0), make([]byte, C.TEMPFILE_PATH_SIZE)
	from, to := (*C.char)(unsafe.Pointer(&text[0])), (*C.char)(unsafe.Pointer(&value[0]))
	if !bool(C.tempfile__read_variable(from, to, C.size_t(len(value)))) {
		return ""
	}
	return C.GoString(to)
}
