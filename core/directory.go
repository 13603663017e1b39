package tempfile

import (
	"libtempfile/core/engine"
	"libtempfile/core/object"
)

// Directory is a temporary directory. Any goroutine may call its methods. Cleanup or Free ends it; a Directory that is
// dropped stays where it is.
type Directory struct {
	directory engine.Directory
	storage   object.Memory
}

// TemporaryDirectory creates a directory, which only the user can enter. Cleanup removes it with all that it holds, and so
// does Free, unless NoDelete is set or Keep was called.
func TemporaryDirectory(o *Options) (*Directory, error) {
	d := new(Directory)
	return d.made(standard.TemporaryDirectoryIn(&d.storage, o.engine()))
}

// RegisterDirectory takes over a directory that exists, for instance one that Mkdtemp made, as if TemporaryDirectory had
// made it. A link or a file is ENOTDIR. If another directory has the name later, that one is left alone.
func RegisterDirectory(path string) (*Directory, error) {
	d := new(Directory)
	return d.made(standard.RegisterDirectoryIn(&d.storage, path))
}

// made gives the directory whose storage was filled, unless that failed.
func (d *Directory) made(err error) (*Directory, error) {
	if err != nil {
		return nil, public(err)
	}
	d.directory = standard.DirectoryIn(&d.storage)
	return d, nil
}

// Name gives the directory's absolute path. It is the same after Cleanup.
func (d *Directory) Name() string { return d.directory.Name() }

// Keep makes Free leave the directory alone. Cleanup still removes it.
func (d *Directory) Keep() error { return public(d.directory.Keep()) }

// Unkeep undoes Keep, and NoDelete: Free removes the directory.
func (d *Directory) Unkeep() error { return public(d.directory.Unkeep()) }

// Cleanup removes the directory with all that it holds. A directory that is gone is no error. Another one that has taken its
// place is left alone, and the error is ESTALE. What cannot be removed stays, and the error is a *RemovalError. With
// IgnoreCleanupErrors there are no errors.
func (d *Directory) Cleanup() error { return public(d.directory.Cleanup()) }

// Free is the end of Python's with statement: it does what Cleanup does, unless the directory is to stay.
func (d *Directory) Free() error { return public(d.directory.Free()) }
