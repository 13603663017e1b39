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

// OpenDirectories is how many directories of a tree stay open. Deeper trees close those farthest up and come back to them
// by "..", with their identity checked, so that no depth runs out of descriptors.
const OpenDirectories = 16

// node is a directory of the tree, from its opening to its end. Its reference count is users + children: while it is not 0
// somebody comes back to the node. A node with no children and no descriptor cannot be: nobody could find it again.
type node struct {
	parent     *node // nil: the root
	name       string
	descriptor int             // -1: closed to save descriptors
	identity   system.Identity // set when closed
	offset     int64           // of the descriptor, set when closed

	users    int      // walkers that use the descriptor
	children int      // nodes below it, and names that are being opened
	pending  []string // directories in it that are still to be removed
	unread   *listing // entries that a step has left

	ended    bool // it was read to its end
	passes   int
	progress atomic.Bool // something in it was removed in this pass
	detached error       // why a branch below it was given up in this pass
	failed   int         // entries that could not be removed in this pass, and those of unremovable
	repair   repair

	unremovable  map[string]struct{} // directories in it that were gone through and stay: no pass enters them again
	failedInside int                 // entries in those
}

// repair is what became of the repair of a directory's permissions.
type repair int

const (
	untried repair = iota
	repaired
	useless
)

// tree is what is left of the directory and what is known of it. The mutex guards it and its nodes; of a node that has one
// user and no children, the walker may use all but the counts without it.
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

// task is something to do: go on with a node or, with enter, open a directory in it.
type task struct {
	node  *node
	name  string
	enter bool
}

// find looks for something to do: in the node that is given, for depth first needs the fewest descriptors, or else as far up as
// possible, for the most work between two looks. It counts as a user of the node from then on. The mutex is held.
func (t *tree) find(near *node) (task, bool) {
	var from *node
	for _, n := range t.open {
		switch {
		case n.users == 0 && (n.unread != nil || n.idle()):
			n.users++
			return task{node: n}, true
		case len(n.pending) == 0:
		case n == near:
			from = n
		case from == nil && n.shareable():
			from = n
		}
	}
	if from == nil {
		return task{}, false
	}
	last := len(from.pending) - 1
	name := from.pending[last]
	from.pending = from.pending[:last]
	from.users++
	from.children++
	return task{from, name, true}, true
}

// shareable tells whether there is a directory in the node for one walker more. The mutex is held.
func (n *node) shareable() bool {
	return len(n.pending) > 1 || len(n.pending) == 1 && (n.children > 0 || n.users == 0)
}

// shareable tells whether there is a directory for one walker more. The mutex is held.
func (t *tree) shareable() bool { return slices.ContainsFunc(t.open, (*node).shareable) }

// idle tells whether nothing in the node is left that it waits for. The mutex is held.
func (n *node) idle() bool { return n.children == 0 && len(n.pending) == 0 }

// drop gives up a walker's use of a node, unless it was the last reference: then it stays, for the walker to go on with the
// node. The mutex is held.
func (t *tree) drop(n *node) (last bool) {
	if n.users == 1 && n.idle() {
		return true
	}
	n.users--
	return false
}

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

// enter opens a directory in a node as a node of its own, with one user. Afterwards the node above has a user less.
func (t *tree) enter(above, n *node) error {
	if err := t.openBelow(above.descriptor, n, false); err != nil {
		return err
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	n.users = 1
	above.users--
	t.open = append(t.open, n)
	for len(t.open) > t.limit && t.closeFarthest() {
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
	n.repair = repaired
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
	if n.repair == untried {
		n.repair = useless
		if t.system.Unlock(n.descriptor) {
			n.repair = repaired
		}
	}
	return n.repair == repaired
}

// closeFarthest closes the open node that is needed last: the farthest one that nobody uses and that can be reached again
// by ".." from a node below. The root stays open, as the way back if a branch is moved away. The mutex is held.
func (t *tree) closeFarthest() bool {
	for _, n := range t.open {
		if n == t.root || n.users > 0 || n.children == 0 {
			continue
		}
		var err error
		if n.identity, err = t.system.IdentifyOpen(n.descriptor); err == nil {
			n.offset, err = t.system.Seek(n.descriptor, 0, io.SeekCurrent)
		}
		if err != nil {
			return false
		}
		t.shut(n)
		return true
	}
	return false
}

// shut closes a node's descriptor. The mutex is held.
func (t *tree) shut(n *node) {
	i := slices.Index(t.open, n)
	t.open = slices.Delete(t.open, i, i+1)
	t.system.Close(n.descriptor)
	n.descriptor = -1
}

// reopen makes the node above one open, for a user more. If it was closed, ".." leads back, unless the directory was moved
// meanwhile: then ".." is another directory, ESTALE.
func (t *tree) reopen(n *node) error {
	above := n.parent
	t.mutex.Lock()
	above.users++
	closed := above.descriptor < 0
	t.mutex.Unlock()
	if !closed {
		return nil
	}
	descriptor, err := t.openAbove(n)
	t.mutex.Lock()
	defer t.mutex.Unlock()
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

// detach gives up a branch, from a node without children up to the first directory that is open or has others below it. That
// one is read again, and gets a user more. The mutex is held.
func (t *tree) detach(n *node, why error) *node {
	for {
		if n.descriptor >= 0 {
			t.shut(n)
		}
		n = n.parent
		n.children--
		if n.descriptor >= 0 || n.children > 0 {
			break
		}
	}
	n.detached = why
	n.progress.Store(true)
	n.users++
	return n
}

// detachIdle makes place for a descriptor where a helper has left its branch; false: there is none. The mutex is held.
func (t *tree) detachIdle() bool {
	for _, n := range t.open {
		if n != t.root && n.users == 0 && n.children == 0 {
			t.detach(n, syscall.EMFILE).users--
			return true
		}
	}
	return false
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
