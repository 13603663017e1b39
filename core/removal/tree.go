package removal

import (
	"io"
	"io/fs"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"

	"libtempfile/core/system"
)

// OpenDirectories is how many directories of a tree stay open, or twice as many with helpers. Deeper trees close those
// farthest up and come back to them by "..", with their identity checked, so that no depth runs out of descriptors.
const OpenDirectories = 16

// node is a directory that the removal has entered and not yet left. Its reference count is users + children. A node without
// children has a descriptor, because the way back to a closed one is ".." from a node below it.
type node struct {
	parent     *node // nil: the root
	name       string
	descriptor int             // -1: closed to save descriptors
	identity   system.Identity // set when closed
	offset     int64           // of the descriptor, set when closed

	users    int      // walkers that use the descriptor, which therefore stays open
	children int      // nodes below it, and names in it that are being opened
	pending  []string // directories in it that are still to be removed
	unread   *listing // entries that a step has left

	ended    bool // it was read to its end
	passes   int
	progress atomic.Bool // something in it was removed in this pass
	detached error       // why a branch below it was given up in this pass
	failed   int         // entries that could not be removed in this pass, and those in unremovable
	tried    bool        // a repair of its permissions was tried
	repaired bool

	unremovable  map[string]struct{} // directories in it that were gone through and stay: no pass enters them again
	failedInside int                 // entries in those
}

// tree is what is left of the directory. The mutex guards it and its nodes. A walker that is a node's only reference needs
// no mutex for what is neither count nor descriptor.
type tree struct {
	system system.System
	path   string           // of the root
	wanted *system.Identity // what the root must be; nil: whatever has the name
	parent int              // descriptor of the directory that holds the root; -1 when done

	mutex  sync.Mutex
	root   *node         // nil when done
	open   []*node       // those with a descriptor, the last opened last
	limit  int           // how many of them there should be
	failed int           // entries that could not be removed, when done
	first  *fs.PathError // the first failure
}

// unlocked releases the mutex for work that takes long. The mutex is held again after a panic too: the caller's deferred
// Unlock would end the process otherwise.
func (t *tree) unlocked(work func()) {
	t.mutex.Unlock()
	defer t.mutex.Lock()
	work()
}

// find gives a node to go on with. With a name it is a node to enter that directory from: the one that the walker left last,
// because depth first needs the fewest descriptors, or one far up, where the walker is busy for long. The walker is a user
// of the node from then on. The mutex is held.
func (t *tree) find(near *node) (from *node, name string) {
	for _, n := range t.open {
		switch {
		case n.users == 0 && (n.unread != nil || n.idle()):
			n.users++
			return n, ""
		case n == near && len(n.pending) > 0, from == nil && n.shareable():
			from = n
		}
	}
	if from != nil {
		last := len(from.pending) - 1
		name, from.pending = from.pending[last], from.pending[:last]
		from.users++
		from.children++
	}
	return from, name
}

// shareable tells whether there is a directory in the node for one walker more. A walker that has just read the node wants
// one itself. The mutex is held.
func (n *node) shareable() bool {
	return len(n.pending) > 1 || len(n.pending) == 1 && (n.children > 0 || n.users == 0)
}

// shareable tells whether there is a directory for one walker more. The mutex is held.
func (t *tree) shareable() bool { return slices.ContainsFunc(t.open, (*node).shareable) }

// idle tells whether the node waits for nothing in it. The mutex is held.
func (n *node) idle() bool { return n.children == 0 && len(n.pending) == 0 }

// openRoot opens the root and gives its identity.
func (t *tree) openRoot(name string) (identity system.Identity, err error) {
	root := &node{name: name}
	if err = t.openBelow(t.parent, root, true); err != nil {
		return identity, err
	}
	t.root, t.open = root, append(t.open, root)
	identity, err = t.system.IdentifyOpen(root.descriptor)
	if err == nil && t.wanted != nil && identity != *t.wanted {
		err = syscall.ESTALE
	}
	return identity, err
}

// enter opens a directory in a node as a node of its own, with one user.
func (t *tree) enter(above, n *node) error {
	if err := t.openBelow(above.descriptor, n, false); err != nil {
		return err
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	n.users = 1
	t.open = append(t.open, n)
	for len(t.open) > t.limit && t.closeFarthest(false) {
	}
	return nil
}

// openBelow opens the directory of a node. One that its permissions keep shut is held by a descriptor that needs none, and
// they are granted through that: the name could lead to another directory by then (gh-157579).
func (t *tree) openBelow(directory int, n *node, root bool) (err error) {
	n.descriptor, err = t.system.OpenBelow(directory, n.name)
	if err != syscall.EACCES {
		return err
	}
	held, err := t.system.HoldBelow(directory, n.name)
	if err != nil {
		return err
	}
	defer t.system.Close(held)
	if root && t.wanted != nil {
		// Another directory in the root's place must keep its permissions, too.
		if identity, err := t.system.IdentifyOpen(held); err != nil {
			return err
		} else if identity != *t.wanted {
			return syscall.ESTALE
		}
	}
	if !t.system.Unlock(held) {
		return syscall.EACCES
	}
	n.tried, n.repaired = true, true
	n.descriptor, err = t.system.OpenBelow(held, ".")
	return err
}

// unlock repairs the permissions of a node, once, if they may be why something in it failed; true: it is worth another try.
func (t *tree) unlock(n *node, err error) bool {
	if err != syscall.EACCES && err != syscall.EPERM {
		return false
	}
	t.mutex.Lock() // for the whole repair: another walker's next try must come after it
	defer t.mutex.Unlock()
	if !n.tried {
		n.tried, n.repaired = true, t.system.Unlock(n.descriptor)
	}
	return n.repaired
}

// closeFarthest closes the open node that is needed last: the farthest one that nobody uses and that can be reached again
// by ".." from a node below. The root stays open, as the way back if a branch is moved away. With detach it may give up a
// branch that a helper has left. The mutex is held.
func (t *tree) closeFarthest(detach bool) bool {
	for _, n := range t.open {
		if n == t.root || n.users > 0 || n.children == 0 && !detach {
			continue
		}
		if n.children == 0 {
			t.detach(n, syscall.EMFILE)
			return true
		}
		var err error
		if n.identity, err = t.system.IdentifyOpen(n.descriptor); err == nil {
			n.offset, err = t.system.Seek(n.descriptor, 0, io.SeekCurrent)
		}
		if err == nil {
			t.shut(n)
		}
		return err == nil
	}
	return false
}

// shut closes a node's descriptor. The mutex is held.
func (t *tree) shut(n *node) {
	t.system.Close(n.descriptor)
	t.forget(n)
}

// forget takes a node with a closed descriptor out of the open ones. The mutex is held.
func (t *tree) forget(n *node) {
	i := slices.Index(t.open, n)
	t.open = slices.Delete(t.open, i, i+1)
	n.descriptor = -1
}

// reopen makes the node above one open, with a user more. If it was closed, ".." leads back, unless the directory was moved
// meanwhile: then ".." is another directory, ESTALE.
func (t *tree) reopen(n *node) error {
	above := n.parent
	t.mutex.Lock()
	defer t.mutex.Unlock()
	above.users++
	if above.descriptor >= 0 {
		return nil
	}
	var descriptor int
	var err error
	t.unlocked(func() { descriptor, err = t.openAbove(n) })
	switch {
	case above.descriptor >= 0: // another walker has opened it meanwhile
		if err == nil {
			t.system.Close(descriptor)
		}
		return nil
	case err != nil:
		above.users--
		return err
	}
	above.descriptor = descriptor
	t.open = append(t.open, above)
	return nil
}

// openAbove opens the closed directory above a node.
func (t *tree) openAbove(n *node) (descriptor int, err error) {
	if descriptor, err = t.system.OpenAbove(n.descriptor); err != nil {
		return -1, err
	}
	identity, err := t.system.IdentifyOpen(descriptor)
	if err == nil && identity != n.parent.identity {
		err = syscall.ESTALE
	}
	if err == nil {
		_, err = t.system.Seek(descriptor, n.parent.offset, io.SeekStart)
	}
	if err != nil {
		t.system.Close(descriptor)
		return -1, err
	}
	return descriptor, nil
}

// detach gives up the branch from a node without children up to the first directory that is open or has other children. That
// directory is read again, so that what is still in it is not forgotten. The mutex is held.
func (t *tree) detach(n *node, why error) *node {
	for {
		if n.descriptor >= 0 {
			t.shut(n)
		}
		n = n.parent
		n.children--
		if n.descriptor >= 0 || n.children > 0 {
			n.detached = why
			n.progress.Store(true)
			return n
		}
	}
}

// note keeps the first failure, with its path. The mutex is held.
func (t *tree) note(n *node, name string, err error) {
	if t.first != nil {
		return
	}
	names := []string{}
	if name != "" {
		names = append(names, name)
	}
	for ; n.parent != nil; n = n.parent {
		names = append(names, n.name)
	}
	path := []byte(t.path)
	for _, name := range slices.Backward(names) {
		path = append(append(path, '/'), name...)
	}
	t.first = &fs.PathError{Op: "rmtree", Path: string(path), Err: err}
}

// close closes what is open.
func (t *tree) close() {
	for _, n := range t.open {
		t.system.Close(n.descriptor)
	}
	if t.parent >= 0 {
		t.system.Close(t.parent)
	}
	t.open, t.root, t.parent = nil, nil, -1
}
