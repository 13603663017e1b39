package recovery

import (
	"bytes"
	"encoding/binary"
)

// The layout of a journal. The C library writes journals, and capi/journal.go checks that it has the same layout.
//
// A file consists of slots of SlotSize bytes. The first slot holds the Header. A record begins at a slot, and takes as many
// slots as its path needs. A record counts only if its check is right. All other slots are free, or hold the rest of a path.
// The check begins with the header's salt, which only the user can read. Without the salt somebody else could choose a file
// name that passes for a record.
const (
	SlotSize  = 256
	PathStart = 56
	Suffix    = ".journal"
	Magic     = "TMPFJNL1"
	// LongestPath is that of a record.
	LongestPath = 4095
)

// Header is the first slot.
type Header struct {
	Magic                                  [8]byte
	Check                                  uint64 // of all that follows
	Salt                                   uint64
	User, Process, StartTime, PidNamespace uint64 // StartTime is in ticks, as /proc has it; 0: not known
	Boot, Machine                          [48]byte
}

// Entry is a record without its path.
type Entry struct {
	Check         uint64 // of Size, Kind, Flags and the path; 0: the slot is free
	Size          uint32 // of the path
	Kind, Flags   uint16
	IdentityCheck uint64 // of the fields that follow, from Check on
	Device, Inode uint64
	BirthSeconds  int64
	BirthNanos    uint64 // NoBirth: the file system has no times of birth
}

// Kinds of entries, a flag, and a value of BirthNanos.
const (
	File      = 1
	Directory = 2

	FlagRandom = 1 // the name was drawn

	NoBirth = 1<<64 - 1
)

// Check continues a check with whole words. Each step is a bijection of the check, so a change of any one word changes it.
func Check(check uint64, words []byte) uint64 {
	for ; len(words) >= 8; words = words[8:] {
		check = (check ^ binary.NativeEndian.Uint64(words)) * 0x9E3779B97F4A7C15
		check ^= check >> 32
	}
	if check == 0 {
		return 1
	}
	return check
}

// record is an entry with its path. identified: the identity in the entry is valid.
type record struct {
	Entry
	path       string
	identified bool
}

// readHeader gives the header; false: the file does not begin with one.
func readHeader(file []byte) (h Header, ok bool) {
	size := binary.Size(h)
	if len(file) < size {
		return h, false
	}
	if _, err := binary.Decode(file, binary.NativeEndian, &h); err != nil {
		return h, false
	}
	return h, string(h.Magic[:]) == Magic && h.Check == Check(0, file[16:size])
}

// readRecords gives the records of a file. It ignores a record that is torn or changed.
func readRecords(file []byte, salt uint64) []record {
	var records []record
	for slot := 1; slot*SlotSize+PathStart <= len(file); slot++ {
		if r, ok := readRecord(file[slot*SlotSize:], salt+uint64(slot)); ok {
			records = append(records, r)
		}
	}
	return records
}

func readRecord(file []byte, seed uint64) (r record, ok bool) {
	if binary.NativeEndian.Uint64(file) == 0 { // most slots are free, and each start of a process reads all journals
		return r, false
	}
	if _, err := binary.Decode(file, binary.NativeEndian, &r.Entry); err != nil {
		return r, false
	}
	whole := (int(r.Size) + 7) / 8 * 8
	if r.Check == 0 || r.Size == 0 || r.Size > LongestPath || PathStart+whole > len(file) {
		return r, false
	}
	if r.Check != Check(Check(seed, file[8:16]), file[PathStart:PathStart+whole]) {
		return r, false
	}
	r.path = string(file[PathStart : PathStart+int(r.Size)])
	r.identified = r.IdentityCheck == Check(r.Check, file[24:PathStart])
	return r, r.path[0] == '/' && !bytes.ContainsRune([]byte(r.path), 0) && (r.Kind == File || r.Kind == Directory)
}
