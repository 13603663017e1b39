package publish

import (
	"errors"
	"syscall"

	"libtempfile/core/system"
)

// job is the publication of one file.
type job struct {
	*Publisher
	source Source
	o      *Options

	at        *place
	directory int           // the target's, open for the sync at the end; -1: without Sync
	target    system.Status // of the file that had the target's name when look looked
	exists    bool

	file      int           // the descriptor of the file that gets the name: the source's, or a new one beside the target
	new       bool          // file is a new one
	asOpened  bool          // the new file has the mode that open(2) gives
	named     bool          // new files get a name, because open files cannot be linked
	original  system.Status // of the source's file
	sibling   string        // the file's random name beside the target; "": it has none
	from      *place        // the source's name, if it was looked for
	moved     bool          // the sibling is the source's name, which it has no more
	dressed   bool          // the file has the mode, the owner and the attributes that it is to have
	like      system.Identity
	leftovers []string // names that may still exist: a rename between two names of one file does nothing and succeeds
	forget    func()   // strikes out the sibling's record; nil: it has none
	undo      []func() // steps that restore the source's state, in reverse
	published bool
}

var errRaced = errors.New("another process was in between")

func (j *job) has(flags Flags) bool { return j.o.Flags&flags != 0 }

// find opens the directory that the target is in.
func (j *job) find(path string) (err error) {
	if err = CheckPath(path); err != nil {
		return err
	}
	within := j.o.Within
	if within != "" {
		if within, err = j.Absolute(within); err != nil {
			return err
		}
		if path[0] != '/' {
			path = within + "/" + path
		}
	}
	if path, err = j.Absolute(path); err != nil {
		return err
	}
	if within != "" {
		j.at, err = holdWithin(j.System, path, within)
	} else {
		j.at, err = hold(j.System, path)
	}
	if err == nil && j.has(Follow) {
		err = j.at.follow()
	}
	if err == nil && j.has(Backup) && j.backupName() == j.at.name {
		err = invalid("backup %q is the name of the target", j.at.name)
	}
	return err
}

// begin looks at the source. It opens the directory that is synced after the rename, when a failure would come too late.
func (j *job) begin() (err error) {
	if j.has(Sync) {
		if j.directory, err = j.System.OpenBelow(j.at.directory, "."); err != nil {
			return failed("open", orRoot(j.at.path), err)
		}
	}
	if j.source.Descriptor >= 0 {
		if j.original, err = j.System.Status(j.source.Descriptor); err != nil {
			return failed("stat", j.source.Name, err)
		}
		if j.original.Type != system.RegularFile {
			return invalid("only a regular file can be published")
		}
	}
	if j.source.Announce != nil {
		err = j.source.Announce(j.at.whole())
	}
	return err
}

// publish tries until no other process is in between.
func (j *job) publish() error {
	for range mostRaces {
		if err := j.attempt(); err != errRaced {
			return err
		}
	}
	return failed("rename", j.at.whole(), &Refusal{syscall.ESTALE, "other processes keep replacing the target"})
}

func (j *job) attempt() error {
	if err := j.look(); err != nil {
		return err
	}
	if j.source.Descriptor < 0 && !j.new {
		if err := j.write(); err != nil {
			return err
		}
	}
	if !j.exists && j.sibling == "" && !j.isElsewhere() {
		if done, err := j.linkToTarget(); done || err != nil {
			return err
		}
	}
	if j.sibling == "" {
		if err := j.makeSibling(); err != nil {
			return err
		}
	}
	if err := j.dress(); err != nil {
		return err
	}
	if j.has(LikeTarget) {
		now, err := j.System.StatusBelow(j.at.directory, j.at.name)
		if j.exists != (err == nil) || now.Identity != j.target.Identity {
			return errRaced
		}
	}
	return j.renameToTarget()
}

// look looks at the target.
func (j *job) look() (err error) {
	j.exists = false
	if j.has(NoReplace) {
		return nil
	}
	j.target, err = j.System.StatusBelow(j.at.directory, j.at.name)
	switch {
	case err == syscall.ENOENT:
		j.target = system.Status{}
		return nil
	case err != nil:
		return failed("stat", j.at.whole(), err)
	case j.target.Type == system.DirectoryFile:
		return failed("rename", j.at.whole(), syscall.EISDIR)
	case j.has(LikeTarget) && j.target.Type != system.RegularFile:
		return failed("stat", j.at.whole(), invalid("the target is not a regular file, and no file can be like it"))
	}
	j.exists = true
	return nil
}

// isElsewhere tells whether a link is likely to fail with EXDEV. Then the sibling is tried first, as a sync of the source
// would be in vain. Another device number is no proof: an overlay has several.
func (j *job) isElsewhere() bool {
	if !j.has(Across) || j.new {
		return false
	}
	identity, err := j.System.IdentifyOpen(j.at.directory)
	return err != nil || identity.Device != j.original.Device
}

// linkToTarget gives the open file the target's name, if that is free. done false: a sibling is needed.
func (j *job) linkToTarget() (done bool, err error) {
	if err = j.dress(); err != nil {
		return false, err
	}
	err = j.System.LinkDescriptor(j.file, j.at.directory, j.at.name)
	switch {
	case err == nil:
		return true, j.commit()
	case err == syscall.EEXIST && !j.has(NoReplace):
		return false, errRaced
	case err == syscall.EXDEV || system.CannotLink(err):
		return false, nil
	}
	return false, failed("link", j.at.whole(), err)
}

// makeSibling gives the file a random name beside the target, or makes a copy there.
func (j *job) makeSibling() error {
	if err := j.conceal(); err != nil {
		return err
	}
	name, err := j.trySiblings(j.file, func(name string) error {
		return j.System.LinkDescriptor(j.file, j.at.directory, name)
	})
	switch {
	case err == nil:
		j.setSibling(name)
		return nil
	case err == syscall.EXDEV && !j.new:
		return j.copyAcross()
	case !system.CannotLink(err):
		return failed("link", j.beside(name), err)
	case !j.new && j.source.Name != "":
		return j.moveName()
	}
	j.named = j.new // another file without a name could not be linked either
	return j.again()
}

// setSibling notes the name. If the publication fails, the name is removed.
func (j *job) setSibling(name string) {
	j.sibling = name
	j.undo = append(j.undo, func() { j.System.UnlinkBelow(j.at.directory, name) })
}

// trySiblings is tryNames with a record of each name for recovery, as the sibling would outlive a killed process. The
// descriptor is the file's; -1: the file is not made yet.
func (j *job) trySiblings(descriptor int, try func(name string) error) (name string, err error) {
	return j.tryNames(func(name string) error {
		forget := j.System.Intend(j.beside(name), descriptor)
		err := try(name)
		if err != nil {
			forget()
		} else {
			j.forget = forget
		}
		return err
	})
}

// forgetSibling strikes out the record of the sibling, whose name is gone.
func (j *job) forgetSibling() {
	if j.forget != nil {
		j.forget()
		j.forget = nil
	}
}

// tryNames offers random names until one is free.
func (j *job) tryNames(try func(name string) error) (name string, err error) {
	const most = 10000
	for range most {
		if name, err = j.RandomName(); err != nil {
			return "", err
		}
		name = ".tmp" + name
		if err = try(name); err != syscall.EEXIST {
			break
		}
	}
	return name, err
}

// beside is the path of a name in the target's directory.
func (j *job) beside(name string) string { return j.at.path + "/" + name }

// moveName makes the source's name the sibling, where open files cannot be linked. Another file may have the name by now,
// so its identity is compared before and after. If the name is gone, the file is copied.
func (j *job) moveName() error {
	name, err := j.tryMove()
	switch {
	case err == syscall.EXDEV:
		return j.copyAcross()
	case errors.Is(err, syscall.ENOENT):
		return j.again()
	case err != nil:
		return failed("rename", j.source.Name, err)
	}
	from, to := j.from, j.at.directory
	j.sibling, j.moved = name, true
	j.undo = append(j.undo, func() { j.moveTo(to, name, from.directory, from.name) })
	return j.isSource(to, name)
}

func (j *job) tryMove() (name string, err error) {
	if j.from == nil {
		if j.from, err = hold(j.System, j.source.Name); err != nil {
			return "", err
		}
	}
	if err = j.isSource(j.from.directory, j.from.name); err != nil {
		return "", err
	}
	return j.trySiblings(j.file, func(name string) error {
		return j.moveTo(j.from.directory, j.from.name, j.at.directory, name)
	})
}

// isSource is ESTALE if a name is not the source's.
func (j *job) isSource(directory int, name string) error {
	now, err := j.System.StatusBelow(directory, name)
	if err == nil && now.Identity != j.original.Identity {
		err = &Refusal{syscall.ESTALE, "another file has the name"}
	}
	return failed("stat", j.source.Name, err)
}

// renameToTarget makes the sibling the target.
func (j *job) renameToTarget() (err error) {
	directory := j.at.directory
	switch {
	case j.has(NoReplace):
		err = j.rename(directory, j.sibling, directory, j.at.name)
	case j.has(Backup) && j.exists && j.target.Identity != j.original.Identity:
		if err = j.renameWithBackup(); errors.Is(err, syscall.ENOENT) { // the target is gone
			return errRaced
		}
	default:
		err = j.System.RenameBelow(directory, j.sibling, directory, j.at.name, system.Replacing)
	}
	if err != nil {
		return failed("rename", j.at.whole(), err)
	}
	// Another process may have published the same file under the same name meanwhile. The rename then leaves the sibling.
	// This cannot happen to a new file, which no other process knows.
	if !j.new {
		j.leftovers = append(j.leftovers, j.sibling)
	}
	return j.commit()
}

// rename gives a file a new name, which must be free: EEXIST. Where the kernel or the file system has only the rename that
// replaces, a link and an unlink do it.
func (j *job) rename(from int, name string, to int, newName string) error {
	err := j.System.RenameBelow(from, name, to, newName, system.NotReplace)
	if !system.CannotRename(err) {
		return err
	}
	if err = j.System.LinkBelow(from, name, to, newName); err != nil {
		return err
	}
	if err = j.System.UnlinkBelow(from, name); err != nil {
		j.System.UnlinkBelow(to, newName)
	}
	return err
}

// moveTo is rename to a random name. It also works where a file cannot be linked either, since nobody else takes that name.
func (j *job) moveTo(from int, name string, to int, newName string) error {
	err := j.rename(from, name, to, newName)
	if !system.CannotLink(err) || err == syscall.ENOENT {
		return err
	}
	if _, err := j.System.StatusBelow(to, newName); err != syscall.ENOENT {
		return syscall.EEXIST
	}
	return j.System.RenameBelow(from, name, to, newName, system.Replacing)
}
