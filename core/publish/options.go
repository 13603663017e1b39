package publish

import (
	"strings"
	"syscall"
)

// Flags say how something is published. The C library has the same numbers.
type Flags uint32

// The flags. A combination that contradicts itself is EINVAL.
const (
	NoReplace     Flags = 0x10000
	Sync          Flags = 0x20000
	Across        Flags = 0x40000
	LikeTarget    Flags = 0x80000
	Follow        Flags = 0x100000
	Backup        Flags = 0x200000
	WherePossible Flags = 0x400000
	Exchange      Flags = 0x800000
)

const (
	forFiles       = NoReplace | Sync | Across | LikeTarget | Follow | Backup | WherePossible
	forDirectories = NoReplace | Sync | Exchange
)

// Options say how a publication is done.
type Options struct {
	Flags       Flags
	Permissions uint32 // exactly these; 0: those that open(2) gives a new file in the target's directory
	Within      string // a directory that the path may not leave; "": none
	Backup      string // the name beside the target for the replaced file; "": the target's with "~"
}

// checkFile refuses options that make no sense for a file.
func (o *Options) checkFile() error {
	has := func(flags Flags) bool { return o.Flags&flags != 0 }
	switch {
	case o.Flags&^forFiles != 0:
		return invalid("flags %#x are not those of a file that is published", uint32(o.Flags&^forFiles))
	case has(NoReplace) && has(Backup|LikeTarget):
		return invalid("nothing is replaced with NO_REPLACE, so BACKUP and LIKE_TARGET have no target")
	case has(WherePossible) && !has(LikeTarget):
		return invalid("WHERE_POSSIBLE is for LIKE_TARGET")
	case o.Permissions&^0o777 != 0:
		return invalid("permissions %#o are more than 0777", o.Permissions)
	case o.Backup != "" && !has(Backup):
		return invalid("the name of a backup is given without BACKUP")
	case o.Backup == "." || o.Backup == ".." || strings.ContainsAny(o.Backup, "/\x00"):
		return invalid("backup %q is no name beside the target", o.Backup)
	case strings.ContainsRune(o.Within, 0):
		return invalid("within %q contains a NUL byte", o.Within)
	}
	return nil
}

// checkDirectory refuses options that make no sense for a directory.
func (o *Options) checkDirectory() error {
	switch {
	case o.Flags&^forDirectories != 0:
		return invalid("flags %#x are not those of a directory that is published", uint32(o.Flags&^forDirectories))
	case o.Flags&NoReplace != 0 && o.Flags&Exchange != 0:
		return invalid("NO_REPLACE and EXCHANGE contradict each other")
	}
	return nil
}

// CheckPath refuses a path that cannot be a new name.
func CheckPath(path string) error {
	switch last := lastPart(path); {
	case path == "":
		return &Refusal{syscall.ENOENT, "the path is empty"}
	case strings.ContainsRune(path, 0):
		return invalid("the path %q contains a NUL byte", path)
	case last == "" || last == "." || last == "..":
		return invalid("the path %q does not end in a name", path)
	}
	return nil
}

func lastPart(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
