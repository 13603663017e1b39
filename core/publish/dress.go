package publish

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"iter"
	"strings"
	"syscall"

	"libtempfile/core/system"
)

// acl is the attribute that holds the access control list. It comes with the mode, whose bits of the group are its mask.
const acl = "system.posix_acl_access"

// dress gives the file its final mode, owner and attributes, and makes its content durable. This happens before the file
// has the name. It happens again if another file has become the target that the file is to be like.
func (j *job) dress() (err error) {
	if j.isDressed() {
		return nil
	}
	switch {
	case j.isLike():
		err = j.dressLikeTarget()
	case j.o.Permissions != 0:
		err = j.dressWith(j.o.Permissions, nil)
	case !j.asOpened:
		err = j.dressAsOpened()
	}
	if err == nil && j.has(Sync) {
		err = failed("sync", j.at.whole(), j.System.Sync(j.file, false))
	}
	if err != errRaced { // before which nothing was changed
		j.dressed, j.like = err == nil, j.target.Identity
	}
	return err
}

// isLike tells whether there is a target that the file is to be like.
func (j *job) isLike() bool { return j.has(LikeTarget) && j.exists }

func (j *job) isDressed() bool { return j.dressed && (!j.isLike() || j.like == j.target.Identity) }

// conceal makes the source's file the owner's alone, before it has a name in a directory where others may look, or another
// owner. A temporary file is so from the start, unless it was given other permissions. Where nothing changes a mode, because
// the file is another user's or the file system has none, dress may find it right.
func (j *job) conceal() error {
	mode := j.original.Mode
	switch {
	case j.isDressed():
		return nil
	case j.dressed: // for another target
		mine, err := j.System.Status(j.file)
		if err != nil {
			return failed("stat", j.at.whole(), err)
		}
		mode = mine.Mode
	case j.new:
		return nil
	}
	if mode&0o077 == 0 {
		return nil
	}
	err := j.setMode(mode&^0o077, mode)
	switch err {
	case syscall.EPERM, syscall.EOPNOTSUPP, syscall.ENOSYS, syscall.EINVAL:
		return nil
	}
	return failed("chmod", j.at.whole(), err)
}

// dressAsOpened gives the file the mode and the list that open(2) gives. It makes a probe file to learn them. The umask can
// only be read by setting it, which affects all threads.
func (j *job) dressAsOpened() error {
	probe, err := j.System.CreateUnnamedBelow(j.at.directory, 0, openMode)
	var name string
	if system.NoUnnamed(err) {
		name, err = j.tryNames(func(name string) (err error) {
			probe, err = j.System.CreateBelow(j.at.directory, name, 0, openMode)
			return err
		})
	}
	if err != nil {
		return failed("open", orRoot(j.at.path), err)
	}
	status, err := j.System.Status(probe)
	var list []byte
	if err == nil {
		list, err = j.System.Attribute(probe, acl)
	}
	j.System.Close(probe)
	if name != "" {
		remove := func() error { return j.System.UnlinkBelow(j.at.directory, name) }
		if unlinkErr := remove(); unlinkErr != nil {
			j.undo = append(j.undo, func() { remove() })
			err = cmp.Or(err, unlinkErr)
		}
	}
	if err != nil {
		return failed("stat", j.beside(name), err)
	}
	return j.dressWith(status.Mode, list)
}

// dressWith sets the access control list, nil for none, and the mode.
func (j *job) dressWith(mode uint32, list []byte) error {
	mine, err := j.System.Status(j.file)
	if err != nil {
		return failed("stat", j.source.Name, err)
	}
	if err = j.setAttribute(acl, list); err != nil {
		return failed("setxattr", j.at.whole(), err)
	}
	if mine.Mode == mode && list == nil {
		return nil
	}
	return failed("chmod", j.at.whole(), j.setMode(mode, mine.Mode))
}

func (j *job) setMode(mode, before uint32) error {
	err := j.System.ChangeMode(j.file, mode)
	if err == nil {
		j.takeBack(func(file int) { j.System.ChangeMode(file, before) })
	}
	return err
}

// takeBack notes how to undo a change of the source's file. A new file needs no undo, as it is removed as a whole.
func (j *job) takeBack(change func(file int)) {
	if file := j.file; !j.new {
		j.undo = append(j.undo, func() { change(file) })
	}
}

// setAttribute sets an attribute, unless the file has it already; nil removes it.
func (j *job) setAttribute(name string, value []byte) error {
	old, err := j.System.Attribute(j.file, name)
	if err != nil || bytes.Equal(old, value) && (old == nil) == (value == nil) {
		return err
	}
	if err = j.System.SetAttribute(j.file, name, value); err == nil {
		j.takeBack(func(file int) { j.System.SetAttribute(file, name, old) })
	}
	return err
}

// dressLikeTarget gives the file the owner, the attributes and the mode of the target. The owner comes first, as a change
// of the owner takes permissions away. The mode comes last: until then only the user can open the file, so that it is never
// open to more users than the target.
func (j *job) dressLikeTarget() error {
	target, err := j.System.OpenToLook(j.at.directory, j.at.name)
	if err == syscall.ENOENT || err == syscall.ELOOP {
		return errRaced
	}
	if err != nil {
		return failed("open", j.at.whole(), err)
	}
	defer j.System.Close(target)
	status, err := j.System.Status(target)
	if err == nil && status.Identity != j.target.Identity {
		return errRaced
	}
	if err != nil {
		return failed("stat", j.at.whole(), err)
	}
	if err = j.conceal(); err != nil {
		return err
	}
	mine, err := j.System.Status(j.file)
	if err != nil {
		return failed("stat", j.source.Name, err)
	}
	sameGroup, err := j.setOwner(mine, status)
	if err != nil {
		return failed("chown", j.at.whole(), err)
	}
	mode, err := j.setAttributes(target, status.Mode&^setIDs, sameGroup)
	if err != nil {
		return err
	}
	return failed("chmod", j.at.whole(), j.setMode(mode, mine.Mode))
}

// setIDs would give whoever wrote the file the rights of its owner or group.
const setIDs = 0o6000

// setOwner tells whether the file has the target's group.
func (j *job) setOwner(mine, target system.Status) (sameGroup bool, err error) {
	if mine.User == target.User && mine.Group == target.Group {
		return true, nil
	}
	user, group := target.User, target.Group
	if err = j.System.ChangeOwner(j.file, user, group); err != nil && j.has(WherePossible) {
		user = -1
		if mine.Group == group {
			return true, nil
		}
		if err = j.System.ChangeOwner(j.file, user, group); err != nil {
			return false, nil
		}
	}
	if err == nil {
		j.takeBack(func(file int) { j.System.ChangeOwner(file, mine.User, mine.Group) })
	}
	return err == nil, err
}

// setAttributes copies the attributes, and gives the mode that goes with them. Those of the file that the target lacks stay,
// but for an access control list, which could open the file to more users.
func (j *job) setAttributes(target int, mode uint32, sameGroup bool) (uint32, error) {
	names, err := j.System.Attributes(target)
	if err != nil && !j.has(WherePossible) {
		return 0, failed("listxattr", j.at.whole(), err)
	}
	list, err := j.System.Attribute(target, acl)
	if err != nil {
		return 0, failed("getxattr", j.at.whole(), err)
	}
	if !sameGroup {
		list, mode = withoutGroup(list, mode)
	}
	if err = j.setAttribute(acl, list); err != nil {
		if list == nil || !j.has(WherePossible) {
			return 0, failed("setxattr", j.at.whole(), err)
		}
		mode = withoutList(list, mode)
	}
	for _, name := range names {
		if name == acl || isPrivileged(name) {
			continue
		}
		value, err := j.System.Attribute(target, name)
		if err == nil && value != nil {
			err = j.setAttribute(name, value)
		}
		if err != nil && !j.has(WherePossible) {
			return 0, failed("setxattr "+name, j.at.whole(), err)
		}
	}
	return mode, nil
}

// isPrivileged tells whether an attribute vouches for a content. The new content must not get such an attribute.
func isPrivileged(name string) bool {
	switch name {
	case "security.capability", "security.ima", "security.evm":
		return true
	}
	return strings.HasPrefix(name, "trusted.")
}

// Whom the target denies something, by its group or by an entry of its list, is one of all others for a file without that
// group or list. So the file's group and all others get only what everybody had whose place is lost.

// withoutGroup changes a list, nil for none, and a mode for a file that has another group than the target.
func withoutGroup(list []byte, mode uint32) ([]byte, uint32) {
	may := mode >> 3 & mode & 0o007
	if list == nil {
		return nil, mode&^0o077 | may<<3 | may
	}
	list = bytes.Clone(list)
	for entry := range entries(list) {
		if entry.tag() == groupTag {
			may &= entry.may()
		}
	}
	for entry := range entries(list) {
		if tag := entry.tag(); tag == groupTag || tag == othersTag {
			binary.LittleEndian.PutUint16(entry[2:], uint16(may))
		}
	}
	return list, mode&^0o007 | may
}

// withoutList gives the mode of a file that cannot have the list.
func withoutList(list []byte, mode uint32) uint32 {
	may := mode >> 3 & mode & 0o007
	for entry := range entries(list) {
		if tag := entry.tag(); tag != ownerTag && tag != maskTag {
			may &= entry.may()
		}
	}
	return mode&^0o077 | may<<3 | may
}

// listEntry is an entry of a list: a tag, permissions and an id.
type listEntry []byte

const (
	ownerTag  = 0x01
	groupTag  = 0x04
	maskTag   = 0x10
	othersTag = 0x20
)

func (e listEntry) tag() uint16 { return binary.LittleEndian.Uint16(e) }
func (e listEntry) may() uint32 { return uint32(binary.LittleEndian.Uint16(e[2:])) }

// entries gives the entries of a list, which begins with a version.
func entries(list []byte) iter.Seq[listEntry] {
	return func(yield func(listEntry) bool) {
		const head, size = 4, 8
		for at := head; at+size <= len(list) && yield(list[at:at+size]); at += size {
		}
	}
}
