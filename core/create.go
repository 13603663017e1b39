package tempfile

import "libtempfile/core/engine"

// standard works on the real system and holds the choice of the default directory.
var standard = engine.New(kernel{})

// Prefix, "tmp", is the start of a name where Options.Prefix is empty: Python's tempfile.template.
const Prefix = engine.Prefix

// Mkstemp creates a file and gives its descriptor, open for reading and writing and closed on exec, and its absolute path.
// Both are the caller's: nothing closes the descriptor or removes the file. It uses Suffix, Prefix, Dir, Name and
// Permissions.
func Mkstemp(o *Options) (descriptor int, path string, err error) {
	descriptor, path, err = standard.Mkstemp(o.engine())
	strikeOut(path) // it is the caller's
	return descriptor, path, public(err)
}

// Unnamed creates a file without a name and gives its descriptor, open for reading and writing and closed on exec. The file
// is gone when the descriptor and all its copies are closed. It uses Dir, Permissions, NoTmpfile and OnlyTmpfile; Suffix and
// Prefix are of the name that the file has for an instant where the file system cannot do without.
func Unnamed(o *Options) (descriptor int, err error) {
	descriptor, err = standard.Unnamed(o.engine())
	return descriptor, public(err)
}

// Mkdtemp creates a directory, which only the user can enter, and gives its absolute path. It is the caller's to remove, for
// instance by RemoveAll. It uses Suffix, Prefix, Dir, Name and Permissions.
func Mkdtemp(o *Options) (path string, err error) {
	path, err = standard.Mkdtemp(o.engine())
	strikeOut(path) // it is the caller's
	return path, public(err)
}

// Mktemp gives the absolute path of a file that does not exist. It creates nothing.
//
// Deprecated: by the time the path is used another process may have created a file there. Use Mkstemp.
func Mktemp(o *Options) (path string, err error) {
	path, err = standard.Mktemp(o.engine())
	return path, public(err)
}
