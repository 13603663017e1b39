package engine

import (
	"io"
	"syscall"
)

// openLevels is how many directories of the branch that is being removed stay open. Deeper trees close the upper ones and
// come back to them by "..", with their identity checked, so that no depth runs out of descriptors. Walkers that share a
// tree share this number twice over; each has leastLevels.
const (
	openLevels  = 16
	leastLevels = 4
)

// enter opens a directory and makes it the end of the branch.
func (w *walker) enter(above *level, name string) error {
	directory := w.removal.parent
	if above != nil {
		directory = above.descriptor
	}
	descriptor, unlocked, err := w.openBelow(directory, name)
	for err == syscall.EMFILE && w.closeUppermost() {
		descriptor, unlocked, err = w.openBelow(directory, name)
	}
	if err != nil {
		return err
	}
	w.extend(level{name: name, above: above, descriptor: descriptor, unlocked: unlocked})
	w.open++
	for most := w.removal.pool.openLevels(); w.open > most && w.closeUppermost(); {
	}
	return nil
}

// extend puts a level at the end of the branch. Levels are blocks of their own, so that a branch of 100,000 grows without
// being copied, and used again, so that a tree with many directories makes no garbage.
func (w *walker) extend(next level) {
	end := len(w.branch)
	w.closed = min(w.closed, end)
	if end < cap(w.branch) {
		w.branch = w.branch[:end+1]
	} else {
		w.branch = append(w.branch, nil)
	}
	if here := w.branch[end]; here != nil {
		next.pending = here.pending[:0]
		*here = next
		return
	}
	here := new(level) // and not next itself, which would be on the heap each time
	*here = next
	w.branch[end] = here
}

// openBelow opens a directory entry. One that its permissions keep shut is held by a descriptor that needs none, and they
// are granted through that: by name it could be another directory by then (gh-157579).
func (w *walker) openBelow(directory int, name string) (descriptor int, unlocked bool, err error) {
	descriptor, err = w.system.OpenBelow(directory, name)
	if err != syscall.EACCES {
		return descriptor, false, err
	}
	held, err := w.system.HoldBelow(directory, name)
	if err != nil {
		return -1, false, err
	}
	defer w.system.Close(held)
	if wanted := w.removal.wanted; len(w.branch) == 0 && wanted != nil {
		// Another directory in the root's place is not even to have its permissions changed.
		if identity, err := w.system.IdentifyOpen(held); err != nil {
			return -1, false, err
		} else if identity != *wanted {
			return -1, false, syscall.ESTALE
		}
	}
	if !w.system.Unlock(held) {
		return -1, false, syscall.EACCES
	}
	descriptor, err = w.system.OpenBelow(held, ".")
	return descriptor, true, err
}

// unlock repairs the permissions of a level, once, if they may be why something in it failed. Then it is worth another
// try.
func (w *walker) unlock(here *level, err error) bool {
	if err != syscall.EACCES && err != syscall.EPERM || here.unlocked {
		return false
	}
	here.unlocked = true
	return w.system.Unlock(here.descriptor)
}

// closeUppermost closes the open level that is needed last: the one farthest up, but never the base, which is the way
// back if the branch is torn off, nor the last two, which are at work, nor one in which others are at work.
func (w *walker) closeUppermost() bool {
	below := true // nothing but closed levels so far
	for i := max(w.closed, 1); i < len(w.branch)-2; i++ {
		upper := w.branch[i]
		if upper.descriptor < 0 {
			continue
		}
		if upper.shared && w.removal.pool.lends(upper) {
			below = false
			continue
		}
		identity, err := w.system.IdentifyOpen(upper.descriptor)
		if err != nil {
			return false
		}
		offset, err := w.system.Seek(upper.descriptor, 0, io.SeekCurrent)
		if err != nil {
			return false
		}
		upper.identity, upper.offset = identity, offset
		w.system.Close(upper.descriptor)
		upper.descriptor = -1
		w.open--
		if below {
			w.closed = i + 1 // not to be searched at each level of a deep tree, which would take quadratic time
		}
		return true
	}
	return false
}

// reopen makes sure that the level above the last is open. If it was closed, ".." leads back, unless the directory was
// moved meanwhile: then ".." is somebody else's, ESTALE.
func (w *walker) reopen(above, here *level) error {
	if above.descriptor >= 0 {
		return nil
	}
	descriptor, err := w.system.OpenAbove(here.descriptor)
	if err != nil {
		return err
	}
	identity, err := w.system.IdentifyOpen(descriptor)
	if err == nil && identity != above.identity {
		err = syscall.ESTALE
	}
	if err == nil {
		_, err = w.system.Seek(descriptor, above.offset, io.SeekStart)
	}
	if err != nil {
		w.system.Close(descriptor)
		return err
	}
	above.descriptor = descriptor
	w.open++
	w.closed = min(w.closed, len(w.branch)-2)
	return nil
}

// tornOff goes back to the base after the branch was moved away below it, or its upper part could not be opened again.
// The directory at the base is then read again.
func (w *walker) tornOff(err error) {
	w.cut()
	w.branch[0].progress, w.branch[0].torn = true, err
}

// cut gives the branch up to its base.
func (w *walker) cut() {
	for i := 1; i < len(w.branch); i++ {
		upper := w.branch[i]
		w.branch[i] = nil // others may still look at it
		if upper.descriptor < 0 {
			continue
		}
		w.open--
		if !upper.shared || w.removal.pool.abandon(upper) {
			w.system.Close(upper.descriptor)
		}
	}
	w.branch, w.rest, w.closed, w.barren = w.branch[:1], nil, 0, 0
}
