//go:build linux && !tempfile_portable

package recovery

import (
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"

	"libtempfile/core/system"
)

// Writer is the journal of a Go program. It writes each record by a call of the system. The C library's journals are the
// same, but it stores the records into a mapping. Any goroutine may use a Writer. It is held until the process ends.
type Writer struct {
	mutex      sync.Mutex
	descriptor int
	salt       uint64
	used       uint32            // slots that were ever taken; the first one is the header
	free       [2][]uint32       // those that are not in use any more: for one slot, and for a long path
	slots      map[string]uint32 // by the path of what is not struck out
}

const longSlots = (PathStart + LongestPath + SlotSize - 1) / SlotSize

// NewWriter makes the journal of this process, in a directory that Prepare has looked at.
func NewWriter(directory string) (*Writer, error) {
	parent, err := openDirectory(directory)
	if err != nil {
		return nil, err
	}
	defer unix.Close(parent)
	w := &Writer{used: 1, slots: map[string]uint32{}}
	if w.descriptor, err = openAt(parent, ".", unix.O_TMPFILE|unix.O_RDWR, 0o600); err != nil {
		return nil, failed("open", directory, err)
	}
	if err = w.begin(parent); err != nil {
		unix.Close(w.descriptor)
		return nil, failed("journal", directory, err)
	}
	return w, nil
}

// begin locks the file, writes its header, and gives it a name only then.
func (w *Writer) begin(parent int) error {
	if err := lock(w.descriptor); err != nil {
		return err
	}
	var random [16]byte
	if err := (system.Kernel{}).Random(random[:]); err != nil { // crypto/rand has 32 MB of memory that all programs pay for
		return err
	}
	w.salt = binary.NativeEndian.Uint64(random[:])
	if err := w.write(0, header(w.salt)); err != nil {
		return err
	}
	name := fmt.Sprintf("%d-%x%s", os.Getpid(), random[8:], Suffix)
	return unix.Linkat(unix.AT_FDCWD, "/proc/self/fd/"+strconv.Itoa(w.descriptor), parent, name, unix.AT_SYMLINK_FOLLOW)
}

// header says which process this is.
func header(salt uint64) []byte {
	here := here()
	_, start := readStat("/proc/self/stat")
	h := Header{Magic: [8]byte([]byte(Magic)), Salt: salt, User: uint64(unix.Geteuid()), Process: uint64(os.Getpid()),
		StartTime: start, PidNamespace: here.pidNamespace}
	copy(h.Boot[:len(h.Boot)-1], here.boot)
	copy(h.Machine[:len(h.Machine)-1], here.machine)
	bytes := encode(&h)
	h.Check = Check(0, bytes[16:])
	return encode(&h)
}

// encode gives the bytes of a header or an entry.
func encode(fixed any) []byte {
	bytes, err := binary.Append(nil, binary.NativeEndian, fixed)
	if err != nil {
		panic(err) // a type without a fixed size
	}
	return bytes
}

func (w *Writer) write(slot uint32, bytes []byte) error {
	return again(func() error {
		n, err := unix.Pwrite(w.descriptor, bytes, int64(slot)*SlotSize)
		if err == nil && n < len(bytes) {
			err = unix.ENOSPC
		}
		return err
	})
}

// Intend writes down that an object is about to be made, under a name that was drawn if random.
func (w *Writer) Intend(path string, kind uint16, random bool) error {
	if len(path) > LongestPath {
		return unix.ENAMETOOLONG
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	slot := w.take(len(path))
	e := Entry{Size: uint32(len(path)), Kind: kind}
	if random {
		e.Flags = FlagRandom
	}
	padded := make([]byte, (len(path)+7)/8*8)
	copy(padded, path)
	e.Check = Check(Check(w.salt+uint64(slot), encode(&e)[8:16]), padded)
	if err := w.write(slot, append(encode(&e), padded...)); err != nil {
		w.write(slot, make([]byte, 8))
		w.giveBack(slot, len(path))
		return err
	}
	w.slots[path] = slot
	return nil
}

func listOf(size int) int {
	if size > SlotSize-PathStart {
		return 1
	}
	return 0
}

// take gives a slot, with those behind it for a long path.
func (w *Writer) take(size int) uint32 {
	list := &w.free[listOf(size)]
	if n := len(*list); n > 0 {
		slot := (*list)[n-1]
		*list = (*list)[:n-1]
		return slot
	}
	slot := w.used
	w.used += [...]uint32{1, longSlots}[listOf(size)]
	return slot
}

func (w *Writer) giveBack(slot uint32, size int) {
	list := &w.free[listOf(size)]
	*list = append(*list, slot)
}

// Identify adds the identity of the descriptor's file to the record of a path, or with -1 of what has the path now. If a
// wanted identity is given, another one is ESTALE, and nothing is added.
func (w *Writer) Identify(path string, descriptor int, wanted *system.Identity) error {
	name, flags := path, unix.AT_SYMLINK_NOFOLLOW
	if descriptor < 0 {
		descriptor = unix.AT_FDCWD
	} else {
		name, flags = "", unix.AT_EMPTY_PATH
	}
	var stat unix.Statx_t
	err := again(func() error {
		return unix.Statx(descriptor, name, flags, unix.STATX_INO|unix.STATX_BTIME, &stat)
	})
	now := system.Identity{Device: unix.Mkdev(stat.Dev_major, stat.Dev_minor), Inode: stat.Ino}
	if err == nil && wanted != nil && now != *wanted {
		err = unix.ESTALE
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	slot, known := w.slots[path]
	if err != nil || !known {
		return err
	}
	var check [8]byte
	if _, err := unix.Pread(w.descriptor, check[:], int64(slot)*SlotSize); err != nil {
		return err
	}
	e := Entry{Device: now.Device, Inode: now.Inode, BirthNanos: NoBirth}
	if stat.Mask&unix.STATX_BTIME != 0 {
		e.BirthSeconds, e.BirthNanos = stat.Btime.Sec, uint64(stat.Btime.Nsec)
	}
	bytes := encode(&e)[16:]
	e.IdentityCheck = Check(binary.NativeEndian.Uint64(check[:]), bytes[8:])
	binary.NativeEndian.PutUint64(bytes, e.IdentityCheck)
	return again(func() error {
		_, err := unix.Pwrite(w.descriptor, bytes, int64(slot)*SlotSize+16)
		return err
	})
}

// Has tells whether a path has a record.
func (w *Writer) Has(path string) bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	_, known := w.slots[path]
	return known
}

// StrikeOut ends the record of a path, if there is one.
func (w *Writer) StrikeOut(path string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if slot, known := w.slots[path]; known {
		w.write(slot, make([]byte, 8))
		delete(w.slots, path)
		w.giveBack(slot, len(path))
	}
}
