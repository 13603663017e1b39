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

// Writer is the journal of a Go program. Its file has the same layout as that of the C library, which stores records into a
// mapping. A Writer writes each record by system calls. Any goroutine may use it. It holds the lock until the process ends.
type Writer struct {
	mutex      sync.Mutex
	descriptor int
	stat       unix.Stat_t // of the file, as a program may close descriptors that it does not know
	salt       uint64
	used       uint32            // how many slots were ever taken; the first one is the header
	free       [2][]uint32       // slots whose record is struck out: those of short paths, and of long ones
	slots      map[string]uint32 // of the records that are not struck out, by path
}

const longSlots = (PathStart + LongestPath + SlotSize - 1) / SlotSize

// NewWriter makes the journal of this process, in a directory that Prepare has looked at.
func NewWriter(directory string) (*Writer, error) {
	parent, err := openDirectory(directory)
	if err != nil {
		return nil, err
	}
	defer unix.Close(parent)
	for attempt := range attempts {
		w := &Writer{used: 1, slots: map[string]uint32{}}
		if err = w.begin(parent, attempt == 0); err == nil {
			return w, nil
		}
		if attempt > 0 && err != unix.EEXIST && err != unix.EAGAIN {
			break
		}
	}
	return nil, failed("journal", directory, err)
}

// attempts is how often a journal is made; another recovery may take a new one for a dead process's.
const attempts = 100

// begin makes the file. An unnamed file gets its name after the lock and the header. Some file systems have no such files; a
// recovery can remove a named file before the lock: EAGAIN.
func (w *Writer) begin(parent int, unnamed bool) (err error) {
	var random [16]byte
	if err := (system.Kernel{}).Random(random[:]); err != nil { // crypto/rand has 32 MB of memory that all programs pay for
		return err
	}
	w.salt = binary.NativeEndian.Uint64(random[:])
	name := fmt.Sprintf("%d-%x%s", os.Getpid(), random[8:], Suffix)
	at, flags := name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW
	if unnamed {
		at, flags = ".", unix.O_RDWR|unix.O_TMPFILE
	}
	if w.descriptor, err = openAt(parent, at, flags, 0o600); err != nil {
		return err
	}
	if err = unix.Fstat(w.descriptor, &w.stat); err == nil {
		err = w.fill()
	}
	switch {
	case err != nil:
	case unnamed:
		link := "/proc/self/fd/" + strconv.Itoa(w.descriptor)
		err = unix.Linkat(unix.AT_FDCWD, link, parent, name, unix.AT_SYMLINK_FOLLOW)
	case !isAt(parent, name, &w.stat):
		err = unix.EAGAIN
	}
	if err != nil {
		if !unnamed && isAt(parent, name, &w.stat) {
			unix.Unlinkat(parent, name, 0)
		}
		unix.Close(w.descriptor)
	}
	return err
}

// fill locks the file and writes its header.
func (w *Writer) fill() error {
	if err := lock(w.descriptor); err != nil {
		return err
	}
	return w.write(0, header(w.salt))
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

// write writes at the beginning of a slot. EBADF: the descriptor is closed, or another file's by now.
func (w *Writer) write(slot uint32, bytes []byte) error {
	return w.writeAt(bytes, int64(slot)*SlotSize)
}

func (w *Writer) writeAt(bytes []byte, offset int64) error {
	var now unix.Stat_t
	if err := unix.Fstat(w.descriptor, &now); err != nil || now.Dev != w.stat.Dev || now.Ino != w.stat.Ino {
		return unix.EBADF
	}
	return again(func() error {
		n, err := unix.Pwrite(w.descriptor, bytes, offset)
		if err == nil && n < len(bytes) {
			err = unix.ENOSPC
		}
		return err
	})
}

// Intend writes a record for an object that is about to be made. random: its name was drawn.
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

// take gives a slot, which for a long path has the following ones with it.
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

// Identify adds an identity to the record of a path: that of the descriptor's file, or with -1 that of the object that has
// the path now. If a wanted identity is given and the object has another one, the error is ESTALE and nothing is added.
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
	return w.writeAt(bytes, int64(slot)*SlotSize+16)
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
