package core

import (
	"io"
	"math"
	"syscall"
)

// The stage of a spooled file before it rolls over: its bytes are the object's block, and behave as Python's io.BytesIO.

// firstCapacity is the smallest block: small writes should not move the file at each.
const firstCapacity = 1024

// SpooledTemporaryFile makes a file in memory. See the package's function.
func (l *Library) SpooledTemporaryFile(o *Options) (*File, error) {
	storage := &memory{}
	_, err := l.SpooledTemporaryFileIn(storage, o)
	return l.fileIn(storage, err)
}

// SpooledTemporaryFileIn makes a file in memory that keeps its state in a storage. Where it will go is settled when it
// rolls over, as in Python, so that making it asks nothing of any directory: there is no recipe.
func (l *Library) SpooledTemporaryFileIn(storage Storage, o *Options) (recipe Recipe, err error) {
	o = o.orDefault()
	m, err := o.fileMode()
	if err != nil {
		return recipe, err
	}
	// A relative directory is the one it is now, not the one it will be after a chdir.
	directory := o.Dir
	if directory != "" {
		if directory, err = l.absolute(directory); err != nil {
			return recipe, err
		}
	}
	for which, text := range [TextCount]string{TextDirectory: directory, TextPrefix: o.prefix(), TextSuffix: o.Suffix} {
		if text == "" {
			continue
		}
		if err := storage.SetText(Text(which), text); err != nil {
			return recipe, failed("malloc", "", err)
		}
	}
	initialize(storage.State(), KindSpooled, -1, o, m)
	return recipe, nil
}

// inMemory tells the first stage from the second.
func (s *State) inMemory() bool { return s.Kind == KindSpooled && s.Descriptor < 0 }

// rollsAt tells whether a write that ends at a position makes the file roll over. It is the position that counts, as in
// Python, not the size.
func (s *State) rollsAt(position int64) bool { return s.MaxSize != 0 && position > s.MaxSize }

// content is what lies from an offset on.
func (s *State) content(offset int64) []byte {
	if offset >= s.Size {
		return nil
	}
	return s.block()[offset:s.Size]
}

func (s *State) memoryRead(p []byte) int {
	n := copy(p, s.content(s.Position))
	s.Position += int64(n)
	return n
}

func (s *State) memoryReadLine(p []byte) int {
	n, _ := copyLine(p, s.content(s.Position))
	s.Position += int64(n)
	return n
}

// memoryWrite writes at the position, and fills what lies between the end and there with zeros.
func (f *File) memoryWrite(s *State, p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := f.memoryReserve(s, int64(len(p))); err != nil {
		return 0, err
	}
	end := s.Position + int64(len(p))
	block := s.block()
	if s.Position > s.Size {
		clear(block[s.Size:s.Position])
	}
	n := copy(block[s.Position:], p)
	s.Size = max(s.Size, end)
	s.Position = end
	return n, nil
}

// memoryReserve makes the block large enough for so many bytes at the position. The file stays as it is.
func (f *File) memoryReserve(s *State, size int64) error {
	end := s.Position + size
	if end < 0 || end > math.MaxInt {
		return f.fail("write", syscall.EFBIG)
	}
	if end <= s.Capacity {
		return nil
	}
	err := f.storage.Resize(s.Size, max(end, firstCapacity, s.Capacity+s.Capacity/2))
	if err == syscall.ENOMEM && s.Capacity > 0 { // for more than is needed; there may be enough for just that
		err = f.storage.Resize(s.Size, end)
	}
	return f.fail("write", err)
}

func (s *State) memorySeek(offset int64, whence int) (int64, error) {
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

// Rollover moves a spooled file from memory to disk, where it behaves the same. Other files, and one that has rolled
// over, are on disk already.
func (f *File) Rollover() error {
	s, err := f.enter("rollover", 0)
	defer f.storage.Unlock()
	if err != nil || !s.inMemory() {
		return err
	}
	return f.rollover(s)
}

// Rolled tells whether the file is on disk.
func (f *File) Rolled() (bool, error) {
	s, err := f.enter("rolled", 0)
	defer f.storage.Unlock()
	return err == nil && !s.inMemory(), err
}

// rollover makes the file on disk complete before it takes the place of the memory: a full disk loses nothing. (CPython
// gives the memory up first.)
func (f *File) rollover(s *State) error {
	o := Options{
		Dir: f.storage.Text(TextDirectory), Prefix: f.storage.Text(TextPrefix), NoPrefix: true, Suffix: f.storage.Text(TextSuffix),
		Permissions: s.Permissions,
	}
	plan, err := f.library.PlanFile(&o)
	if err != nil {
		return err
	}
	descriptor, _, err := plan.createUnnamed(s.has(flagNoTmpfile), s.has(flagOnlyTmpfile))
	if err != nil {
		return err
	}
	system := f.library.system
	position := s.Position - s.unread() // in text, where the next character begins
	if _, err = writeAll(system, descriptor, s.content(0)); err == nil && position != s.Size {
		_, err = system.Seek(descriptor, position, io.SeekStart)
	}
	if err != nil {
		system.Close(descriptor)
		return failed("rollover", plan.directory, err)
	}
	s.Text.restartEncoder(position == 0)
	s.Position = position
	s.AheadStart, s.AheadEnd = 0, 0
	f.storage.Renew()
	s.Descriptor = int32(descriptor)
	err = f.storage.Resize(0, 0)
	s.Size = 0 // last: until then a child may need the memory, see loseDescriptor
	return err
}
