package system

import (
	"syscall"
	"time"
)

// Publishing is the part of an operating system that gives a file a lasting name. All names are resolved in directories that
// are held open, so that a directory which somebody renames meanwhile cannot misdirect a call. Only Linux has all of it.
type Publishing interface {
	// HoldFrom opens a directory to work below it, as OpenParent does; a relative path begins at an open directory. Links are
	// followed.
	HoldFrom(directory int, path string) (descriptor int, err error)
	// HoldBeneath is HoldFrom for a path that may not lead out of the directory, not even for a moment and not by a link:
	// EXDEV. ENOSYS or another error means that the kernel cannot promise this; EAGAIN that it could not this time.
	HoldBeneath(directory int, path string) (descriptor int, err error)
	// ReadLinkBelow gives the text of a link that is to be followed. EINVAL: the name is not a link's; EACCES: the link is
	// another user's, in a sticky directory in which everybody may write.
	ReadLinkBelow(directory int, name string) (text string, err error)

	// StatusBelow gives what is known of a name's file, or of the link that has the name.
	StatusBelow(directory int, name string) (Status, error)

	// CreateBelow makes a new file as Create does.
	CreateBelow(directory int, name string, flags int, permissions uint32) (descriptor int, err error)
	// CreateUnnamedBelow makes a file without a name as CreateUnnamed does.
	CreateUnnamedBelow(directory int, flags int, permissions uint32) (descriptor int, err error)
	// OpenToLook opens a regular file to read its attributes, also one that cannot be read. A link is ELOOP.
	OpenToLook(directory int, name string) (descriptor int, err error)
	// MkdirBelow makes a directory.
	MkdirBelow(directory int, name string, permissions uint32) error

	// LinkDescriptor gives an open file a further name. It never replaces one: EEXIST. CannotLink tells of an error whether
	// another way is worth trying.
	LinkDescriptor(descriptor, directory int, name string) error
	// LinkBelow gives the file of one name another one. It follows no link and never replaces a name: EEXIST.
	LinkBelow(from int, name string, to int, newName string) error
	// Intend tells whoever removes what a killed process has left that a random name is about to be made for an open file, or
	// with -1 for a new one. forget tells that the name is gone.
	Intend(path string, descriptor int) (forget func())
	// RenameBelow moves a name.
	RenameBelow(from int, name string, to int, newName string, how Rename) error

	// ChangeMode sets the permissions of an open file.
	ChangeMode(descriptor int, permissions uint32) error
	// ChangeOwner sets the owner and the group of an open file; -1 leaves one as it is.
	ChangeOwner(descriptor, user, group int) error
	// Attributes gives the names of a file's extended attributes. Like Attribute it works on a descriptor of OpenToLook.
	Attributes(descriptor int) (names []string, err error)
	// Attribute gives an extended attribute; nil: the file has none of that name, or the file system has no attributes.
	Attribute(descriptor int, name string) (value []byte, err error)
	// SetAttribute sets an extended attribute; nil removes it.
	SetAttribute(descriptor int, name string, value []byte) error

	// SyncAll makes all that is on the file system of an open file durable.
	SyncAll(descriptor int) error
	// TakeOver makes a descriptor one of another open file, with the status flags that it had.
	TakeOver(descriptor, from int) error
}

// Status is what is known of a file.
type Status struct {
	Identity
	Type        FileType
	Mode        uint32 // the permissions, with the set-user-ID, set-group-ID and sticky bits
	Links       uint64
	User, Group int
	Size        int64
	Modified    time.Time
}

// FileType is a file's type.
type FileType int

// The types that matter here.
const (
	OtherType FileType = iota
	RegularFile
	DirectoryFile
	LinkFile
)

// Rename says what a rename does with the new name.
type Rename int

// The kinds of rename.
const (
	Replacing  Rename = iota // what has the new name loses it
	NotReplace               // EEXIST if something has the new name; EINVAL or ENOSYS where this cannot be promised
	Exchanging               // what has the new name gets the old one; EINVAL or ENOSYS where this cannot be done
)

// Where a Seek finds the next data and the next hole of a file; ENXIO: there is no more data.
const (
	SeekData = 3
	SeekHole = 4
)

// Intend: a program in Go has no such record.
func (Kernel) Intend(path string, descriptor int) (forget func()) { return func() {} }

// CannotLink tells whether the error of LinkDescriptor means that the system, the file system or a sandbox does not link
// open files, or not this one: a file that was unlinked has lost its right to a name. ENOENT can also mean that the
// directory is gone, and every other way will then say so.
func CannotLink(err error) bool {
	switch err {
	case syscall.ENOENT, syscall.EPERM, syscall.EOPNOTSUPP, syscall.ENOSYS, syscall.EINVAL, syscall.EMLINK, syscall.ELOOP:
		return true
	}
	return false
}

// CannotRename tells whether the error of RenameBelow means that there is only the rename that replaces.
func CannotRename(err error) bool { return err == syscall.ENOSYS || err == syscall.EINVAL }

// CannotCopy tells whether the error of CopyRange says nothing of the contents: the system has no such call
// for these files, and the bytes must be read and written instead.
func CannotCopy(err error) bool {
	switch err {
	case syscall.ENOSYS, syscall.EXDEV, syscall.EINVAL, syscall.EOPNOTSUPP, syscall.EPERM, syscall.EBADF:
		return true
	}
	return false
}
