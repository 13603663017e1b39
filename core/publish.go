package tempfile

import (
	"libtempfile/core/engine"
	"libtempfile/core/publish"
)

// PublishFlags say how Persist, Publish and Replace give a file its lasting name.
type PublishFlags = publish.Flags

// The flags, to be joined by |. Without any, what has the name is replaced, atomically: a reader sees the old file or the
// new one, whole.
const (
	NoReplace     = publish.NoReplace     // EEXIST if something has the name
	Sync          = publish.Sync          // content and name are durable when the call returns
	Across        = publish.Across        // a file on another file system is copied beside the target; without it EXDEV
	LikeTarget    = publish.LikeTarget    // mode, owner, attributes and access control list of what is replaced
	Follow        = publish.Follow        // a symbolic link at the target is followed, not replaced
	Backup        = publish.Backup        // what is replaced stays, under a second name
	WherePossible = publish.WherePossible // LikeTarget: what cannot be kept is no error
	Exchange      = publish.Exchange      // Directory.Persist: exchange two directories
)

// PublishOptions are what File.Publish is asked for.
type PublishOptions struct {
	Flags       PublishFlags
	Permissions uint32 // exactly these; 0: those that a new file gets from open(2) there
	Within      string // a directory that the path may not leave, nor a link; a relative path begins in it. Needs openat2
	Backup      string // with the flag Backup: the name, in the target's directory; "": the target's with "~" at its end
}

// Persist gives the file a lasting name: it replaces what has the name, atomically, unless a flag says otherwise. The file
// stays open and is no longer temporary; Name gives the new path. If that fails, the file and the target are as they were,
// but for errors after the file has its name: "sync directory" means that a power failure may undo it, "unlink" that a name
// is still there which should be gone, "dup3" that the descriptor is not one of the copy that was published.
//
// Errors: EINVAL for flags that contradict each other or a path that ends in "/", "." or ".."; EISDIR for a directory; EXDEV
// for another file system, without Across; ESTALE if another file has taken the file's name; EPERM for what LikeTarget
// cannot keep; and whatever the system says.
func (f *File) Persist(path string, flags PublishFlags) error {
	return f.settle(f.file.Persist(path, flags))
}

// Publish is Persist with more options; nil are none.
func (f *File) Publish(path string, o *PublishOptions) error {
	return f.settle(f.file.Publish(path, o.engine()))
}

// Replace writes a file in one call: readers see the old content or all of data. It is Persist for a file that has only ever
// been in memory. The error "close" means that the file has its name, and that a server has refused what it had not stored
// yet.
func Replace(path string, data []byte, flags PublishFlags) error {
	return public(standard.Replace(path, data, &engine.PublishOptions{Flags: flags}))
}

// Persist gives the directory a lasting name, which must be free: EEXIST. It is then no longer temporary, and neither Free
// nor Cleanup removes it. With Exchange it takes the place of the directory that has the name, atomically; that one gets the
// temporary name, and Free and Cleanup remove it. The only other flags are NoReplace and Sync. The directory keeps its
// permissions.
func (d *Directory) Persist(path string, flags PublishFlags) error {
	return d.settle(d.directory.Persist(path, flags))
}

// engine gives the options as the engine has them. Were a field in one of the two alone, this would not compile.
func (o *PublishOptions) engine() *engine.PublishOptions {
	if o == nil {
		return &engine.PublishOptions{}
	}
	return (*engine.PublishOptions)(o)
}
