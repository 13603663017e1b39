package publish

import (
	"cmp"
	"errors"
	"syscall"

	"libtempfile/core/system"
)

// rollback undoes all changes that the publication has made.
func (j *job) rollback() {
	for i := len(j.undo) - 1; i >= 0; i-- {
		j.undo[i]()
	}
	j.undo = nil
	j.forgetSibling()
	j.sibling, j.moved, j.dressed = "", false, false
}

// commit does the rest when the file has its name. The publication is not undone any more. If a step fails, the next steps
// are done all the same, and the first error is returned.
func (j *job) commit() error {
	j.published, j.undo = true, nil
	j.forgetSibling()
	if j.source.Committed != nil {
		j.source.Committed()
	}
	err := cmp.Or(j.dropLeftovers(), j.dropName())
	if j.directory >= 0 {
		err = cmp.Or(err, failed("sync directory", orRoot(j.at.path), j.System.Sync(j.directory, false)))
	}
	if j.new && j.source.Descriptor >= 0 {
		err = cmp.Or(err, failed("dup3", j.at.whole(), j.System.TakeOver(j.source.Descriptor, j.file)))
	}
	return err
}

// dropLeftovers removes the names that a rename may have left.
func (j *job) dropLeftovers() (err error) {
	for _, name := range j.leftovers {
		if unlinkErr := j.System.UnlinkBelow(j.at.directory, name); unlinkErr != syscall.ENOENT {
			err = cmp.Or(err, failed("unlink", j.beside(name), unlinkErr))
		}
	}
	return err
}

// dropName removes the source's old name, if the file still has it and it is not the target.
func (j *job) dropName() error {
	if j.source.Name == "" || j.moved {
		return nil
	}
	from, err := hold(j.System, j.source.Name)
	if err == nil {
		defer from.close()
		err = j.dropNameIn(from)
	}
	if errors.Is(err, syscall.ENOENT) {
		return nil
	}
	return failed("unlink", j.source.Name, withoutPath(err))
}

func (j *job) dropNameIn(from *place) error {
	now, err := j.System.StatusBelow(from.directory, from.name)
	if err != nil || now.Identity != j.original.Identity {
		return err
	}
	if from.name == j.at.name {
		if same, err := sameDirectory(j.System, from, j.at); same || err != nil {
			return err
		}
	}
	return j.System.UnlinkBelow(from.directory, from.name)
}

func sameDirectory(s system.System, a, b *place) (bool, error) {
	one, err := s.IdentifyOpen(a.directory)
	if err != nil {
		return false, err
	}
	other, err := s.IdentifyOpen(b.directory)
	return one == other, err
}

// descriptor is the one for Result.
func (j *job) descriptor() int {
	if j.source.Descriptor >= 0 {
		return j.source.Descriptor
	}
	return j.file
}

// close closes all descriptors that the publication has opened. A new file's stays open if it is the caller's now.
func (j *job) close() {
	if j.new && (!j.published || j.source.Descriptor >= 0) {
		j.System.Close(j.file)
	}
	if j.directory >= 0 {
		j.System.Close(j.directory)
	}
	for _, place := range []*place{j.at, j.from} {
		if place != nil {
			place.close()
		}
	}
}
