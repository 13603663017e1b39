package engine

import (
	"fmt"
	"io/fs"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"libtempfile/core/system"
)

const (
	// quantum is how many entries a walker deals with between two looks at what it shares with others: some 300 us.
	quantum = 64
	// worthHelp is how many entries must be left in a step for another thread to be started.
	worthHelp = 1024
)

// pool is what the threads at work on a removal share. A walker is run by one of them, or is ready for one, or waits for
// what other walkers do.
type pool struct {
	count atomic.Int32 // of walkers

	mutex   sync.Mutex
	changed sync.Cond
	walkers []*walker // that are not through
	ready   []*walker
	starved *walker  // waits until there is no other: it is short of descriptors
	crowded bool     // there are too few descriptors to give anything away
	torn    []*level // were given up with others at work in them
	budget  int      // entries that this step may still deal with
	removed uint64
	failed  int // entries that could not be removed, once all is done
	first   *fs.PathError

	crew    crew
	joins   []func() // for each helper: waits until it has ended
	helping int      // helpers that run a walker
	running int      // threads that do, the caller too
	idle    int      // threads that would like to
	leaving bool     // the caller is about to end the step
	cause   any      // what a panic in a helper was about
}

func (p *pool) add(w *walker) {
	p.walkers = append(p.walkers, w)
	p.ready = append(p.ready, w)
	p.count.Add(1)
}

// openLevels is how many levels a walker may keep open.
func (p *pool) openLevels() int {
	return max(2*openLevels/max(int(p.count.Load()), 2), leastLevels)
}

// work deals with so many entries, in this thread and, where that pays, with helpers. They are gone when it returns: the
// thread that takes the next step may have fewer rights than this one.
func (r *Removal) work(entries int) {
	p := &r.pool
	if p.cause != nil {
		panic(p.cause)
	}
	p.budget = entries
	defer func() {
		if cause := recover(); cause != nil {
			p.stop(cause)
		}
		if p.dismiss(); p.cause != nil {
			panic(p.cause)
		}
	}()
	for p.cause == nil && p.budget > 0 && len(p.walkers) > 0 {
		r.attend(true)
		p.dismiss() // which may give back what they were allowed and have not used
	}
}

// help is what a helper does, from its start to its end.
func (r *Removal) help() {
	defer func() {
		if cause := recover(); cause != nil {
			r.pool.stop(fmt.Sprintf("in a helper: %v\n%s", cause, debug.Stack()))
		}
	}()
	r.attend(false)
}

// stop makes every thread leave after a panic.
func (p *pool) stop(cause any) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.cause = cause
	p.changed.Broadcast()
}

// dismiss waits until all helpers have ended.
func (p *pool) dismiss() {
	p.mutex.Lock()
	p.leaving = true
	p.changed.Broadcast()
	joins := p.joins
	p.mutex.Unlock()
	for _, join := range joins {
		join()
	}
	p.joins, p.leaving = nil, false
}

// attend runs walkers as long as there are some and the step lasts.
func (r *Removal) attend(caller bool) {
	for {
		w := r.pool.next(caller)
		if w == nil {
			return
		}
		w.run(caller)
	}
}

// next gives a walker to run, once there is one; nil: the thread is not needed any more.
func (p *pool) next(caller bool) *walker {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for {
		if p.over() || p.leaving {
			return nil
		}
		wanted := caller || p.helping < p.crew.size
		if last := len(p.ready) - 1; wanted && last >= 0 {
			w := p.ready[last]
			p.ready = p.ready[:last]
			p.running++
			if !caller {
				p.helping++
			}
			return w
		}
		if wanted {
			p.idle++
		}
		p.changed.Wait()
		if wanted {
			p.idle--
		}
	}
}

// over tells whether the step is at its end.
func (p *pool) over() bool { return p.budget <= 0 || len(p.walkers) == 0 || p.cause != nil }

// put takes a walker from the thread that runs it. The thread must not touch it after the mutex is free.
func (p *pool) put(w *walker) {
	p.running--
	if !w.caller {
		p.helping--
	}
	p.changed.Broadcast()
}

// tell makes known what a walker has done, and gives back what it was allowed and has not used. It gives the number of
// entries.
func (w *walker) tell() (done int) {
	p := &w.removal.pool
	done = w.granted - w.quota
	p.budget = max(p.budget+w.quota, 0)
	p.removed += w.removed
	w.granted, w.quota, w.removed = 0, 0, 0
	return done
}

// learn lets the crew know how long so many entries took. A helper that was one too many before is woken when it is not.
func (p *pool) learn(took time.Duration, entries int) {
	size := p.crew.size
	p.crew.note(took, entries, p.running)
	if p.crew.size > size {
		p.changed.Broadcast()
	}
}

// ask is what a walker does before it goes on: it tells what it has done, gives away something if others have nothing to
// do, and learns how much it may do next; false: nothing.
func (w *walker) ask() bool {
	p := &w.removal.pool
	p.mutex.Lock()
	defer p.mutex.Unlock()
	done := w.tell()
	if p.crew.measures() {
		if took := w.meter.read(w.system, done); took > 0 {
			p.learn(took, done)
		}
	}
	if w.caller && !p.over() {
		w.hire()
	}
	if p.over() || p.leaving || !w.caller && p.helping > p.crew.size {
		p.ready = append(p.ready, w)
		p.put(w)
		return false
	}
	if p.idle > len(p.ready) {
		w.give()
	}
	w.granted = min(p.crew.quantum(), p.budget)
	w.quota = w.granted
	p.budget -= w.granted
	return true
}

// hire starts a helper if one is wanted and there is something for it to do. The caller's thread does that, so that the
// helper has its rights and no more.
func (w *walker) hire() {
	r, p := w.removal, &w.removal.pool
	p.crew.know(w.system)
	n := len(p.joins)
	if n >= p.crew.size || p.crew.measure && p.budget < worthHelp || !w.give() {
		return
	}
	p.mutex.Unlock()
	join := func() func() {
		defer p.mutex.Lock() // after a panic too: who unlocks next would end the process
		return w.system.Recruit(n, r.help)
	}()
	if join == nil {
		p.crew.limit(n)
		return
	}
	p.joins = append(p.joins, join)
}

// finish ends a walker that is through, and hands back what it knows of the directories that it was given.
func (w *walker) finish() {
	p := &w.removal.pool
	descriptor := -1
	p.mutex.Lock()
	w.tell()
	p.walkers = slices.DeleteFunc(p.walkers, func(other *walker) bool { return other == w })
	p.count.Add(-1)
	if w.origin != nil {
		descriptor = w.giveBack()
	}
	if p.starved != nil && len(p.walkers) == 1 {
		p.ready = append(p.ready, p.starved)
		p.starved = nil
	}
	p.put(w)
	p.mutex.Unlock()
	if descriptor >= 0 {
		w.system.Close(descriptor)
	}
}

// close closes what is open.
func (p *pool) close(s system.System) {
	for _, w := range p.walkers {
		for i, here := range w.branch {
			if here.descriptor >= 0 && (i > 0 || w.origin == nil) {
				s.Close(here.descriptor)
			}
		}
	}
	for _, here := range p.torn {
		s.Close(here.descriptor)
	}
	p.walkers, p.ready, p.starved, p.torn = nil, nil, nil, nil
}
