package core

import (
	"io"
	"io/fs"
	"math"
	"strings"
	"syscall"
)

const (
	// entriesBuffer is how much of a directory is read at once: some 1,000 entries.
	entriesBuffer = 32 << 10
	// openLevels is how many directories of the branch that is being removed stay open. Deeper trees close the upper ones
	// and come back to them by "..", with their identity checked, so that no depth runs out of descriptors.
	openLevels = 16
	// maxPasses bounds how often a directory is read again because somebody keeps creating entries in it.
	maxPasses = 64
)

// Removal removes a directory with all it holds, in steps, so that a caller can show progress or stop in between. What a
// stopped removal leaves is a tree that a new one finishes.
//
// It works by descriptor only: every name is resolved in an open directory, no link is followed and no mount is entered.
// A failing entry does not stop the others. It needs the same few descriptors at any depth, and memory for the names of
// the directories on the branch that it is in.
//
// It is one goroutine's at a time.
type Removal struct {
	system   System
	path     string    // of the root
	wanted   *Identity // what the root must be; nil: whatever has the name
	identity Identity  // of the root
	parent   int       // what holds the root; -1 when done
	branch   []*level  // behind its end wait levels to be used again
	open     int       // levels with a descriptor
	closed   int       // all levels between the root and this one are closed
	buffer   []byte
	rest     []byte // what was read of the level at the end of the branch and is not dealt with
	removed  uint64
	done     uint64 // entries removed or found to stay
	failed   int
	first    *fs.PathError
}

// level is a directory on the branch that is being removed, the root first.
type level struct {
	name       string
	descriptor int      // -1: closed to save descriptors
	identity   Identity // set when closed
	offset     int64    // where reading goes on, set when closed
	pending    []string // directories found in it that are still to be removed
	passes     int
	progress   bool                // something went in this pass
	failed     int                 // entries that could not be removed in this pass, and what stays
	stay       map[string]struct{} // directories in it that were gone through and stay: no pass enters them again
	inStay     int                 // entries in them that could not be removed
	unlocked   bool                // its permissions were repaired, or cannot be
}

// RemoveAll removes a directory with all it holds, for what Mkdtemp made. A missing one is no error; a link or a file is
// ENOTDIR, and "/", ".", ".." and "" are EINVAL. What cannot be removed stays, and the *RemovalError tells of it.
func (l *Library) RemoveAll(path string) error { return l.remove(path, nil) }

// remove removes a tree; with an identity, only if it is the root's.
func (l *Library) remove(path string, identity *Identity) error {
	// An empty directory goes by one call, which can hurt nothing whatever the name leads to by now.
	if name, ok := removable(path); ok {
		if err := l.system.Rmdir(name); err == nil || err == syscall.ENOENT {
			return nil
		}
	}
	return l.removeFull(path, identity)
}

// removeFull is remove for a directory that was found not to be empty.
func (l *Library) removeFull(path string, identity *Identity) error {
	r, err := l.startRemoval(path, identity)
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		more, err := r.Step(math.MaxInt32)
		if !more {
			return err
		}
	}
}

// StartRemoval opens a directory to remove it in steps. The errors are those of RemoveAll.
func (l *Library) StartRemoval(path string) (*Removal, error) { return l.startRemoval(path, nil) }

// ResumeRemoval is StartRemoval, unless another directory has taken the place of the one with the identity: ESTALE.
func (l *Library) ResumeRemoval(path string, identity Identity) (*Removal, error) {
	return l.startRemoval(path, &identity)
}

// removable strips trailing slashes, with which a link would be followed, and tells whether the path names a directory
// that may be removed.
func removable(path string) (string, bool) {
	for strings.HasSuffix(path, "/") {
		path = path[:len(path)-1]
	}
	name := path[strings.LastIndexByte(path, '/')+1:]
	return path, name != "" && name != "." && name != ".." && !strings.ContainsRune(path, 0)
}

func (l *Library) startRemoval(path string, identity *Identity) (*Removal, error) {
	name, ok := removable(path)
	if !ok {
		return nil, failed("rmtree", path, invalid("%q may not be removed", path))
	}
	name, err := l.absolute(name)
	if err != nil {
		return nil, err
	}
	r := &Removal{system: l.system, path: name, wanted: identity, parent: -1}
	slash := strings.LastIndexByte(name, '/')
	above, base := name[:slash+1], name[slash+1:]
	parent, err := l.system.OpenParent(above)
	if err == nil {
		r.parent = parent
		err = r.enter(parent, base)
	}
	if err == nil {
		r.identity, err = l.system.IdentifyOpen(r.branch[0].descriptor)
	}
	if err == nil && identity != nil && r.identity != *identity {
		err = syscall.ESTALE
	}
	switch err {
	case nil:
		return r, nil
	case syscall.ENOENT:
		r.Close()
		return r, nil
	}
	r.Close()
	return nil, failed("rmtree", name, err)
}

// enter opens a directory and makes it the end of the branch.
func (r *Removal) enter(directory int, name string) error {
	descriptor, unlocked, err := r.openBelow(directory, name)
	for err == syscall.EMFILE && r.closeUppermost() {
		descriptor, unlocked, err = r.openBelow(directory, name)
	}
	if err != nil {
		return err
	}
	r.extend(level{name: name, descriptor: descriptor, unlocked: unlocked})
	if r.open++; r.open > openLevels {
		r.closeUppermost()
	}
	return nil
}

// extend puts a level at the end of the branch. Levels are blocks of their own, so that a branch of 100,000 grows without
// being copied, and used again, so that a tree with many directories makes no garbage.
func (r *Removal) extend(next level) {
	end := len(r.branch)
	r.closed = min(r.closed, end)
	if end < cap(r.branch) {
		r.branch = r.branch[:end+1]
	} else {
		r.branch = append(r.branch, nil)
	}
	if here := r.branch[end]; here != nil {
		next.pending = here.pending[:0]
		*here = next
		return
	}
	here := new(level) // and not next itself, which would be on the heap each time
	*here = next
	r.branch[end] = here
}

// openBelow opens a directory entry. One that its permissions keep shut is held by a descriptor that needs none, and they
// are granted through that: by name it could be another directory by then (gh-157579).
func (r *Removal) openBelow(directory int, name string) (descriptor int, unlocked bool, err error) {
	descriptor, err = r.system.OpenBelow(directory, name)
	if err != syscall.EACCES {
		return descriptor, false, err
	}
	held, err := r.system.HoldBelow(directory, name)
	if err != nil {
		return -1, false, err
	}
	defer r.system.Close(held)
	if len(r.branch) == 0 && r.wanted != nil {
		// Another directory in the root's place is not even to have its permissions changed.
		if identity, err := r.system.IdentifyOpen(held); err != nil {
			return -1, false, err
		} else if identity != *r.wanted {
			return -1, false, syscall.ESTALE
		}
	}
	if !r.system.Unlock(held) {
		return -1, false, syscall.EACCES
	}
	descriptor, err = r.system.OpenBelow(held, ".")
	return descriptor, true, err
}

// unlock repairs the permissions of a level, once, if they may be why something in it failed. Then it is worth another
// try.
func (r *Removal) unlock(here *level, err error) bool {
	if err != syscall.EACCES && err != syscall.EPERM || here.unlocked {
		return false
	}
	here.unlocked = true
	return r.system.Unlock(here.descriptor)
}

// closeUppermost closes the open level that is needed last: the one farthest up, but never the root, which is the way
// back if the branch is torn off, nor the last two, which are at work.
func (r *Removal) closeUppermost() bool {
	for i := max(r.closed, 1); i < len(r.branch)-2; i++ {
		upper := r.branch[i]
		if upper.descriptor < 0 {
			continue
		}
		identity, err := r.system.IdentifyOpen(upper.descriptor)
		if err != nil {
			return false
		}
		offset, err := r.system.Seek(upper.descriptor, 0, io.SeekCurrent)
		if err != nil {
			return false
		}
		upper.identity, upper.offset = identity, offset
		r.system.Close(upper.descriptor)
		upper.descriptor = -1
		r.open--
		r.closed = i + 1 // not to be searched at each level of a deep tree, which would take quadratic time
		return true
	}
	return false
}

// Step goes on until so many more entries, at least one, are removed or found to stay, or until all are. more tells whether
// there is something left to do. When there is not, err tells what could not be removed.
func (r *Removal) Step(entries int) (more bool, err error) {
	if len(r.branch) == 0 {
		return false, r.result()
	}
	if r.buffer == nil {
		r.buffer = make([]byte, entriesBuffer)
	}
	for goal := r.done + uint64(max(entries, 1)); r.done < goal && len(r.branch) > 0; {
		here := r.branch[len(r.branch)-1]
		if len(r.rest) > 0 {
			r.entries(here, goal)
		} else if last := len(here.pending) - 1; last >= 0 {
			name := here.pending[last]
			here.pending = here.pending[:last]
			err := r.enter(here.descriptor, name)
			if err != nil && r.unlock(here, err) {
				err = r.enter(here.descriptor, name)
			}
			if err != nil {
				r.notEntered(here, name, err)
			}
		} else {
			r.read(here)
		}
	}
	if len(r.branch) > 0 {
		return true, nil
	}
	r.Close()
	return false, r.result()
}

// notEntered deals with a directory that could not be opened: it may have become something else meanwhile, and an empty
// one can go unopened.
func (r *Removal) notEntered(here *level, name string, err error) {
	switch err {
	case syscall.ENOENT:
	case syscall.ENOTDIR:
		// EISDIR is not to send it back to where it comes from: on a broken file system that would go on for ever.
		if err := r.tryUnlink(here, name); err == syscall.EISDIR {
			r.stays(here, name, syscall.ENOTDIR)
		}
	default:
		if rmdirErr := r.system.RmdirBelow(here.descriptor, name); rmdirErr == nil {
			r.gone(here)
		} else if rmdirErr != syscall.ENOENT {
			r.stays(here, name, err)
		}
	}
}

// read reads some more of a directory; at its end it leaves.
func (r *Removal) read(here *level) {
	n, err := r.system.Entries(here.descriptor, r.buffer)
	if err != nil && err != syscall.ENOENT {
		r.stays(here, "", err)
	}
	if n <= 0 {
		r.leave()
		return
	}
	r.rest = r.buffer[:n]
}

// entries removes what was read and notes the directories in it, until the goal is reached.
func (r *Removal) entries(here *level, goal uint64) {
	for r.done < goal {
		entry, rest, ok := NextEntry(r.rest)
		r.rest = rest
		if !ok {
			return
		}
		if entry.Directory || r.tryUnlink(here, entry.Name) == syscall.EISDIR {
			here.postpone(entry.Name)
		}
	}
}

// postpone notes a directory to remove once the entries that were read with it are dealt with.
func (l *level) postpone(name string) {
	if _, stays := l.stay[name]; !stays {
		l.pending = append(l.pending, strings.Clone(name))
	}
}

// tryUnlink removes an entry that is no directory. Only EISDIR is left to the caller.
func (r *Removal) tryUnlink(here *level, name string) error {
	err := r.system.UnlinkBelow(here.descriptor, name)
	if err != nil && r.unlock(here, err) {
		err = r.system.UnlinkBelow(here.descriptor, name)
	}
	switch err {
	case nil:
		r.gone(here)
	case syscall.ENOENT, syscall.EISDIR:
	default:
		r.stays(here, name, err)
	}
	return err
}

func (r *Removal) gone(here *level) {
	r.removed++
	r.done++
	here.progress = true
}

// stays notes an entry of a level that could not be removed; the first of all is kept with its path.
func (r *Removal) stays(here *level, name string, err error) {
	here.failed++
	r.done++
	if r.first != nil {
		return
	}
	path := []string{r.path}
	for i := 1; i < len(r.branch); i++ {
		path = append(path, r.branch[i].name)
		if r.branch[i] == here {
			break
		}
	}
	if name != "" {
		path = append(path, name)
	}
	r.first = &fs.PathError{Op: "rmtree", Path: strings.Join(path, "/"), Err: err}
}

// leave removes the directory at the end of the branch, which has been read to its end, and goes back to the one above.
// If entries are in it that no pass has failed on, it is read again, as others may be creating and readdir may skip.
func (r *Removal) leave() {
	last := len(r.branch) - 1
	here := r.branch[last]
	above, directory := (*level)(nil), r.parent
	if last > 0 {
		above = r.branch[last-1]
		if err := r.reopen(above, here); err != nil {
			r.tornOff(err)
			return
		}
		directory = above.descriptor
	}
	err := r.system.RmdirBelow(directory, here.name)
	if err != nil && above != nil && r.unlock(above, err) {
		err = r.system.RmdirBelow(directory, here.name)
	}
	if err == syscall.ENOTDIR && above != nil && r.system.UnlinkBelow(directory, here.name) == nil {
		err = nil // it was a link or a file that somebody put in its place
	}
	if err == syscall.ENOTEMPTY || err == syscall.EEXIST {
		here.passes++
		if (here.progress || here.passes == 1 && here.failed == 0) && here.passes < maxPasses {
			_, seekErr := r.system.Seek(here.descriptor, 0, io.SeekStart)
			if seekErr == nil {
				here.progress, here.failed = false, here.inStay
				return
			}
			err = seekErr // the truer one: it is why the directory is not empty
		}
	}
	switch {
	case err == nil || err == syscall.ENOENT:
		here.failed = 0 // whatever could not be removed before: it is gone
	case here.failed == 0:
		r.stays(here, "", err)
	}
	r.system.Close(here.descriptor)
	r.open--
	name, failed := here.name, here.failed
	r.branch = r.branch[:last]
	switch {
	case above == nil:
		r.failed = failed
		if err == nil {
			r.removed++
		}
	case err == nil:
		r.gone(above)
	case failed > 0:
		above.staying(name, failed)
	}
}

// staying notes a directory that was gone through and stays. To enter it again whenever this one is read again would
// take quadratic time in a deep tree with something immovable at its bottom.
func (l *level) staying(name string, failed int) {
	if l.stay == nil {
		l.stay = map[string]struct{}{}
	}
	l.stay[name] = struct{}{}
	l.inStay += failed
	l.failed += failed
}

// reopen makes sure that the level above the last is open. If it was closed, ".." leads back, unless the directory was
// moved meanwhile: then ".." is somebody else's, ESTALE.
func (r *Removal) reopen(above, here *level) error {
	if above.descriptor >= 0 {
		return nil
	}
	descriptor, err := r.system.OpenAbove(here.descriptor)
	if err != nil {
		return err
	}
	identity, err := r.system.IdentifyOpen(descriptor)
	if err == nil && identity != above.identity {
		err = syscall.ESTALE
	}
	if err == nil {
		_, err = r.system.Seek(descriptor, above.offset, io.SeekStart)
	}
	if err != nil {
		r.system.Close(descriptor)
		return err
	}
	above.descriptor = descriptor
	r.open++
	r.closed = min(r.closed, len(r.branch)-2)
	return nil
}

// tornOff goes back to the root after the branch was moved away below it, or its upper part could not be opened again,
// and reads the root again.
func (r *Removal) tornOff(err error) {
	root := r.branch[0]
	root.passes++
	if root.passes >= maxPasses {
		r.stays(r.branch[len(r.branch)-1], "", err)
		root.failed++
	}
	for i := 1; i < len(r.branch); i++ {
		if r.branch[i].descriptor >= 0 {
			r.system.Close(r.branch[i].descriptor)
		}
	}
	r.branch, r.open = r.branch[:1], 1
	if root.passes < maxPasses {
		root.pending, root.stay = nil, nil
		root.progress, root.failed, root.inStay = false, 0, 0
		if _, err := r.system.Seek(root.descriptor, 0, io.SeekStart); err != nil {
			r.stays(root, "", err)
		}
	}
}

// Path gives the absolute path of the root.
func (r *Removal) Path() string { return r.path }

// Identity gives the identity of the root; zero if there is none.
func (r *Removal) Identity() Identity { return r.identity }

// Removed counts the entries removed so far, directories included.
func (r *Removal) Removed() uint64 { return r.removed }

// result is what a finished removal returns.
func (r *Removal) result() error {
	if r.failed == 0 || r.first == nil {
		return nil
	}
	return &RemovalError{First: r.first, Failed: r.failed}
}

// Close lets go of the descriptors. What is not removed by then stays.
func (r *Removal) Close() {
	for _, here := range r.branch {
		if here.descriptor >= 0 {
			r.system.Close(here.descriptor)
		}
	}
	if r.parent >= 0 {
		r.system.Close(r.parent)
	}
	r.branch, r.parent, r.open = nil, -1, 0
}
