package engine

import (
	"syscall"

	"libtempfile/core/object"
	"libtempfile/core/system"
)

// RegisterFileIn takes over a file that is there already, as if NamedTemporaryFile had made it and its descriptor had been
// detached: Close, Free and, in the C library, the end of the process delete its name. It may be a link or a socket, which
// goes without what it leads to; a directory is EISDIR, and nothing at all is ENOENT.
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

// RegisterDirectoryIn takes over a directory that is there already, as if TemporaryDirectory had made it. A link is ENOTDIR,
// and so is a file; what has the name later on and is another directory is left alone.
func (e *Engine) RegisterDirectoryIn(storage object.Storage, path string) error {
	path, _ = removable(path) // without trailing slashes, with which a link would be followed
	identity, directory, err := e.register(storage, path)
	if err == nil && !directory {
		err = failed("register", path, syscall.ENOTDIR)
	}
	if err != nil {
		return err
	}
	initializeDirectory(storage.State(), identity, &Options{})
	return nil
}

// register finds out what has a name, and keeps it, absolute. A path whose last part is no name of its own cannot be
// deleted by it.
func (e *Engine) register(storage object.Storage, path string) (identity system.Identity, directory bool, err error) {
	if name, ok := removable(path); !ok || name != path {
		return system.Identity{}, false, failed("register", path, invalid("%q does not end in a name that can be deleted", path))
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
