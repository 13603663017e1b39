package publish

import (
	"syscall"

	"libtempfile/core/system"
)

// rollback gives back the state before the publication, as far as anything was changed.
func (j *job) rollback() {
	for i := len(j.undo) - 1; i >= 0; i-- {
		j.undo[i]()
	}
	j.undo = nil
	j.sibling, j.moved, j.dressed = "", false, false
}

// commit is what follows when the file has got its name. Nothing takes it back any more, whatever fails: the first error is
// told, and the rest is done all the same.
func (j *job) commit() error {
	j.published, j.undo = true, nil
	if j.source.Committed != nil {
		j.source.Committed()
	}
	err := first(j.dropSibling(), j.dropName())
	if j.directory >= 0 {
		err = first(err, failed("sync directory", orRoot(j.at.path), j.System.Sync(j.directory)))
	}
	if j.new && j.source.Descriptor >= 0 {
		err = first(err, failed("dup3", j.at.whole(), j.System.TakeOver(j.source.Descriptor, j.file)))
	}
	return err
}

func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// dropSibling removes the sibling if the rename has left it: a rename between two names of one file does nothing and
// succeeds. Another process that publishes the same file can have given it the target's name meanwhile.
func (j *job) dropSibling() error {
	if j.sibling == "" || j.new {
		return nil
	}
	err := j.System.UnlinkBelow(j.at.directory, j.sibling)
	if err == syscall.ENOENT {
		return nil
	}
	return failed("unlink", j.beside(j.sibling), err)
}

// dropName removes the source's old name, if it still is the file's and is not the target itself.
func (j *job) dropName() error {
	if j.source.Name == "" || j.moved {
		return nil
	}
	from, err := hold(j.System, j.source.Name)
	if err != nil {
		return err
	}
	defer from.close()
	now, err := j.System.StatusBelow(from.directory, from.name)
	if err == syscall.ENOENT || err == nil && now.Identity != j.original.Identity {
		return nil
	}
	if err == nil && from.name == j.at.name {
		var same bool
		if same, err = sameDirectory(j.System, from, j.at); same {
			return nil
		}
	}
	if err == nil {
		err = j.System.UnlinkBelow(from.directory, from.name)
	}
	if err == syscall.ENOENT {
		return nil
	}
	return failed("unlink", j.source.Name, err)
}

func sameDirectory(s system.System, a, b *place) (bool, error) {
	one, err := s.IdentifyOpen(a.directory)
	if err != nil {
		return false, err
	}
	other, err := s.IdentifyOpen(b.directory)
	return one == other, err
}

// descriptor is what Result says.
func (j *job) descriptor() int {
	if j.source.Descriptor >= 0 {
		return j.source.Descriptor
	}
	return j.file
}

// close closes what the publication has opened, and a new file unless it is the caller's now.
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
