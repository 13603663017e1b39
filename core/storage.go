package core

import (
	"sync"
	"syscall"
	"unsafe"

	"libtempfile/core/system"
)

// Storage is where a file or directory keeps all that it is: Go memory for Go programs, a record in C memory for the C
// library, where it outlives the Go runtime itself (a forked child gets a new one, and goes on with the same objects).
// Nothing may be kept beside it.
type Storage interface {
	// Lock and Unlock surround every operation on the object.
	sync.Locker
	// State is the part of fixed size. The pointer is the same for as long as the object lives.
	State() *State
	// Text gives a string, which is valid until it is set anew.
	Text(which Text) string
	// SetText keeps a copy of a string.
	SetText(which Text, value string) error
	// Resize moves the object's block of memory, with the first keep bytes, to one of another capacity, whose other bytes
	// are anything; 0: no block. The new block is in place before the old one goes: another thread may fork in between.
	Resize(keep, capacity int64) error
	// Owned tells whether this process made the object.
	Owned() bool
	// Renew is called just before a descriptor is put into the state of an object that others know already: should
	// another thread be forking, the child has the state, but not the descriptor. See File.loseDescriptor.
	Renew()
}

// Text names a string of an object.
type Text int

// The strings of an object.
const (
	TextPath      Text = iota // the name, if it has one
	TextDirectory             // spooled files: where to roll over to, "" for the default directory
	TextPrefix                // spooled files
	TextSuffix                // spooled files
	TextCount
)

// State is the part of an object that has a fixed size. It has the layout of the C library's tempfile__state, and it is
// valid at every instruction: another thread may fork between any two, and the child goes on with what it finds.
type State struct {
	Kind        Kind
	Flags       uint32
	Descriptor  int32 // -1: none, because the file is in memory, detached or closed
	Permissions uint32
	MaxSize     int64
	ReadAhead   int64 // bytes to read ahead; 0: none
	Device      uint64
	Inode       uint64
	Data        unsafe.Pointer // the block: a spooled file's bytes, or what was read ahead
	Capacity    int64
	Size        int64     // of the file in memory
	Position    int64     // in the file in memory
	AheadStart  int64     // what was read ahead and not yet delivered is Data[AheadStart:AheadEnd]; the system's
	AheadEnd    int64     // position is after it
	Text        TextState // text files; what is ahead is then as the file has it, and in memory a part of the file
}

// Kind is a class of objects.
type Kind uint32

// The classes. A zero Kind is none of them.
const (
	KindNamed Kind = iota + 1
	KindUnnamed
	KindSpooled
	KindDirectory
)

const (
	flagReadable = 1 << iota
	flagWritable
	flagDelete        // the name goes with the object
	flagDeleteOnClose // and already when the file is closed
	flagNamed         // the name is ours and may still exist
	flagClosed
	flagDetached
	flagNoTmpfile
	flagOnlyTmpfile
	flagIgnoreErrors
	flagText
)

// What the C library looks at and sets itself: when a signal ends the process, where a read or write is a mere copy, and
// when an object ends.
const (
	FlagReadable = flagReadable
	FlagWritable = flagWritable
	FlagDelete   = flagDelete
	FlagNamed    = flagNamed
	FlagClosed   = flagClosed
	FlagDetached = flagDetached
	FlagText     = flagText
)

func (s *State) has(flag uint32) bool { return s.Flags&flag != 0 }

func (s *State) set(flag uint32, on bool) {
	if on {
		s.Flags |= flag
	} else {
		s.Flags &^= flag
	}
}

// block is the object's memory.
func (s *State) block() []byte { return unsafe.Slice((*byte)(s.Data), s.Capacity) }

// memory is the Storage of Go programs.
type memory struct {
	sync.Mutex
	state State
	texts [TextCount]string
}

func (m *memory) State() *State                      { return &m.state }
func (m *memory) Text(which Text) string             { return m.texts[which] }
func (m *memory) SetText(which Text, v string) error { m.texts[which] = v; return nil }
func (m *memory) Renew()                             {}
func (m *memory) Owned() bool                        { return true }
func (m *memory) Resize(keep, capacity int64) error {
	var block []byte
	if !system.Affordable(capacity) {
		return syscall.ENOMEM
	}
	if capacity > 0 {
		block = make([]byte, capacity)
		copy(block, m.state.block()[:keep])
	}
	m.state.Data, m.state.Capacity = unsafe.Pointer(unsafe.SliceData(block)), capacity
	return nil
}
