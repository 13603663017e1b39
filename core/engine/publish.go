package engine

import (
	"cmp"
	"syscall"

	"libtempfile/core/object"
	"libtempfile/core/publish"
	"libtempfile/core/system"
)

// How a temporary file or directory becomes a lasting one. The rules are in package publish; here is what becomes of the
// object. A signal or the end of the process can come between any two steps, and removes the path that the object has if its
// flags say so. The order is:
//
//  1. The storage gets memory for the new path, so that nothing can fail for want of it later.
//  2. The file gets the new name. Until then the old name is temporary, and goes at a signal, with the file.
//  3. FlagDelete is cleared, before the path changes: no clean-up ever sees the new path as one to remove.
//  4. The path is the new one. A reader of the old one may go on with it: it stays until the object ends.
//  5. The old name is removed, last, when no clean-up looks for it any more. Another file could have it by then.
//
// A clean-up between 2 and 3 removes the old name, which is to go anyway. A process that ends between 3 and 5 leaves the old
// name, as a further name of the published file; a removal by a name that is somebody else's would be worse.

// PublishOptions are what a publication is asked for.
type PublishOptions = publish.Options

// PublishFlags say how something is published.
type PublishFlags = publish.Flags

// publisher gives what publishes on the engine's system.
func (e *Engine) publisher() *publish.Publisher {
	return &publish.Publisher{System: e.system, Absolute: e.absolute, RandomName: func() (string, error) {
		var name [NameLength]byte
		err := randomName(e.system, name[:])
		return string(name[:]), failed("getrandom", "", err)
	}}
}

// Persist is Publish with flags alone.
func (f *File) Persist(path string, flags PublishFlags) error {
	return f.Publish(path, &PublishOptions{Flags: flags})
}

// Publish gives the file a lasting name. It stays open, and is no longer temporary.
func (f *File) Publish(path string, o *PublishOptions) error {
	s, err := f.enter("persist", 0)
	defer f.storage.Unlock()
	if err != nil {
		return err
	}
	source := publish.Source{Descriptor: int(s.Descriptor)}
	if s.InMemory() {
		source.Content, source.Position = memoryContent(s, 0), memoryPosition(s)
		source.CreateFlags = (&Options{Append: s.Has(object.FlagAppend)}).flags()
	} else if err = f.flush(s); err != nil {
		return f.fail("write", err)
	}
	if s.Has(object.FlagNamed) {
		source.Name = f.path()
	}
	change := pathChange{storage: f.storage, named: true}
	defer change.drop()
	source.Announce, source.Committed = change.prepare, change.commit
	result, err := f.engine.publisher().File(source, path, o)
	if result.Published && s.InMemory() {
		err = cmp.Or(err, f.rolledTo(s, result.Descriptor, source.Position))
	}
	return failed("persist", path, err)
}

// pathChange is the change of an object's path.
type pathChange struct {
	storage object.Storage
	named   bool           // the path can be published again, or deleted by what undoes a keep
	path    object.NewPath // nil: not prepared, or done
}

func (c *pathChange) prepare(path string) (err error) {
	c.path, err = c.storage.PreparePath(path)
	return failed("malloc", path, err)
}

// commit makes the object a lasting one with the new path.
func (c *pathChange) commit() {
	s := c.storage.State()
	s.Set(object.FlagDelete|object.FlagDeleteOnClose, false)
	c.path.Set()
	c.path = nil
	s.Set(object.FlagNamed, c.named)
}

func (c *pathChange) drop() {
	if c.path != nil {
		c.path.Drop()
	}
}

// Replace publishes a content that is in memory.
func (e *Engine) Replace(path string, content []byte, o *PublishOptions) error {
	result, err := e.publisher().File(publish.Source{Descriptor: -1, Content: content}, path, o)
	if result.Published {
		if closeErr := e.system.Close(result.Descriptor); err == nil {
			err = failed("close", result.Path, closeErr)
		}
	}
	return failed("replace", path, err)
}

// PublishDescriptor publishes an open file that no object stands for. name is the name that it has; "": it has none.
func (e *Engine) PublishDescriptor(descriptor int, name, path string, o *PublishOptions) (err error) {
	if name != "" {
		if name, err = e.absolute(name); err != nil {
			return err
		}
	}
	if descriptor < 0 {
		return failed("persist", path, &BadArgument{Errno: syscall.EBADF, Reason: "the descriptor is negative"})
	}
	_, err = e.publisher().File(publish.Source{Descriptor: descriptor, Name: name}, path, o)
	return failed("persist", path, err)
}

// Persist gives the directory a lasting name, and it is no longer temporary: Cleanup does nothing any more. With
// publish.Exchange the directory that had the name takes the place of the object's own instead: it has the object's path,
// and is what the object removes.
func (d *Directory) Persist(path string, flags PublishFlags) error {
	d.storage.Lock()
	defer d.storage.Unlock()
	s := d.storage.State()
	if !s.Has(object.FlagNamed) {
		return failed("persist", path, &BadArgument{Errno: syscall.EBADF, Reason: "the directory was removed or published"})
	}
	change := pathChange{storage: d.storage}
	defer change.drop()
	result, replaced, err := d.engine.publisher().Directory(publish.Tree{
		Name: d.storage.Field(object.Path), Identity: system.Identity{Device: s.Device, Inode: s.Inode},
		Announce: change.prepare, Committed: change.commit,
	}, path, &PublishOptions{Flags: flags})
	if result.Published && flags&publish.Exchange != 0 {
		s.Device, s.Inode = replaced.Device, replaced.Inode
	}
	return failed("persist", path, err)
}
