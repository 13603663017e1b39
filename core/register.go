package core

import (
	"syscall"

	"libtempfile/core/system"
)

// RegisterFile takes over a file that is there already, as if NamedTemporaryFile had made it and its descriptor had been
// detached: Close, Free and, in the C library, the end of the process delete its name. It may be a link or a socket, which
// goes without what it leads to; a directory is EISDIR, and nothing at all is ENOENT.
func (l *Library) RegisterFile(path string) (*File, error) {
	storage := &memory{}
	return l.fileIn(storage, l.RegisterFileIn(storage, path))
}

// RegisterFileIn is RegisterFile for a file that keeps its state in a storage.
func (l *Library) RegisterFileIn(storage Storage, path string) error {
	_, directory, err := l.register(storage, path)
	if err == nil && directory {
		err = failed("register", path, syscall.EISDIR)
	}
	if err != nil {
		return err
	}
	s := storage.State()
	*s = State{Kind: KindNamed, Descriptor: -1}
	s.set(flagDetached, true)
	s.set(flagNamed, true)
	s.set(flagDelete, true)
	s.set(flagDeleteOnClose, true)
	return nil
}

// RegisterDirectory takes over a directory that is there already, as if TemporaryDirectory had made it. A link is ENOTDIR,
// and so is a file; what has the name later on and is another directory is left alone.
func (l *Library) RegisterDirectory(path string) (*Directory, error) {
	storage := &memory{}
	return l.directoryIn(storage, l.RegisterDirectoryIn(storage, path))
}

// RegisterDirectoryIn is RegisterDirectory for a directory that keeps its state in a storage.
func (l *Library) RegisterDirectoryIn(storage Storage, path string) error {
	path, _ = removable(path) // without trailing slashes, with which a link would be followed
	identity, directory, err := l.register(storage, path)
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
func (l *Library) register(storage Storage, path string) (identity system.Identity, directory bool, err error) {
	if name, ok := removable(path); !ok || name != path {
		return system.Identity{}, false, failed("register", path, invalid("%q does not end in a name that can be deleted", path))
	}
	absolute, err := l.absolute(path)
	if err != nil {
		return system.Identity{}, false, err
	}
	if identity, directory, err = l.system.Identify(absolute); err == nil {
		err = storage.SetText(TextPath, absolute)
	}
	return identity, directory, failed("register", absolute, err)
}
