package engine

import (
	"io/fs"
	"math"
	"strings"
	"syscall"

	"libtempfile/core/system"
)

// Removal removes a directory with all it holds, in steps, so that a caller can show progress or stop in between. What a
// stopped removal leaves is a tree that a new one finishes.
//
// It works by descriptor only: every name is resolved in an open directory, no link is followed and no mount is entered.
// A failing entry does not stop the others. It needs the same few descriptors at any depth, and memory for the names of
// the directories on the branch that it is in.
//
// It is one goroutine's at a time. Where the system has threads to help, they do so within a step, and are gone when it
// returns.
type Removal struct {
	system   system.System
	path     string           // of the root
	wanted   *system.Identity // what the root must be; nil: whatever has the name
	identity system.Identity  // of the root
	parent   int              // what holds the root; -1 when done
	pool     pool
}

// RemoveAll removes a directory with all it holds, for what Mkdtemp made. A missing one is no error; a link or a file is
// ENOTDIR, and "/", ".", ".." and "" are EINVAL. What cannot be removed stays, and the *RemovalError tells of it.
func (e *Engine) RemoveAll(path string) error { return e.remove(path, nil) }

// remove removes a tree; with an identity, only if it is the root's.
func (e *Engine) remove(path string, identity *system.Identity) error {
	// An empty directory goes by one call, which can hurt nothing whatever the name leads to by now.
	if name, ok := removable(path); ok {
		if err := e.system.Rmdir(name); err == nil || err == syscall.ENOENT {
			return nil
		}
	}
	return e.removeFull(path, identity)
}

// removeFull is remove for a directory that was found not to be empty.
func (e *Engine) removeFull(path string, identity *system.Identity) error {
	r, err := e.startRemoval(path, identity)
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
func (e *Engine) StartRemoval(path string) (*Removal, error) { return e.startRemoval(path, nil) }

// ResumeRemoval is StartRemoval, unless another directory has taken the place of the one with the identity: ESTALE.
func (e *Engine) ResumeRemoval(path string, identity system.Identity) (*Removal, error) {
	return e.startRemoval(path, &identity)
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

func (e *Engine) startRemoval(path string, identity *system.Identity) (*Removal, error) {
	name, ok := removable(path)
	if !ok {
		return nil, failed("rmtree", path, invalid("%q may not be removed", path))
	}
	name, err := e.absolute(name)
	if err != nil {
		return nil, err
	}
	r := &Removal{system: e.system, path: name, wanted: identity, parent: -1}
	r.pool.changed.L = &r.pool.mutex
	slash := strings.LastIndexByte(name, '/')
	above, base := name[:slash+1], name[slash+1:]
	parent, err := e.system.OpenParent(above)
	if err == nil {
		r.parent = parent
		w := &walker{removal: r, system: e.system}
		r.pool.add(w)
		if err = w.enter(nil, base); err == nil {
			r.identity, err = e.system.IdentifyOpen(w.branch[0].descriptor)
		}
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

// Step goes on until so many more entries, at least one, are removed or found to stay, or until all are. more tells whether
// there is something left to do. When there is not, err tells what could not be removed.
func (r *Removal) Step(entries int) (more bool, err error) {
	if len(r.pool.walkers) == 0 {
		return false, r.result()
	}
	r.work(max(entries, 1))
	if len(r.pool.walkers) > 0 {
		return true, nil
	}
	r.Close()
	return false, r.result()
}

// Path gives the absolute path of the root.
func (r *Removal) Path() string { return r.path }

// Identity gives the identity of the root; zero if there is none.
func (r *Removal) Identity() system.Identity { return r.identity }

// Removed counts the entries removed so far, directories included.
func (r *Removal) Removed() uint64 { return r.pool.removed }

// result is what a finished removal returns.
func (r *Removal) result() error {
	if r.pool.failed == 0 || r.pool.first == nil {
		return nil
	}
	return &RemovalError{First: r.pool.first, Failed: r.pool.failed}
}

// Close lets go of the descriptors. What is not removed by then stays.
func (r *Removal) Close() {
	r.pool.close(r.system)
	if r.parent >= 0 {
		r.system.Close(r.parent)
	}
	r.parent = -1
}

// notePath keeps the first of all failures, with its path.
func (r *Removal) notePath(here *level, name string, err error) {
	r.pool.mutex.Lock()
	defer r.pool.mutex.Unlock()
	if r.pool.first != nil {
		return
	}
	names := []string{}
	if name != "" {
		names = append(names, name)
	}
	for ; here.above != nil; here = here.above {
		names = append(names, here.name)
	}
	path := []byte(r.path)
	for i := len(names) - 1; i >= 0; i-- {
		path = append(append(path, '/'), names[i]...)
	}
	r.pool.first = &fs.PathError{Op: "rmtree", Path: string(path), Err: err}
}
