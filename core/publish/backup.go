package publish

import (
	"syscall"

	"libtempfile/core/system"
)

// backupName is the name beside the target for what is replaced.
func (j *job) backupName() string {
	if j.o.Backup != "" {
		return j.o.Backup
	}
	return j.at.name + "~"
}

// renameWithBackup makes the sibling the target, and gives what was replaced the backup's name. That can fail, for instance
// because a directory has it; then the target is what it was again. At each moment the target exists.
func (j *job) renameWithBackup() error {
	directory := j.at.directory
	replaced, err := j.swap()
	if err != nil {
		return err
	}
	if err = j.System.RenameBelow(directory, replaced, directory, j.backupName(), system.Replacing); err != nil {
		j.System.RenameBelow(directory, replaced, directory, j.at.name, system.Replacing)
		return failed("rename", j.beside(j.backupName()), err)
	}
	// Two names of one file: that rename has done nothing.
	if err = j.System.UnlinkBelow(directory, replaced); err != syscall.ENOENT {
		return failed("unlink", j.beside(replaced), err)
	}
	return nil
}

// swap makes the sibling the target, and gives the random name that what was replaced has now.
func (j *job) swap() (replaced string, err error) {
	directory := j.at.directory
	err = j.System.RenameBelow(directory, j.sibling, directory, j.at.name, system.Exchanging)
	if !system.CannotRename(err) {
		return j.sibling, err
	}
	replaced, err = j.tryNames(func(name string) error {
		return j.System.LinkBelow(directory, j.at.name, directory, name)
	})
	if err != nil {
		return "", failed("link", j.beside(j.backupName()), err)
	}
	if err = j.System.RenameBelow(directory, j.sibling, directory, j.at.name, system.Replacing); err != nil {
		j.System.UnlinkBelow(directory, replaced)
	}
	return replaced, err
}
