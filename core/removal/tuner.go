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
	// No comparison is the last, as it may have been mistaken. The time to the next doubles with each of the same result. It
	// begins short where helpers do not pay: another program may have had the processor, and another look costs little then.
	restWithout, restWith, longestRest = 4 * windowTime, 16 * windowTime, 512 * windowTime
)

// tuner decides whether a removal has helpers. Whether they gain anything depends on the file system, on the device and on
// what else the machine does, and no name tells. So it measures how fast entries go without and with them.
type tuner struct {
	most    int  // helpers that can be had
	measure bool // else they are there from the start
	size    int  // helpers that are wanted now: none, or as many as can be had

	before  float64       // entries a nanosecond with the other size; 0: not measured
	elapsed time.Duration // with this size
	entries int           // in that time
	rest    time.Duration // before the next comparison; 0: one is being made
	without time.Duration // the rest after it, if helpers do not pay
	with    time.Duration // and if they do
}

func newTuner(most int, measure bool) tuner {
	c := tuner{most: most, measure: measure && most > 0, without: restWithout, with: restWith}
	if !measure {
		c.size = most
	}
	return c
}

// quantum is how many entries a walker may deal with at once. Where a test wants helpers in any case, it wants them in the
// smallest tree.
func (c *tuner) quantum() int {
	if !c.measure && c.most > 0 {
		return 1
	}
	return quantum
}

// limit is called when no more helpers can be had than so many.
func (c *tuner) limit(most int) { *c = newTuner(most, c.measure) }

// note learns that one thread dealt with so many entries in some time, and how many threads are at work.
func (c *tuner) note(took time.Duration, entries, working int) {
	if took <= 0 || working != c.size+1 {
		return // not all have something to do, which says nothing of how fast they are
	}
	c.elapsed += took / time.Duration(working)
	c.entries += entries
	if c.elapsed < max(c.rest, windowTime) || c.entries < windowEntries {
		return
	}
	rate := float64(c.entries) / float64(c.elapsed)
	switch {
	case c.rest > 0:
		c.rest = 0
	case c.before == 0:
		c.before, c.size = rate, c.most-c.size
	default:
		gain := rate / c.before
		if c.size == 0 {
			gain = 1 / gain
		}
		c.before = 0
		if gain >= worthwhile {
			c.size, c.rest, c.with = c.most, c.with, min(2*c.with, longestRest)
		} else {
			c.size, c.rest, c.without = 0, c.without, min(2*c.without, longestRest)
		}
	}
	c.elapsed, c.entries = 0, 0
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
