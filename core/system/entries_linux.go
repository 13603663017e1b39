//go:build linux && !tempfile_portable

package system

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

func (Kernel) Entries(directory int, buffer []byte) (int, error) {
	return ignoringEINTR2(func() (int, error) { return unix.Getdents(directory, buffer) })
}

// Entry is a directory entry.
type Entry struct {
	Name      string // valid while the buffer is
	Directory bool   // false where the file system does not tell: an unlink fails with EISDIR then
}

// NextEntry takes the first entry off what Entries filled; ok is false when there is none. It leaves out "." and "..", and an
// entry without a name, which only a broken kernel gives.
func NextEntry(buffer []byte) (entry Entry, rest []byte, ok bool) {
	// Field by field, because the last entry may be shorter than a unix.Dirent, and a pointer to one would be invalid there.
	const (
		length = unsafe.Offsetof(unix.Dirent{}.Reclen)
		kind   = unsafe.Offsetof(unix.Dirent{}.Type)
		start  = unsafe.Offsetof(unix.Dirent{}.Name)
	)
	for len(buffer) > int(start) {
		size := int(binary.NativeEndian.Uint16(buffer[length:]))
		if size <= int(start) || size > len(buffer) {
			break // only a broken kernel says so, and this must not go on for ever
		}
		directory := buffer[kind] == unix.DT_DIR
		name := buffer[start:size]
		if end := bytes.IndexByte(name, 0); end >= 0 {
			name = name[:end]
		}
		buffer = buffer[size:]
		if text := unsafe.String(unsafe.SliceData(name), len(name)); text != "" && text != "." && text != ".." {
			return Entry{text, directory}, buffer, true
		}
	}
	return Entry{}, nil, false
}

func (Kernel) UnlinkBelow(directory int, name string) error { return unlinkAt(directory, name, 0) }

func (Kernel) RmdirBelow(directory int, name string) error {
	return unlinkAt(directory, name, unix.AT_REMOVEDIR)
}

// unlinkAt is unix.Unlinkat without an allocation a name: the copy of the name with its NUL is on the stack. A removal has
// very many names.
func unlinkAt(directory int, name string, flags int) error {
	const longest = 255
	if len(name) > longest || strings.IndexByte(name, 0) >= 0 {
		return ignoringEINTR(func() error { return unix.Unlinkat(directory, name, flags) })
	}
	var c [longest + 1]byte
	copy(c[:], name)
	for {
		_, _, errno := unix.Syscall(unix.SYS_UNLINKAT, uintptr(directory), uintptr(unsafe.Pointer(&c[0])), uintptr(flags))
		switch errno {
		case unix.EINTR:
		case 0:
			return nil
		default:
			return errno
		}
	}
}
