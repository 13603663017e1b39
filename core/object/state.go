package object

import "unsafe"

// State is the part of an object that has a fixed size.
type State struct {
	Kind        Kind
	Flags       uint32
	Descriptor  int32 // -1: none, because the file is in memory, detached or closed
	Permissions uint32
	MaxSize     int64
	ReadAhead   int64  // the size of the buffer in bytes, for reading ahead and for FlagBuffered; 0: there is none
	Device      uint64 // a directory's identity
	Inode       uint64
	Data        unsafe.Pointer // the block: the bytes of a file in memory, or the buffer
	Capacity    int64          // of the block
	Size        int64          // of the file in memory
	Position    int64          // in the file in memory
	AheadStart  int64          // Data[AheadStart:AheadEnd] was read ahead and not delivered yet; the system's position is
	AheadEnd    int64          // after it. In a text file these bytes are still encoded, and in memory a part of the file
	Pending     int64          // Data[:Pending] was written and is held back. Its place is the system's position, and
	// nothing is ahead. Only a file on disk with FlagBuffered has such bytes
	PendingEpoch uint64    // Storage.Epoch of the process that wrote them, the only one that may pass them on
	Text         TextState // text files
	MinFree      int64     // a spooled file: the bytes that the default directory must have free at the roll-over
}

// TextState is the part of a State that only text files use. Bytes that were read ahead stay encoded until they are
// delivered, so these eight bytes are the whole difference between a text file and a binary file. Package text reads and
// writes them.
type TextState struct {
	Encoding uint16 // the encoding's index in package charset
	Errors   uint8  // text.errorRule
	Newline  uint8  // text.newlineRule
	Decoder  uint8  // the codec's state where the next character begins
	Skip     uint8  // how many characters of those that the next bytes stand for were delivered: one bad byte can be several
	Encoder  uint8  // the codec's state where the last write ended, or EncoderStart
	_        uint8
}

// EncoderStart as TextState.Encoder means that the next write is at the start of the file, so that the byte order mark, if
// the encoding has one, comes first.
const EncoderStart = 0xFF

// Kind is a class of objects.
type Kind uint32

// The classes. No object has the kind 0.
const (
	KindNamed Kind = iota + 1
	KindUnnamed
	KindSpooled
	KindDirectory
)

// The flags of a State. The C library reads and sets some of them itself: when a signal ends the process, when a read or
// write is a mere copy, and when an object ends.
const (
	FlagReadable = 1 << iota
	FlagWritable
	FlagDelete        // the name is removed with the object
	FlagDeleteOnClose // the name is removed when the file is closed
	FlagNamed         // the object has a name, which may still exist
	FlagClosed
	FlagDetached
	FlagNoTmpfile
	FlagOnlyTmpfile
	FlagIgnoreErrors
	FlagText
	FlagBuffered      // writes are held back up to the size of the buffer
	FlagAppend        // every write goes to the end of the file
	FlagCloseFailed   // the last Close failed, because the bytes that are held back could not be written
	FlagVerbatimWrite // text: what is written stands in the file as it is, if it is UTF-8
	FlagVerbatimRead  // text: bytes that are ahead, which were checked, are read as they are; but see FlagReturns
	FlagReturns       // text: a \r is not read as it is, or ends a line
	FlagOnlyDisk      // a spooled file rolls over to a default directory that is on disk
	FlagOnlyMemory    // a spooled file rolls over to a default directory that is in memory
	FlagHeld          // a directory that is held by a shared lock, which its descriptor holds
	FlagRecoverable   // it is not made unless the journal of recovery has it
)

// Has tells whether one of the flags is set.
func (s *State) Has(flags uint32) bool { return s.Flags&flags != 0 }

// Set sets or clears flags.
func (s *State) Set(flags uint32, on bool) {
	if on {
		s.Flags |= flags
	} else {
		s.Flags &^= flags
	}
}

// Block is the object's memory.
func (s *State) Block() []byte { return unsafe.Slice((*byte)(s.Data), s.Capacity) }

// Unread is how many bytes were read ahead and not delivered yet.
func (s *State) Unread() int64 { return s.AheadEnd - s.AheadStart }

// Ahead is the bytes that were read ahead and not delivered yet.
func (s *State) Ahead() []byte {
	if s.AheadStart == s.AheadEnd {
		return nil
	}
	return s.Block()[s.AheadStart:s.AheadEnd]
}

// InMemory tells whether the object is a spooled file that has not rolled over.
func (s *State) InMemory() bool { return s.Kind == KindSpooled && s.Descriptor < 0 }
