package tempfile

import (
	"io/fs"

	"libtempfile/core/engine"
	"libtempfile/core/object"
	"libtempfile/core/recovery"
)

// Directory is a temporary directory. Any goroutine may call its methods. Cleanup or Free ends it; a Directory that is
// dropped stays where it is.
type Directory struct {
	directory engine.Directory
	storage   object.Memory
	noted     string // the path that the journal of recovery has
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
	directory, err := d.made(standard.RegisterDirectoryIn(&d.storage, path))
	if err == nil {
		note(d.noted, recovery.Directory)
	}
	return directory, err
}

// made gives the directory whose storage was filled, unless that failed.
func (d *Directory) made(err error) (*Directory, error) {
	if err != nil {
		return nil, public(err)
	}
	d.directory = standard.DirectoryIn(&d.storage)
	d.noted = d.storage.Field(object.Path)
	if s := d.storage.State(); s.Has(object.FlagRecoverable) && s.Has(object.FlagDelete) {
		if err := whyNotNoted(d.noted); err != nil {
			d.Free()
			return nil, &fs.PathError{Op: "journal", Path: d.noted, Err: err}
		}
	}
	return d, d.settle(nil)
}

// settle strikes the directory out of the journal once nothing will remove it any more, and makes an error public.
func (d *Directory) settle(err error) error {
	d.storage.Lock()
	defer d.storage.Unlock()
	if s := d.storage.State(); d.noted != "" && !(s.Has(object.FlagNamed) && s.Has(object.FlagDelete)) {
		strikeOut(d.noted)
		d.noted = ""
	}
	return public(err)
}

// Name gives the directory's absolute path. It is the same after Cleanup.
func (d *Directory) Name() string { return d.directory.Name() }

// Keep makes Free leave the directory alone. Cleanup still removes it.
func (d *Directory) Keep() error { return d.settle(d.directory.Keep()) }

// Unkeep undoes Keep, and NoDelete: Free removes the directory.
func (d *Directory) Unkeep() error {
	err := d.directory.Unkeep()
	if err == nil && d.noted == "" {
		d.noted = d.Name()
		note(d.noted, recovery.Directory)
	}
	return d.settle(err)
}

// Cleanup removes the directory with all that it holds. A directory that is gone is no error. Another one that has taken its
// place is left alone, and the error is ESTALE. What cannot be removed stays, and the error is a *RemovalError. With
// IgnoreCleanupErrors there are no errors.
func (d *Directory) Cleanup() error { return d.settle(d.directory.Cleanup()) }

// Free is the end of Python's with statement: it does what Cleanup does, unless the directory is to stay.
func (d *Directory) Free() error { return d.settle(d.directory.Free()) }
