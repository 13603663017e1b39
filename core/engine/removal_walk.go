package engine

import (
	"io"
	"strings"
	"syscall"

	"libtempfile/core/system"
)

const (
	// entriesBuffer is how much of a directory is read at once: some 1,000 entries.
	entriesBuffer = 32 << 10
	// maxPasses bounds how often a directory is read again because somebody keeps creating entries in it.
	maxPasses = 64
)

// walker removes a part of a tree, branch by branch: the whole tree, or some directories that another walker gave away.
// One thread at a time runs it.
type walker struct {
	removal *Removal
	system  system.System
	origin  *level   // of another walker: the directories at the base of the branch are in that; nil: this is the whole tree
	branch  []*level // behind its end wait levels to be used again
	open    int      // levels with a descriptor of their own
	closed  int      // all levels between the base and this one are closed
	barren  int      // all levels above this one have nothing to give away
	buffer  []byte
	rest    []byte // what was read of the level at the end of the branch and is not dealt with

	caller  bool   // the thread that runs it is the one that called Step
	granted int    // how many entries it was last allowed to deal with
	quota   int    // how many of them are left
	removed uint64 // since then
	meter   meter
}

// level is a directory on a branch, the root of the tree, or what stands for it in a walker that was given some of its
// directories, first.
type level struct {
	name       string
	above      *level          // nil: the root of the tree
	descriptor int             // -1: closed to save descriptors
	identity   system.Identity // set when closed
	offset     int64           // where reading goes on, set when closed
	pending    []string        // directories found in it that are still to be removed
	ended      bool            // it was read to its end
	passes     int
	progress   bool                // something went in this pass
	torn       error               // why a branch below it was given up in this pass
	failed     int                 // entries that could not be removed in this pass, and what stays
	stay       map[string]struct{} // directories in it that were gone through and stay: no pass enters them again
	inStay     int                 // entries in them that could not be removed
	unlocked   bool                // its permissions were repaired, or cannot be
	shared     bool                // directories of it were given away, and what became of them was not collected
	lent       lent
}

// run goes on until the walker is through, has to wait for others, or may not go on in this step. It has then been put
// where it belongs, and another thread may be running it already.
func (w *walker) run(caller bool) {
	w.caller, w.meter.running = caller, false
	if w.buffer == nil {
		w.buffer = make([]byte, entriesBuffer)
	}
	for len(w.branch) > 0 {
		if w.quota <= 0 && !w.ask() {
			return
		}
		here := w.branch[len(w.branch)-1]
		switch {
		case len(w.rest) > 0:
			w.entries(here)
		case len(here.pending) > 0:
			if !w.enterNext(here) {
				return
			}
		case !here.ended:
			w.read(here)
		case here.shared:
			if !w.collect(here) {
				return
			}
		case w.origin != nil && len(w.branch) == 1:
			w.branch = w.branch[:0]
		default:
			w.leave()
		}
	}
	w.finish()
}

// entries removes what was read and notes the directories in it, as far as the quota goes.
func (w *walker) entries(here *level) {
	for w.quota > 0 {
		entry, rest, ok := system.NextEntry(w.rest)
		w.rest = rest
		if !ok {
			return
		}
		if entry.Directory || w.tryUnlink(here, entry.Name) == syscall.EISDIR {
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
func (w *walker) tryUnlink(here *level, name string) error {
	err := w.system.UnlinkBelow(here.descriptor, name)
	if err != nil && w.unlock(here, err) {
		err = w.system.UnlinkBelow(here.descriptor, name)
	}
	switch err {
	case nil:
		w.gone(here)
	case syscall.ENOENT, syscall.EISDIR:
	default:
		w.stays(here, name, err)
	}
	return err
}

// enterNext enters a directory that was found; false: not now, and another walker is to go on.
func (w *walker) enterNext(here *level) bool {
	last := len(here.pending) - 1
	name := here.pending[last]
	here.pending = here.pending[:last]
	err := w.enter(here, name)
	if err != nil && w.unlock(here, err) {
		err = w.enter(here, name)
	}
	if err == syscall.EMFILE && w.crowded(here, name) {
		return false
	}
	if err != nil {
		w.notEntered(here, name, err)
	}
	return true
}

// notEntered deals with a directory that could not be opened: it may have become something else meanwhile, and an empty
// one can go unopened.
func (w *walker) notEntered(here *level, name string, err error) {
	switch err {
	case syscall.ENOENT:
	case syscall.ENOTDIR:
		// EISDIR is not to send it back to where it comes from: on a broken file system that would go on for ever.
		if err := w.tryUnlink(here, name); err == syscall.EISDIR {
			w.stays(here, name, syscall.ENOTDIR)
		}
	default:
		if rmdirErr := w.system.RmdirBelow(here.descriptor, name); rmdirErr == nil {
			w.gone(here)
		} else if rmdirErr != syscall.ENOENT {
			w.stays(here, name, err)
		}
	}
}

// read reads some more of a directory.
func (w *walker) read(here *level) {
	n, err := w.system.Entries(here.descriptor, w.buffer)
	if err != nil && err != syscall.ENOENT {
		w.stays(here, "", err)
	}
	if n <= 0 {
		here.ended = true
		return
	}
	w.rest = w.buffer[:n]
}

func (w *walker) gone(here *level) {
	w.removed++
	w.quota--
	here.progress = true
}

// stays notes an entry of a level that could not be removed; the first of all is kept with its path.
func (w *walker) stays(here *level, name string, err error) {
	here.failed++
	w.quota--
	w.removal.notePath(here, name, err)
}

// leave removes the directory at the end of the branch, which has been read to its end, and goes back to the one above.
// If entries are in it that no pass has failed on, it is read again, as others may be creating and readdir may skip.
func (w *walker) leave() {
	last := len(w.branch) - 1
	here := w.branch[last]
	above, directory := (*level)(nil), w.removal.parent
	if last > 0 {
		above = w.branch[last-1]
		if err := w.reopen(above, here); err != nil {
			w.tornOff(err)
			return
		}
		directory = above.descriptor
	}
	err := w.system.RmdirBelow(directory, here.name)
	if err != nil && above != nil && w.unlock(above, err) {
		err = w.system.RmdirBelow(directory, here.name)
	}
	if err == syscall.ENOTDIR && above != nil && w.system.UnlinkBelow(directory, here.name) == nil {
		err = nil // it was a link or a file that somebody put in its place
	}
	if err == syscall.ENOTEMPTY || err == syscall.EEXIST {
		here.passes++
		if (here.progress || here.passes == 1 && here.failed == 0) && here.passes < maxPasses {
			_, seekErr := w.system.Seek(here.descriptor, 0, io.SeekStart)
			if seekErr == nil {
				here.ended, here.progress, here.torn, here.failed = false, false, nil, here.inStay
				return
			}
			err = seekErr // the truer one: it is why the directory is not empty
		} else if here.torn != nil {
			err = here.torn
		}
	}
	switch {
	case err == nil || err == syscall.ENOENT:
		here.failed = 0 // whatever could not be removed before: it is gone
	case here.failed == 0:
		w.stays(here, "", err)
	}
	w.system.Close(here.descriptor)
	w.open--
	w.branch = w.branch[:last]
	w.barren = max(min(w.barren, last-1), 0)
	switch {
	case above == nil:
		w.removal.pool.failed = here.failed
		if err == nil {
			w.removed++
		}
	case err == nil:
		w.gone(above)
	case here.failed > 0:
		above.staying(here.name, here.failed)
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
