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
	changed sync.Cond
	own     walker // the caller's

	budget  int // entries that this step may still deal with
	removed uint64

	tuner     tuner
	joins     []func() // for each helper: waits until it has ended
	working   int      // threads that have something to do, the caller too
	waiting   int      // threads that look for it
	leaving   bool     // the caller is about to end the step
	shrinking bool     // the caller waits until it is the only one that works
	cause     any      // what a panic was about
}

// start prepares the team of a new removal.
func (t *team) start(tree *tree) {
	t.tree, t.changed.L = tree, &tree.mutex
	t.own = walker{tree: tree, team: t, caller: true}
}

// work deals with so many entries, in this thread and, where that pays, with helpers. They have ended when it returns: the
// thread that takes the next step may have fewer rights than this one.
func (t *team) work(entries int) {
	if t.cause != nil {
		panic(t.cause)
	}
	t.tuner.know(t.tree.system)
	t.budget = entries
	defer func() {
		if cause := recover(); cause != nil {
			t.stop(cause)
		}
		if t.dismiss(); t.cause != nil {
			panic(t.cause)
		}
	}()
	for t.cause == nil && !t.over(&t.own) {
		t.own.run()
		t.dismiss() // helpers may give back what they were allowed and have not used
	}
}

// help is what a helper does, from its start to its end.
func (t *team) help() {
	defer func() {
		if cause := recover(); cause != nil {
			t.stop(fmt.Sprintf("in a helper: %v\n%s", cause, debug.Stack()))
		}
	}()
	helper := walker{tree: t.tree, team: t}
	helper.run()
}

// stop makes every thread leave after a panic.
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
	joins := t.joins
	t.tree.mutex.Unlock()
	for _, join := range joins {
		join()
	}
	t.joins, t.leaving = nil, false
}

// over tells whether the step is at its end for a walker. The mutex is held, or there is no helper.
func (t *team) over(w *walker) bool {
	return t.budget+w.quota <= 0 || t.tree.root == nil || t.cause != nil
}

// helping counts the helpers that have something to do. The mutex is held.
func (t *team) helping() int {
	if t.own.working {
		return t.working - 1
	}
	return t.working
}

// wanted tells whether a walker may go to work. The mutex is held.
func (t *team) wanted(w *walker) bool { return w.caller || t.helping() < t.tuner.size }

// next gives something to do, once there is; false: the thread is not needed any more in this step.
func (w *walker) next() (next task, ok bool) {
	t := w.team
	t.tree.mutex.Lock()
	defer t.tree.mutex.Unlock()
	w.rest()
	if !t.wanted(w) {
		t.changed.Broadcast() // others go on with what it has left
	}
	for !t.over(w) && !t.leaving {
		wanted := t.wanted(w)
		if wanted {
			if next, ok = t.tree.find(w.near); ok {
				w.start()
				return next, true
			}
			t.waiting++
		}
		w.tell()
		w.meter.running = false
		t.changed.Wait()
		if wanted {
			t.waiting--
		}
	}
	w.tell()
	t.changed.Broadcast()
	return task{}, false
}

// start counts in a walker that has something to do. The mutex is held.
func (w *walker) start() {
	w.team.working++
	w.working = true
	w.team.tree.limit = OpenDirectories * min(w.team.working, 2)
	if w.quota == 0 {
		w.grant()
	}
	if w.team.waiting > 0 && w.team.tree.shareable() {
		w.team.changed.Broadcast()
	}
}

// rest counts out a walker that has nothing to do. The mutex is held.
func (w *walker) rest() {
	if !w.working {
		return
	}
	w.team.working--
	w.working = false
	if w.team.shrinking {
		w.team.changed.Broadcast()
	}
}

// grant allows the walker some of what is left of the step. The mutex is held.
func (w *walker) grant() {
	w.granted = min(w.team.tuner.quantum(), w.team.budget)
	w.quota = w.granted
	w.team.budget -= w.granted
}

// tell makes known what the walker has done, and gives back what it was allowed and has not used. It gives the number of
// entries. The mutex is held.
func (w *walker) tell() (done int) {
	done = w.granted - w.quota
	w.team.budget = max(w.team.budget+w.quota, 0)
	w.team.removed += w.removed
	w.granted, w.quota, w.removed = 0, 0, 0
	return done
}

// ask is what a walker does before it goes on with a node: it tells what it has done and learns how much it may do next;
// false: nothing, and it is no user of the node any more.
func (w *walker) ask(here *node) bool {
	t := w.team
	t.tree.mutex.Lock()
	defer t.tree.mutex.Unlock()
	t.add(here, w)
	done := w.tell()
	if t.tuner.measures() {
		if took := w.meter.read(t.tree.system, done); took > 0 && t.tuner.note(took, done, t.working) {
			t.changed.Broadcast()
		}
	}
	if w.caller && !t.over(w) {
		t.hire()
	}
	if t.over(w) || t.leaving || !w.caller && t.helping() > t.tuner.size {
		here.unread, w.list = w.list, nil
		here.users--
		return false
	}
	w.grant()
	return true
}

// add makes the directories that a walker has found in a node known to the others. The mutex is held.
func (t *team) add(here *node, w *walker) {
	for _, name := range w.found {
		if _, stays := here.unremovable[name]; !stays {
			here.pending = append(here.pending, name)
		}
	}
	if len(w.found) > 0 {
		w.shared = true
		clear(w.found)
		w.found = w.found[:0]
	}
	if t.waiting > 0 && here.shareable() {
		t.changed.Broadcast()
	}
}

// hire starts a helper if one is wanted and there is something for it to do. The caller's thread does that, so that the
// helper has its rights and no more. The mutex is held.
func (t *team) hire() {
	n := len(t.joins)
	if n >= t.tuner.size || t.tuner.measure && t.budget < worthHelp || !t.tree.shareable() {
		return
	}
	t.tree.mutex.Unlock()
	join := func() func() {
		defer t.tree.mutex.Lock() // after a panic too: who unlocks next would end the process
		return t.tree.system.Recruit(n, t.help)
	}()
	if join == nil {
		t.tuner.limit(n)
		return
	}
	t.joins = append(t.joins, join)
}

// makeRoom closes a directory for a walker that lacks a descriptor; false: there is none to close. Where all are in use, the
// team shrinks to the caller: a helper gets false and leaves its work to it.
func (t *team) makeRoom(w *walker) bool {
	t.tree.mutex.Lock()
	defer t.tree.mutex.Unlock()
	if t.tree.closeFarthest() {
		return true
	}
	t.tuner.limit(0)
	if !w.caller {
		return false
	}
	for t.shrinking = true; t.working > 1 && t.cause == nil; {
		t.changed.Wait()
	}
	t.shrinking = false
	return t.tree.closeFarthest() || t.tree.detachIdle()
}
