package removal

import (
	"fmt"
	"io/fs"
	"math"
	"strings"
	"syscall"

	"libtempfile/core/system"
)

// Removal removes a directory with all it holds, in steps, so that a caller can show progress or stop in between. A stopped
// removal leaves a tree that a new one finishes.
//
// One goroutine may use it at a time. Helping threads have ended when a step returns.
type Removal struct {
	tree     tree
	team     team
	identity system.Identity // of the root
}

// Error means that a removal went on to its end and left something behind.
type Error struct {
	First  *fs.PathError // the first entry that could not be removed
	Failed int           // how many could not; a directory around them is not counted again
}

func (e *Error) Error() string {
	if e.Failed <= 1 {
		return e.First.Error()
	}
	return fmt.Sprintf("%v (and %d more entries)", e.First, e.Failed-1)
}

// Unwrap gives the first failure.
func (e *Error) Unwrap() error { return e.First }

// Start opens a directory to remove it in steps. The path is absolute and ends in a name. With an identity, a directory with
// another one is left alone: ESTALE. A missing directory is no error. The error is a bare errno.
func Start(s system.System, path string, wanted *system.Identity) (*Removal, error) {
	slash := strings.LastIndexByte(path, '/')
	r := &Removal{tree: tree{system: s, path: path, wanted: wanted, parent: -1, limit: OpenDirectories}}
	r.team.start(&r.tree)
	parent, err := s.OpenParent(path[:slash+1])
	if err == nil {
		r.tree.parent = parent
		r.identity, err = r.tree.openRoot(path[slash+1:])
	}
	if err == nil {
		return r, nil
	}
	r.Close()
	if err == syscall.ENOENT {
		return r, nil
	}
	return nil, err
}

// Run removes all there is to remove.
func (r *Removal) Run() error {
	for {
		if more, err := r.Step(math.MaxInt32); !more {
			return err
		}
	}
}

// Step goes on until so many more entries, at least one, are removed or found to stay, or until all are. more tells whether
// there is something left to do. When there is not, err tells what could not be removed.
func (r *Removal) Step(entries int) (more bool, err error) {
	if r.tree.root != nil {
		r.team.work(max(entries, 1))
	}
	if r.tree.root != nil {
		return true, nil
	}
	r.Close()
	if r.tree.failed == 0 || r.tree.first == nil {
		return false, nil
	}
	return false, &Error{First: r.tree.first, Failed: r.tree.failed}
}

// Path gives the path of the root.
func (r *Removal) Path() string { return r.tree.path }

// Identity gives the identity of the root; zero if there is none.
func (r *Removal) Identity() system.Identity { return r.identity }

// Removed counts the entries removed so far, directories included.
func (r *Removal) Removed() uint64 { return r.team.removed }

// Close closes the descriptors. What is not removed by then stays.
func (r *Removal) Close() { r.tree.close() }
