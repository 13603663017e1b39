package removal

import (
	"time"

	"libtempfile/core/system"
)

const (
	// A window is what a rate is measured over: so much time, and so many entries at least.
	windowTime    = 4 * time.Millisecond
	windowEntries = 4 * quantum
	// worthwhile is how much faster it must go with helpers for them to stay: others can use a processor, too.
	worthwhile = 1.15
	// No comparison is the last, as it may have been mistaken. The time to the next doubles between these bounds.
	shortestRest, longestRest = 16 * windowTime, 512 * windowTime
)

// tuner decides how many helpers a removal has. Whether they gain anything depends on the file system, on the device and on
// what else the machine does, and no name tells. So it measures how fast entries go without and with them.
type tuner struct {
	known   bool
	measure bool // else there are always as many as can be had
	most    int  // helpers that can be had
	size    int  // helpers that may work now

	trial   int           // the number of helpers to compare with none
	before  float64       // entries a nanosecond with the other size; 0: to be measured
	elapsed time.Duration // with this size
	entries int           // in that time
	rest    time.Duration // before the next comparison; 0: one is being made
	next    time.Duration // the rest after the next comparison
}

// know asks the system, the first time, for what is possible.
func (c *tuner) know(s system.System) {
	if c.known {
		return
	}
	c.known, c.next = true, shortestRest
	if c.most, c.measure = s.Helpers(); !c.measure {
		c.size = c.most
	}
	c.trial = c.most
}

// measures tells whether note is to be called.
func (c *tuner) measures() bool { return c.measure && c.most > 0 }

// quantum is how many entries a walker may deal with at once. Where a test wants helpers in any case, it wants them in the
// smallest tree.
func (c *tuner) quantum() int {
	if c.known && !c.measure && c.most > 0 {
		return 1
	}
	return quantum
}

// limit is called when no more helpers can be had than so many.
func (c *tuner) limit(most int) {
	c.known, c.most = true, most
	c.size, c.trial = min(c.size, most), min(c.trial, most)
	c.before, c.elapsed, c.entries = 0, 0, 0
}

// note learns that one thread dealt with so many entries in some time, and how many threads are at work. It tells whether
// the size has changed.
func (c *tuner) note(took time.Duration, entries, working int) (changed bool) {
	if working != c.size+1 {
		return false // not all that may work have something to do, so that this says nothing of how fast they are
	}
	c.elapsed += took / time.Duration(working)
	c.entries += entries
	switch {
	case c.rest > 0:
		if c.elapsed < c.rest {
			return false
		}
		c.rest = 0
	case c.elapsed < windowTime || c.entries < windowEntries:
		return false
	default:
		changed = c.compare(float64(c.entries) / float64(c.elapsed))
	}
	c.elapsed, c.entries = 0, 0
	return changed
}

// compare goes on to the other size or, if that was measured already, decides between the two.
func (c *tuner) compare(rate float64) (changed bool) {
	size := c.size
	if c.before == 0 {
		c.before, c.size = rate, c.trial-c.size
		return true
	}
	gain := rate / c.before
	if size == 0 {
		gain = 1 / gain
	}
	if c.size = 0; gain >= worthwhile {
		c.size = c.trial
	} else {
		c.trial = max(c.trial/2, 1) // fewer may do
	}
	c.before, c.rest = 0, c.next
	c.next = min(2*c.next, longestRest)
	return c.size != size
}

// meter tells how long a thread took for some entries.
type meter struct {
	running          bool
	clock, processor time.Duration
	waits            int64
}

// read gives the time since it was called last; 0: it was not. That is the time that the thread had a processor, for when
// other programs have it is chance, and would drown in a window what helpers gain. But a thread that waits much does so for
// a lock or a device, and then all time counts.
func (m *meter) read(s system.System, entries int) (took time.Duration) {
	const fewWaits = 16 // entries a wait
	clock, processor, waits := s.Spent()
	if m.running {
		took = processor - m.processor
		if took <= 0 || waits-m.waits > int64(entries/fewWaits) {
			took = clock - m.clock
		}
	}
	*m = meter{true, clock, processor, waits}
	return took
}
