package removal

import (
	"io"
	"strings"
	"syscall"

	"libtempfile/core/system"
)

// MaxPasses bounds how often a directory is read again because somebody keeps creating entries in it.
const MaxPasses = 64

// listing is what is read of a directory at once: some 1,000 entries.
type listing struct {
	buffer [32 << 10]byte
	rest   []byte // what is not dealt with
}

// walker is what one thread does in the tree. It uses one node at a time, and at times the one above it too. A method with
// two results gives what to do next: the node to go on with and, if a directory in it is to be entered, its name. Without a
// node the step is over.
type walker struct {
	tree   *tree
	team   *team
	helper bool // its thread is not the one that called Step

	list   *listing // of the node that it uses
	found  []string // directories in that node that are not yet pending
	shared bool     // others may be pending
	holds  bool     // it uses the node above that one, too
	near   *node    // the node that it used last
	spare  *node    // to be used again, so that a tree with many directories makes no garbage

	granted int    // how many entries it may deal with
	quota   int    // how many of them are left
	removed uint64 // since the team was told
	meter   meter
}

// run goes on until there is nothing more to do in this step.
func (w *walker) run() {
	w.meter.running = false // another thread may have run it before
	for here, name := w.begin(); here != nil; {
		switch {
		case name != "":
			here, name = w.enter(here, name)
		case w.quota <= 0 && !w.ask(here):
			return
		case w.list != nil && len(w.list.rest) > 0:
			w.entries(here)
		case w.shared || len(w.found) > 0:
			here, name = w.share(here)
		case !here.ended:
			w.read(here)
		default:
			here, name = w.leave(here)
		}
	}
}

// begin gives what is to be done first.
func (w *walker) begin() (*node, string) {
	w.tree.mutex.Lock()
	defer w.tree.mutex.Unlock()
	return w.next()
}

// share is called at the end of a listing. The directories in it are removed before more of the node is read, so that the
// names of one listing at most are in memory.
func (w *walker) share(here *node) (*node, string) {
	w.tree.mutex.Lock()
	defer w.tree.mutex.Unlock()
	w.publish(here)
	w.shared, w.near = false, here
	w.release(here)
	return w.drop(here)
}

// release ends the use of the node above one. The mutex is held.
func (w *walker) release(here *node) {
	if w.holds {
		here.parent.users--
		w.holds = false
	}
}

// drop drops the walker's reference to a node. If it is the last one, the walker goes on with the node. The mutex is held.
func (w *walker) drop(n *node) (*node, string) {
	if n.users == 1 && n.idle() {
		return n, ""
	}
	n.users--
	return w.next()
}

// publish adds the directories that were found to the pending ones of the node. The mutex is held.
func (w *walker) publish(here *node) {
	for _, name := range w.found {
		if _, stays := here.unremovable[name]; !stays {
			here.pending = append(here.pending, name)
		}
	}
	clear(w.found) // else their names would stay in memory
	w.found = w.found[:0]
}

// entries removes what was read and notes the directories in it, as far as the quota goes.
func (w *walker) entries(here *node) {
	for w.quota > 0 {
		entry, rest, ok := system.NextEntry(w.list.rest)
		w.list.rest = rest
		if !ok {
			return
		}
		if entry.Directory || w.unlink(here, entry.Name) == syscall.EISDIR {
			w.found = append(w.found, strings.Clone(entry.Name))
		}
	}
}

// unlink removes an entry that is no directory. Only EISDIR is left to the caller.
func (w *walker) unlink(here *node, name string) error {
	err := w.tree.system.UnlinkBelow(here.descriptor, name)
	if err != nil && w.tree.unlock(here, err) {
		err = w.tree.system.UnlinkBelow(here.descriptor, name)
	}
	if err != syscall.EISDIR {
		w.settle(here, name, err)
	}
	return err
}

// settle counts an entry by the result of its removal.
func (w *walker) settle(here *node, name string, err error) {
	switch err {
	case nil:
		w.gone(here)
	case syscall.ENOENT: // another process has removed it
	default:
		w.tree.mutex.Lock()
		defer w.tree.mutex.Unlock()
		w.failed(here, name, err)
	}
}

// gone counts an entry of a node that was removed; nil: of the directory that holds the root.
func (w *walker) gone(here *node) {
	w.removed++
	w.quota--
	if here != nil && !here.progress.Load() {
		here.progress.Store(true)
	}
}

// failed counts an entry of a node that could not be removed. The mutex is held.
func (w *walker) failed(here *node, name string, err error) {
	w.quota--
	here.failed++
	w.tree.note(here, name, err)
}

// read reads some more of a directory.
func (w *walker) read(here *node) {
	if w.list == nil {
		w.list = &listing{}
	}
	n, err := w.tree.system.Entries(here.descriptor, w.list.buffer[:])
	if err != nil && err != syscall.ENOENT {
		w.settle(here, "", err)
	}
	if n <= 0 {
		here.ended = true
		return
	}
	w.list.rest = w.list.buffer[:n]
}

// enter opens a directory in a node. A helper that lacks a descriptor puts it back, for the caller.
func (w *walker) enter(above *node, name string) (*node, string) {
	n := w.spare
	if w.spare = nil; n == nil {
		n = &node{}
	}
	*n = node{parent: above, name: name, pending: n.pending[:0]}
	err := w.tree.enter(above, n)
	if err != nil && w.tree.unlock(above, err) {
		err = w.tree.enter(above, n)
	}
	for err == syscall.EMFILE && w.team.makeRoom(w) {
		err = w.tree.enter(above, n)
	}
	if err == nil {
		w.holds = true
		return n, ""
	}
	putBack := err == syscall.EMFILE && w.helper
	if !putBack {
		w.notEntered(above, name, err)
	}
	w.tree.mutex.Lock()
	defer w.tree.mutex.Unlock()
	above.children--
	if putBack {
		above.pending = append(above.pending, name)
	}
	return w.drop(above)
}

// notEntered deals with a directory that could not be opened: it may have become something else meanwhile, and an empty
// one can go unopened.
func (w *walker) notEntered(above *node, name string, err error) {
	switch err {
	case syscall.ENOENT:
	case syscall.ENOTDIR:
		// EISDIR must not send it back to where it comes from: on a broken file system that would go on for ever.
		if w.unlink(above, name) == syscall.EISDIR {
			w.settle(above, name, syscall.ENOTDIR)
		}
	default:
		if removed := w.tree.system.RmdirBelow(above.descriptor, name); removed == nil || removed == syscall.ENOENT {
			err = removed
		}
		w.settle(above, name, err)
	}
}

// leave removes a directory that has been read to its end, or has it read again.
func (w *walker) leave(here *node) (*node, string) {
	above, directory := here.parent, w.tree.parent
	if above != nil {
		for !w.holds {
			err := w.tree.reopen(here)
			if err != nil && (err != syscall.EMFILE || !w.team.makeRoom(w)) {
				return w.giveUp(here, err)
			}
			w.holds = err == nil
		}
		directory = above.descriptor
	}
	err := w.rmdir(above, directory, here.name)
	if err == syscall.ENOTEMPTY || err == syscall.EEXIST {
		var again bool
		if again, err = w.readAgain(here, err); again {
			return here, ""
		}
	}
	w.tree.system.Close(here.descriptor)
	w.tree.mutex.Lock()
	defer w.tree.mutex.Unlock()
	return w.end(here, err)
}

// giveUp gives up a node from which there is no way back to the one above. A helper that only lacks a descriptor leaves the
// node to the caller.
func (w *walker) giveUp(here *node, err error) (*node, string) {
	w.tree.mutex.Lock()
	defer w.tree.mutex.Unlock()
	if err == syscall.EMFILE && w.helper {
		here.users--
		return w.next()
	}
	above := w.tree.detach(here, err)
	above.users++
	return w.drop(above)
}

// rmdir removes a directory that was gone through.
func (w *walker) rmdir(above *node, directory int, name string) error {
	err := w.tree.system.RmdirBelow(directory, name)
	if err != nil && above != nil && w.tree.unlock(above, err) {
		err = w.tree.system.RmdirBelow(directory, name)
	}
	if err == syscall.ENOTDIR && above != nil && w.tree.system.UnlinkBelow(directory, name) == nil {
		return nil // it was a link or a file that somebody put in its place
	}
	return err
}

// readAgain decides whether a directory is read again that is not empty after it was read to its end. It is, if it may hold
// entries on which no pass has failed: others may create some meanwhile, and readdir may skip some. Else it gives the
// reason.
func (w *walker) readAgain(here *node, err error) (again bool, reason error) {
	here.passes++
	if !here.progress.Load() && (here.passes > 1 || here.failed > 0) || here.passes >= MaxPasses {
		if here.detached != nil {
			err = here.detached
		}
		return false, err
	}
	if _, err = w.tree.system.Seek(here.descriptor, 0, io.SeekStart); err != nil {
		return false, err // this is why the directory is not empty
	}
	here.progress.Store(false)
	here.ended, here.detached, here.failed = false, nil, here.failedInside
	return true, nil
}

// end ends a node that was removed or stays. The mutex is held.
func (w *walker) end(here *node, err error) (*node, string) {
	above := here.parent
	switch {
	case err == nil:
		w.gone(above)
		fallthrough
	case err == syscall.ENOENT:
		here.failed = 0 // whatever could not be removed before: it is gone
	case here.failed == 0:
		w.failed(here, "", err)
	}
	w.tree.forget(here)
	if above == nil {
		w.tree.root, w.tree.failed = nil, here.failed
		return w.next()
	}
	if here.failed > 0 {
		above.keep(here)
	}
	w.spare, w.near, w.holds = here, above, false
	above.children--
	return w.drop(above)
}

// keep notes a directory that was gone through and stays. To enter it again whenever the one above is read again would take
// quadratic time in a deep tree with something immovable at its bottom.
func (n *node) keep(below *node) {
	if n.unremovable == nil {
		n.unremovable = map[string]struct{}{}
	}
	n.unremovable[below.name] = struct{}{}
	n.failedInside += below.failed
	n.failed += below.failed
}
