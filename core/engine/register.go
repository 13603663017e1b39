package engine

import (
	"syscall"

	"libtempfile/core/object"
	"libtempfile/core/system"
)

// RegisterFileIn takes over a file that exists, as if NamedTemporaryFile had made it and its descriptor had been detached:
// Close, Free and, in the C library, the end of the process remove its name. A link or a socket is removed, not followed. A
// directory is EISDIR, a missing file ENOENT.
func (e *Engine) RegisterFileIn(storage object.Storage, path string) error {
	_, directory, err := e.register(storage, path)
	if err == nil && directory {
		err = failed("register", path, syscall.EISDIR)
	}
	if err != nil {
		return err
	}
	s := storage.State()
	*s = object.State{Kind: object.KindNamed, Descriptor: -1}
	s.Set(object.FlagDetached, true)
	s.Set(object.FlagNamed, true)
	s.Set(object.FlagDelete, true)
	s.Set(object.FlagDeleteOnClose, true)
	return nil
}

// RegisterDirectoryIn takes over a directory that exists, as if TemporaryDirectory had made it. A link or a file is ENOTDIR.
// If another directory has the name later, that one is left alone.
func (e *Engine) RegisterDirectoryIn(storage object.Storage, path string) error {
	path, _ = removable(path) // without trailing slashes, with which a link would be followed
	identity, directory, err := e.register(storage, path)
	if err == nil && !directory {
		err = failed("register", path, syscall.ENOTDIR)
	}
	if err != nil {
		return err
	}
	*storage.State() = directoryState(identity, &Options{})
	return nil
}

// register identifies the file or directory that has a path, and keeps the path, made absolute. A path that ends in a slash,
// "." or ".." is refused, because nothing can be removed by it.
func (e *Engine) register(storage object.Storage, path string) (identity system.Identity, directory bool, err error) {
	if name, ok := removable(path); !ok || name != path {
		err = invalid("%q does not end in a name that can be deleted", path)
		return system.Identity{}, false, failed("register", path, err)
	}
	absolute, err := e.absolute(path)
	if err != nil {
		return system.Identity{}, false, err
	}
	if identity, directory, err = e.system.Identify(absolute); err == nil {
		err = storage.SetField(object.Path, absolute)
	}
	return identity, directory, failed("register", absolute, err)
}
