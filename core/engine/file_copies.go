package engine

import (
	"unicode/utf8"

	"libtempfile/core/object"
)

// Calls that only copy, in binary or of UTF-8 that stands in the file as it is written. They are the most frequent ones, and
// all that the other path does around the copy would take several times as long. A Go program's file tries them first, under
// its lock and without a call through an interface; the C library has the same in capi/fast_read.c and fast_write.c. One
// that answers false has changed nothing.

// openFor tells whether the file is open, and for the operation that the flag is about.
func openFor(s *object.State, flag uint32) bool {
	return s.Flags&(flag|object.FlagClosed|object.FlagDetached) == flag
}

// copyIn writes into the block of a file in memory, or behind what is held back.
func copyIn(s *object.State, p []byte) bool {
	if !openFor(s, object.FlagWritable) || s.Unread() != 0 ||
		s.Has(object.FlagText) && !(s.Has(object.FlagVerbatimWrite) && s.Text.Skip == 0 && utf8.Valid(p)) {
		return false
	}
	size := int64(len(p))
	if !s.InMemory() {
		if !s.Has(object.FlagBuffered) || s.Descriptor < 0 || size >= s.ReadAhead || size > min(s.ReadAhead, s.Capacity)-s.Pending {
			return false
		}
		copy(s.Block()[s.Pending:], p)
		s.Pending += size
		return true
	}
	end := s.Position + size
	if s.Position > s.Size || s.Has(object.FlagAppend) && s.Position != s.Size || size > s.Capacity-s.Position || rollsAt(s, end) {
		return false
	}
	copy(s.Block()[s.Position:], p)
	s.Size, s.Position = max(s.Size, end), end
	return true
}

// copyOut reads from memory all that p takes, or, with line set, up to the end of a line. In memory the end of the file is an
// end, too.
func copyOut(s *object.State, p []byte, line bool) (n int, done bool) {
	if !openFor(s, object.FlagReadable) || s.Has(object.FlagText) || s.Pending != 0 || len(p) == 0 {
		return 0, false
	}
	from, place, whole := s.Ahead(), &s.AheadStart, false
	if s.InMemory() {
		from, place, whole = memoryContent(s, s.Position), &s.Position, true
	}
	if len(from) == 0 {
		return 0, false
	}
	from = from[:min(len(from), len(p))]
	ended := false
	if line {
		from, ended = firstLine(from)
	}
	if !whole && !ended && len(from) < len(p) {
		return 0, false
	}
	n = copy(p, from)
	*place += int64(n)
	return n, true
}
