package engine

import (
	"io"
	"math"
	"syscall"

	"libtempfile/core/object"
	"libtempfile/core/text"
)

// A spooled file before it rolls over. Its bytes are in the object's block, and it behaves as Python's io.BytesIO.

// firstCapacity is the capacity of the smallest block, so that not every small write moves the file.
const firstCapacity = 1024

// rollsAt tells whether a write that ends at a position makes the file roll over. As in Python the position counts, not the
// size.
func rollsAt(s *object.State, position int64) bool { return s.MaxSize != 0 && position > s.MaxSize }

// memoryContent is the bytes from an offset on.
func memoryContent(s *object.State, offset int64) []byte {
	if offset >= s.Size {
		return nil
	}
	return s.Block()[offset:s.Size]
}

func memoryRead(s *object.State, p []byte) int {
	n := copy(p, memoryContent(s, s.Position))
	s.Position += int64(n)
	return n
}

func memoryReadLine(s *object.State, p []byte) int {
	n, _ := copyLine(p, memoryContent(s, s.Position))
	s.Position += int64(n)
	return n
}

// memoryWrite writes at the position. If that is behind the end, the bytes in between are zeros.
func (f *File) memoryWrite(s *object.State, p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := f.memoryReserve(s, int64(len(p))); err != nil {
		return 0, err
	}
	end := s.Position + int64(len(p))
	block := s.Block()
	if s.Position > s.Size {
		clear(block[s.Size:s.Position])
	}
	n := copy(block[s.Position:], p)
	s.Size = max(s.Size, end)
	s.Position = end
	return n, nil
}

// prepare makes a file in memory ready for a write of so many bytes: its position is where they go, and it has the memory for
// them or has rolled over. A failure leaves it as it was.
func (f *File) prepare(s *object.State, size int64) (err error) {
	position := s.Position
	if s.Has(object.FlagAppend) {
		s.Position = s.Size
	}
	if rollsAt(s, s.Position+size) {
		err = f.rollover(s)
	} else if size > 0 {
		err = f.memoryReserve(s, size)
	}
	if err != nil {
		s.Position = position
	}
	return err
}

// memoryReserve makes the block large enough for so many bytes at the position. It does not change the file.
func (f *File) memoryReserve(s *object.State, size int64) error {
	end := s.Position + size
	if end < 0 || end > math.MaxInt {
		return f.fail("write", syscall.EFBIG)
	}
	if end <= s.Capacity {
		return nil
	}
	err := f.storage.Resize(s.Size, max(end, firstCapacity, 2*s.Capacity))
	if err == syscall.ENOMEM && s.Capacity > 0 { // that was more than is needed; there may be enough memory for the need itself
		err = f.storage.Resize(s.Size, end)
	}
	return f.fail("write", err)
}

func memorySeek(s *object.State, offset int64, whence int) (int64, error) {
	from := [...]int64{io.SeekStart: 0, io.SeekCurrent: s.Position, io.SeekEnd: s.Size}[whence]
	if whence == io.SeekStart && offset < 0 {
		return 0, invalid("position %d is negative", offset)
	}
	if offset > 0 && from > math.MaxInt64-offset {
		return 0, syscall.EOVERFLOW
	}
	s.Position = max(from+offset, 0)
	return s.Position, nil
}

// Rollover moves a spooled file from memory to disk.
func (f *File) Rollover() error {
	s, err := f.enter("rollover", 0)
	defer f.storage.Unlock()
	if err != nil || !s.InMemory() {
		return err
	}
	return f.rollover(s)
}

// Rolled tells whether the file is on disk.
func (f *File) Rolled() (bool, error) {
	s, err := f.enter("rolled", 0)
	defer f.storage.Unlock()
	return err == nil && !s.InMemory(), err
}

// rollover completes the file on disk before it frees the memory, so that a full disk loses nothing. CPython frees the
// memory first.
func (f *File) rollover(s *object.State) error {
	o := Options{
		Dir: f.storage.Field(object.SpoolDirectory), Prefix: f.storage.Field(object.SpoolPrefix), NoPrefix: true, Suffix: f.storage.Field(object.SpoolSuffix),
		Permissions: s.Permissions, NoTmpfile: s.Has(object.FlagNoTmpfile), OnlyTmpfile: s.Has(object.FlagOnlyTmpfile),
		Append:  s.Has(object.FlagAppend),
		MinFree: s.MinFree, OnDisk: s.Has(object.FlagOnlyDisk), InMemory: s.Has(object.FlagOnlyMemory),
	}
	plan, err := f.engine.Plan(ForUnnamed, &o)
	if err != nil {
		return err
	}
	descriptor, err := plan.createUnnamed()
	if err != nil {
		return err
	}
	system := f.engine.system
	position := memoryPosition(s)
	if _, err = writeAll(system, descriptor, memoryContent(s, 0)); err == nil && position != s.Size {
		_, err = system.Seek(descriptor, position, io.SeekStart)
	}
	if err != nil {
		system.Close(descriptor)
		return failed("rollover", plan.directory, err)
	}
	return f.rolledTo(s, descriptor, position)
}

// memoryPosition is where a file in memory goes on: in text, where the next character begins.
func memoryPosition(s *object.State) int64 { return s.Position - s.Unread() }

// rolledTo makes the file one on disk, by a descriptor that has its content and its position, and frees the memory.
func (f *File) rolledTo(s *object.State, descriptor int, position int64) error {
	text.RestartEncoder(&s.Text, position == 0)
	s.Position = position
	s.AheadStart, s.AheadEnd = 0, 0
	f.storage.AdvanceDescriptorSerial()
	s.Descriptor = int32(descriptor)
	err := f.storage.Resize(0, 0)
	s.Size = 0 // last, because until then a forked child may need the memory, see loseDescriptor
	return err
}
