package engine

import (
	"strings"
	"syscall"

	"libtempfile/core/removal"
	"libtempfile/core/system"
)

// Removal removes a directory with all it holds, in steps.
type Removal = removal.Removal

// RemovalError means that a removal went on to its end and left something behind.
type RemovalError = removal.Error

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

// removeFull is remove for a directory on which rmdir has failed.
func (e *Engine) removeFull(path string, identity *system.Identity) error {
	r, err := e.startRemoval(path, identity)
	if err != nil {
		return err
	}
	defer r.Close()
	return r.Run()
}

// StartRemoval opens a directory to remove it in steps. The errors are those of RemoveAll.
func (e *Engine) StartRemoval(path string) (*Removal, error) { return e.startRemoval(path, nil) }

// ResumeRemoval is StartRemoval, unless another directory has taken the place of the one with the identity: ESTALE.
func (e *Engine) ResumeRemoval(path string, identity system.Identity) (*Removal, error) {
	return e.startRemoval(path, &identity)
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
	r, err := removal.Start(e.system, name, identity)
	return r, failed("rmtree", name, err)
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
