package engine

import "slices"

// mostWalkers bounds how many walkers a tree is shared by, as each keeps directories open.
const mostWalkers = 8

// lent is what others know of a level's directories that were given to them. The pool's mutex guards it.
type lent struct {
	out       int      // walkers that have some
	back      []*level // the bases of those that are through
	waiting   *walker  // the level's own, which cannot go on before they are
	abandoned bool     // there is no such walker any more
}

// give gives away half of the directories that are to be removed in the uppermost level that has some, for another thread
// to remove; false: there are none to spare. The level stays open until they are dealt with. The pool's mutex is held.
func (w *walker) give() bool {
	p := &w.removal.pool
	if p.crowded || len(p.walkers) >= mostWalkers {
		return false
	}
	last := len(w.branch) - 1
	for i := w.barren; i <= last; i++ {
		here := w.branch[i]
		least := 1
		if i == last {
			least = 2 // else there would be nothing left to do here
		}
		if n := len(here.pending); n >= least && here.descriptor >= 0 {
			half := (n + 1) / 2
			w.giveAway(i, slices.Clone(here.pending[:half]))
			here.pending = here.pending[:copy(here.pending, here.pending[half:])]
			return true
		}
		if i < last {
			w.barren = i + 1
		}
	}
	return false
}

// giveAway makes a walker for directories of a level.
func (w *walker) giveAway(i int, names []string) {
	p := &w.removal.pool
	here, origin := w.branch[i], w.branch[i]
	if i == 0 && w.origin != nil {
		origin = w.origin // they are from there
	} else {
		here.shared = true
	}
	base := &level{name: origin.name, above: origin.above, descriptor: here.descriptor, pending: names, ended: true, unlocked: here.unlocked}
	origin.lent.out++
	p.add(&walker{removal: w.removal, system: w.system, origin: origin, branch: []*level{base}})
	p.changed.Broadcast()
}

// giveBack hands the base of a walker that is through to the level that its directories are from. If nobody needs that
// level any more it gives its descriptor, to be closed, and else -1. The pool's mutex is held.
func (w *walker) giveBack() int {
	p, lent := &w.removal.pool, &w.origin.lent
	lent.back = append(lent.back, w.branch[:1][0])
	lent.out--
	switch {
	case lent.out > 0:
	case lent.abandoned:
		p.torn = slices.DeleteFunc(p.torn, func(other *level) bool { return other == w.origin })
		return w.origin.descriptor
	case lent.waiting != nil:
		p.ready = append(p.ready, lent.waiting)
		lent.waiting = nil
	}
	return -1
}

// collect takes back what others know of a level's directories; false: some of them are still at work in it.
func (w *walker) collect(here *level) bool {
	p, lent := &w.removal.pool, &here.lent
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if lent.out > 0 {
		w.tell()
		lent.waiting = w
		p.put(w)
		return false
	}
	for _, base := range lent.back {
		here.pending = append(here.pending, base.pending...)
		here.progress = here.progress || base.progress
		here.unlocked = here.unlocked || base.unlocked
		if base.torn != nil {
			here.torn = base.torn
		}
		for name := range base.stay {
			here.staying(name, 0)
		}
		here.inStay += base.inStay
		here.failed += base.failed
	}
	lent.back, here.shared = nil, false
	return true
}

// crowded deals with a directory that no descriptor is left for because several walkers have some: true. Then the whole
// tree's walker waits until it is the only one, and others give back what they have. If there is only one it is false.
func (w *walker) crowded(here *level, name string) bool {
	p := &w.removal.pool
	p.mutex.Lock()
	alone := len(p.walkers) == 1
	p.crowded = p.crowded || !alone
	if !alone && w.origin == nil {
		here.pending = append(here.pending, name)
		w.tell()
		p.starved = w
		p.put(w)
	}
	p.mutex.Unlock()
	if alone || w.origin == nil {
		return !alone
	}
	if len(w.branch) > 1 {
		name = w.branch[1].name // with what is left in it
		w.cut()
	}
	w.branch[0].pending = append(w.branch[0].pending, name)
	w.branch = w.branch[:0]
	w.finish()
	return true
}

// abandon gives up a level in which others may be at work; true: nobody is, and it is to be closed now.
func (p *pool) abandon(here *level) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if here.lent.out == 0 {
		return true
	}
	here.lent.abandoned = true
	p.torn = append(p.torn, here)
	return false
}

// lends tells whether others are at work in a level, which must stay open for them. If not, none will be.
func (p *pool) lends(here *level) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return here.lent.out > 0
}
