package removal

import (
	"fmt"
	"runtime/debug"
	"sync"
)

const (
	// quantum is how many entries a walker deals with between two looks at what it shares with others: some 300 us.
	quantum = 64
	// worthHelp is how many entries must be left in a step for another thread to be started.
	worthHelp = 1024
)

// team is the threads at work on a removal: the caller of a step and its helpers. The tree's mutex guards it.
type team struct {
	tree    *tree
	caller  walker
	changed sync.Cond // what a walker without anything to do waits for

	budget  int // entries that this step may still deal with
	removed uint64

	tuner   tuner
	joins   []func() // for each helper: waits until it has ended
	waiting int      // walkers without anything to do
	leaving bool     // helpers are to end
	cause   any      // what a panic was about
}

// start prepares the team of a new removal.
func (t *team) start(tree *tree) {
	t.tree, t.changed.L = tree, &tree.mutex
	t.caller = walker{tree: tree, team: t}
	t.tuner = newTuner(tree.system.Helpers())
}

// work deals with so many entries, in this thread and, where that pays, with helpers. They have ended when it returns: the
// thread that takes the next step may have fewer rights than this one.
func (t *team) work(entries int) {
	if t.cause != nil {
		panic(t.cause)
	}
	t.budget = entries
	defer func() {
		if cause := recover(); cause != nil {
			t.stop(cause)
		}
		if t.dismiss(); t.cause != nil {
			panic(t.cause)
		}
	}()
	for !t.over(&t.caller) {
		t.caller.run()
		t.dismiss() // helpers may give back what they were granted and have not used
	}
}

// help is what a helper does, from its start to its end.
func (t *team) help() {
	defer func() {
		if cause := recover(); cause != nil {
			t.stop(fmt.Sprintf("in a helper: %v\n%s", cause, debug.Stack()))
		}
	}()
	helper := walker{tree: t.tree, team: t, helper: true}
	helper.run()
}

// stop makes every walker leave after a panic.
func (t *team) stop(cause any) {
	t.tree.mutex.Lock()
	defer t.tree.mutex.Unlock()
	t.cause = cause
	t.changed.Broadcast()
}

// dismiss waits until all helpers have ended.
func (t *team) dismiss() {
	t.tree.mutex.Lock()
	t.leaving = true
	t.changed.Broadcast()
	t.tree.mutex.Unlock()
	for _, join := range t.joins {
		join()
	}
	t.joins, t.leaving, t.tree.limit = nil, false, OpenDirectories
}

// hire starts a helper if one is wanted and there is something for it to do. The caller's thread does that, so that the
// helper has its rights and no more. The mutex is held.
func (t *team) hire() {
	n := len(t.joins)
	if n >= t.tuner.size || t.tuner.measure && t.budget < worthHelp || !t.tree.shareable() {
		return
	}
	var join func()
	if t.tree.unlocked(func() { join = t.tree.system.Recruit(n, t.help) }); join == nil {
		t.tuner.limit(n)
		return
	}
	t.joins, t.tree.limit = append(t.joins, join), 2*OpenDirectories
}

// over tells whether there is nothing more to do for a walker in this step. The mutex is held, or there is no helper.
func (t *team) over(w *walker) bool {
	return t.budget+w.quota <= 0 || t.tree.root == nil || t.cause != nil || t.leaving && w.helper
}

// next waits for something to do and gives it. The mutex is held.
func (w *walker) next() (*node, string) {
	t := w.team
	for w.look() {
		if here, name := t.tree.find(w.near); here != nil {
			if here.unread != nil && name == "" {
				w.list, here.unread, w.shared = here.unread, nil, true
			}
			if t.waiting > 0 && t.tree.shareable() {
				t.changed.Broadcast()
			}
			return here, name
		}
		w.tell()
		w.meter.running = false
		t.waiting++
		t.changed.Wait()
		t.waiting--
	}
	w.tell()
	t.changed.Broadcast() // another may have to go on with what it has left
	return nil, ""
}

// ask is called after a quantum. If the step is over, false, it leaves the node with all it knows of it to another walker.
func (w *walker) ask(here *node) bool {
	w.tree.mutex.Lock()
	defer w.tree.mutex.Unlock()
	if w.look() {
		return true
	}
	w.publish(here)
	w.release(here)
	here.unread, w.list = w.list, nil
	here.users--
	w.team.changed.Broadcast()
	return false
}

// look tells whether the walker may go on. After a quantum it tells the team what it has done and gets another. The mutex is
// held.
func (w *walker) look() bool {
	t := w.team
	if w.quota > 0 {
		return !t.over(w)
	}
	done := w.tell()
	if t.tuner.measure && done > 0 {
		t.tuner.note(w.meter.read(t.tree.system, done), done, 1+len(t.joins)-t.waiting)
	}
	if !w.helper && !t.over(w) {
		t.adjust()
	}
	if t.over(w) {
		return false
	}
	w.granted = min(t.tuner.quantum(), t.budget)
	w.quota = w.granted
	t.budget -= w.granted
	return true
}

// adjust gives the team the size that it should have, or comes nearer to it. The mutex is held.
func (t *team) adjust() {
	if len(t.joins) > t.tuner.size {
		t.tree.unlocked(t.dismiss)
	} else {
		t.hire()
	}
}

// tell makes known what the walker has done, and gives back what it was granted and has not used. It gives the number of
// entries. The mutex is held.
func (w *walker) tell() (done int) {
	done = w.granted - w.quota
	w.team.budget = max(w.team.budget+w.quota, 0)
	w.team.removed += w.removed
	w.granted, w.quota, w.removed = 0, 0, 0
	return done
}

// makeRoom closes a directory for a walker that got EMFILE; false: there is none to close. If all are in use, the team
// shrinks to the caller: a helper gets false and leaves its work to the caller.
func (t *team) makeRoom(w *walker) bool {
	t.tree.mutex.Lock()
	defer t.tree.mutex.Unlock()
	if t.tree.closeFarthest(false) {
		return true
	}
	t.tuner.limit(0)
	if t.leaving = true; w.helper {
		return false
	}
	t.tree.unlocked(t.dismiss)
	return t.tree.closeFarthest(false) || t.tree.closeFarthest(true)
}
