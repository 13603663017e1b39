package object

import "sync"

// Storage is the memory that an object lives in: Go memory for Go programs, a record in C memory for the C library. A record
// outlives the Go runtime, because a forked child starts a new one and goes on with the same objects. So nothing about an
// object may be kept outside its Storage.
type Storage interface {
	// Lock and Unlock surround every operation on the object.
	sync.Locker
	// State is the part of fixed size. The pointer is the same for as long as the object lives.
	State() *State
	// Field gives a string, which is valid until it is set again.
	Field(which Field) string
	// SetField keeps a copy of a string.
	SetField(which Field, value string) error
	// PreparePath copies another path for the object. Until it is set, nothing has changed, and setting it cannot fail. The
	// object's present path stays in memory until the object ends: whoever has read it may go on with it.
	PreparePath(path string) (NewPath, error)
	// Resize moves the object's block of memory, with its first keep bytes, to a block of another capacity; capacity 0 means
	// no block. The other bytes of the new block are undefined. The new block is in place before the old one is freed,
	// because another thread may fork in between.
	Resize(keep, capacity int64) error
	// Owned tells whether this process made the object.
	Owned() bool
	// Epoch is a number of this process that no process with the same storage has, be it a parent, a child or a sibling.
	Epoch() uint64
	// AdvanceDescriptorSerial is called just before a descriptor is put into the state of an object that other threads know
	// already. If another thread forks at that moment, the child has the state, but not the descriptor; by the serial it
	// finds that out. See engine.File.loseDescriptor.
	AdvanceDescriptorSerial()
}

// NewPath is a path that is prepared for an object. Either Set or Drop is called, once.
type NewPath interface {
	Set()
	Drop()
}

// Field names a string of an object.
type Field int

// The strings of an object.
const (
	Path           Field = iota // the absolute path; "" for a file without a name
	SpoolDirectory              // spooled files: the directory to roll over to; "" for the default directory
	SpoolPrefix                 // spooled files
	SpoolSuffix                 // spooled files
	FieldCount
)
