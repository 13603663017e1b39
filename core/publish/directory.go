package publish

import (
	"cmp"
	"syscall"

	"libtempfile/core/system"
)

// Tree is the directory to be published.
type Tree struct {
	Name      string // its absolute path
	Identity  system.Identity
	Announce  func(path string) error // as for Source; with Exchange the two are not called, as the object keeps its name
	Committed func()
}

// Directory publishes a directory under a free name. With Exchange the directory changes names with the one that has the
// path. replaced is the identity of that other directory.
func (p *Publisher) Directory(tree Tree, path string, o *Options) (result Result, replaced system.Identity, err error) {
	if err = cmp.Or(o.checkDirectory(), CheckPath(path)); err != nil {
		return Result{}, replaced, err
	}
	j := &treeJob{job: job{Publisher: p, o: o, directory: -1}, tree: tree}
	defer j.close()
	if err = j.find(path); err == nil {
		err = j.begin()
	}
	if err == nil {
		err = j.publish()
	}
	return Result{j.published, j.at.pathOrNone(), -1}, j.target.Identity, err
}

// treeJob is the publication of one directory.
type treeJob struct {
	job
	tree Tree
}

// begin opens the directories for the rename and the sync. Another directory may have the tree's name by now, so the
// identity is compared before and after the rename.
func (j *treeJob) begin() (err error) {
	if j.from, err = hold(j.System, j.tree.Name); err != nil {
		return err
	}
	if err = j.isTree(j.from); err != nil {
		return err
	}
	if j.has(Sync) {
		if j.directory, err = j.System.OpenBelow(j.at.directory, "."); err != nil {
			return failed("open", orRoot(j.at.path), err)
		}
		if err = j.syncTree(); err != nil {
			return err
		}
	}
	if j.has(Exchange) {
		return j.lookAtOther()
	}
	if j.tree.Announce != nil {
		err = j.tree.Announce(j.at.whole())
	}
	return err
}

func (j *treeJob) isTree(at *place) error {
	now, err := j.System.StatusBelow(at.directory, at.name)
	if err == nil && now.Identity != j.tree.Identity {
		err = &Refusal{syscall.ESTALE, "another directory has the name"}
	}
	return failed("stat", at.whole(), err)
}

// syncTree makes the whole content of the directory durable, by a sync of the file system. The only other call syncs one
// file, and would be needed for each file of the tree.
func (j *treeJob) syncTree() error {
	descriptor, err := j.System.OpenBelow(j.from.directory, j.from.name)
	if err != nil {
		return failed("open", j.tree.Name, err)
	}
	defer j.System.Close(descriptor)
	return failed("syncfs", j.tree.Name, j.System.SyncAll(descriptor))
}

// lookAtOther looks at the directory that the tree is exchanged for.
func (j *treeJob) lookAtOther() (err error) {
	j.target, err = j.System.StatusBelow(j.at.directory, j.at.name)
	if err == nil && j.target.Type != system.DirectoryFile {
		err = syscall.ENOTDIR
	}
	return failed("stat", j.at.whole(), err)
}

func (j *treeJob) publish() error {
	rename := j.renameNew
	if j.has(Exchange) {
		rename = j.exchange
	}
	err := rename()
	if err == syscall.EXDEV {
		err = otherFileSystem("make the directory beside it")
	}
	if err != nil {
		return failed("rename", j.at.whole(), err)
	}
	if err = j.isTree(j.at); err != nil {
		j.back()
		return err
	}
	j.published = true
	if j.tree.Committed != nil && !j.has(Exchange) {
		j.tree.Committed()
	}
	if j.directory >= 0 {
		return failed("sync directory", orRoot(j.at.path), j.System.Sync(j.directory, false))
	}
	return nil
}

// renameNew renames the tree to a free name. Where the kernel or the file system has only the rename that replaces, it
// makes an empty directory first, which the rename replaces. So no other object can have the name.
func (j *treeJob) renameNew() error {
	from, to := j.from, j.at
	err := j.System.RenameBelow(from.directory, from.name, to.directory, to.name, system.NotReplace)
	if !system.CannotRename(err) {
		return err
	}
	if err = j.System.MkdirBelow(to.directory, to.name, 0o700); err != nil {
		return err
	}
	if err = j.System.RenameBelow(from.directory, from.name, to.directory, to.name, system.Replacing); err != nil {
		j.System.RmdirBelow(to.directory, to.name)
	}
	return err
}

func (j *treeJob) exchange() error {
	err := j.System.RenameBelow(j.from.directory, j.from.name, j.at.directory, j.at.name, system.Exchanging)
	switch {
	case !system.CannotRename(err):
		return err
	case j.isIn(j.at.directory, j.tree.Identity), j.isIn(j.from.directory, j.target.Identity):
		return invalid("one of the two directories lies in the other")
	}
	return &Refusal{syscall.EOPNOTSUPP, "the kernel or the file system cannot exchange two names"}
}

// isIn tells whether an open directory is another one, or lies in it.
func (j *treeJob) isIn(directory int, other system.Identity) bool {
	here, err := j.System.IdentifyOpen(directory)
	if err != nil || here == other {
		return err == nil
	}
	above, err := j.System.OpenAbove(directory)
	if err != nil {
		return false
	}
	defer j.System.Close(above)
	next, err := j.System.IdentifyOpen(above)
	return err == nil && next != here && j.isIn(above, other)
}

// back undoes the rename of a directory that was not the tree, or may not have been. A plain rename can replace nothing but
// an empty directory.
func (j *treeJob) back() {
	rename := func(how system.Rename) error {
		return j.System.RenameBelow(j.at.directory, j.at.name, j.from.directory, j.from.name, how)
	}
	if j.has(Exchange) {
		rename(system.Exchanging)
	} else if system.CannotRename(rename(system.NotReplace)) {
		rename(system.Replacing)
	}
}
