package tempfile

import "libtempfile/core/engine"

// RemoveAll removes a directory with all that it holds, for a directory that Mkdtemp made. A missing one is no error. A link
// or a file is ENOTDIR; "", "/", "." and ".." are EINVAL. No link is followed and no mount entered. What cannot be removed
// stays, and the error is a *RemovalError.
func RemoveAll(path string) error { return public(standard.RemoveAll(path)) }

// Removal removes a directory with all that it holds in steps, so that a program can show progress or stop in between. What
// a stopped removal leaves is a tree that another one can remove. One goroutine at a time may use it. Where the system has
// threads to help, they work within a step and are gone when it returns.
type Removal struct{ removal *engine.Removal }

// StartRemoval opens a directory to remove it in steps. The errors are those of RemoveAll.
func StartRemoval(path string) (*Removal, error) {
	r, err := standard.StartRemoval(path)
	if err != nil {
		return nil, public(err)
	}
	return &Removal{r}, nil
}

// Step goes on until so many more entries, at least one, are removed or found to stay, or until all are. more tells whether
// something is left to do. When nothing is, err tells what could not be removed, and the removal is closed.
func (r *Removal) Step(entries int) (more bool, err error) {
	more, err = r.removal.Step(entries)
	return more, public(err)
}

// Removed counts the entries that were removed so far, directories included.
func (r *Removal) Removed() uint64 { return r.removal.Removed() }

// Path gives the absolute path of the directory.
func (r *Removal) Path() string { return r.removal.Path() }

// Close closes the descriptors of a removal that is given up. What is not removed by then stays.
func (r *Removal) Close() { r.removal.Close() }
