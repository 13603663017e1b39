package publish

import "libtempfile/core/system"

// backupName is the name beside the target for the replaced file.
func (j *job) backupName() string {
	if j.o.Backup != "" {
		return j.o.Backup
	}
	return j.at.name + "~"
}

// renameWithBackup makes the sibling the target, and gives the replaced file the backup's name. The second step can fail,
// for instance because a directory has that name. The first step is then undone. The target exists at each moment.
func (j *job) renameWithBackup() error {
	directory := j.at.directory
	replaced, back, err := j.swap()
	if err != nil {
		return err
	}
	if err = j.System.RenameBelow(directory, replaced, directory, j.backupName(), system.Replacing); err != nil {
		back()
		return failed("rename", j.beside(j.backupName()), err)
	}
	j.leftovers = append(j.leftovers, replaced)
	return nil
}

// swap makes the sibling the target, and returns the random name that the replaced file has now. back undoes the swap. It
// also restores the sibling, which can be the only name of the source.
func (j *job) swap() (replaced string, back func(), err error) {
	directory, sibling, target := j.at.directory, j.sibling, j.at.name
	exchange := func() error {
		return j.System.RenameBelow(directory, sibling, directory, target, system.Exchanging)
	}
	if err = exchange(); !system.CannotRename(err) {
		return sibling, func() { exchange() }, err
	}
	replaced, err = j.tryNames(func(name string) error { return j.System.LinkBelow(directory, target, directory, name) })
	if err != nil {
		return "", nil, failed("link", j.beside(j.backupName()), err)
	}
	if err = j.System.RenameBelow(directory, sibling, directory, target, system.Replacing); err != nil {
		j.System.UnlinkBelow(directory, replaced)
	}
	return replaced, func() {
		j.System.LinkBelow(directory, target, directory, sibling)
		j.System.RenameBelow(directory, replaced, directory, target, system.Replacing)
	}, err
}
