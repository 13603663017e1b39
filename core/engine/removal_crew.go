package engine

import (
	"time"

	"libtempfile/core/system"
)

const (
	// A window is what a rate is measured over: so much time, and so many entries at least.
	windowTime    = 4 * time.Millisecond
	windowEntries = 4 * quantum
	// worthwhile is how much faster it must go with one helper more for that to stay: others can use a processor, too.
	// Below harmful it is clear that it does not pay.
	worthwhile, harmful = 1.15, 0.9
	// longestRest bounds how long nothing is tried.
	longestRest = 512 * windowTime
)

// crew decides how many helpers a removal has. Whether they gain anything depends on the file system, on the device and on
// what else the machine does, and no name tells. So it tries: it measures how fast entries go with the helpers that there
// are, then with one more or one less, keeps the better and, as it may have been mistaken, tries again after a while.
type crew struct {
	known   bool
	most    int  // helpers at most
	measure bool // else there are always so many
	size    int  // helpers that may be at work

	running int // threads at work when note was last called
	phase   phase
	elapsed time.Duration // in this phase, while all were at work
	entries int           // since its beginning
	before  int           // the size that is compared with
	rate    float64       // and how fast it was, in entries a nanosecond
	fewer   bool          // the next comparison is with one less
	rest    time.Duration
	next    [3]time.Duration // how long to rest after the next comparison with each outcome
}

// outcome is what a comparison of two sizes shows of the larger.
type outcome int

const (
	pays outcome = iota
	unclear
	harms
)

// phase is what the crew is at.
type phase int

const (
	measuring phase = iota // the present size
	trying                 // another, to compare
	resting
)

// know asks the system, the first time, for what is possible.
func (c *crew) know(s system.System) {
	if c.known {
		return
	}
	c.known = true
	c.most, c.measure = s.Helpers()
	if !c.measure {
		c.size = c.most
	}
	// What was unclear is soon tried again: another program may just have had a processor. Doing so costs little, as there
	// is not much of a difference.
	c.next = [3]time.Duration{pays: 64 * windowTime, unclear: 4 * windowTime, harms: 16 * windowTime}
}

// measures tells whether note wants to be called.
func (c *crew) measures() bool { return c.measure && c.most > 0 }

// quantum is how many entries a walker may deal with at once. Where a test wants helpers in any case it wants them in the
// smallest tree.
func (c *crew) quantum() int {
	if c.known && !c.measure && c.most > 0 {
		return 1
	}
	return quantum
}

// limit is called when there are no more helpers to be had than so many.
func (c *crew) limit(most int) {
	c.most, c.size = most, min(c.size, most)
	c.phase, c.elapsed, c.entries = measuring, 0, 0
}

// note learns that one thread dealt with so many entries in some time, and how many threads are at work.
func (c *crew) note(took time.Duration, entries, running int) {
	steady := c.running == running
	c.running = running
	// What is not done by all that should be at work says nothing of how fast they are.
	if !steady || c.phase != resting && running != c.size+1 {
		return
	}
	c.elapsed += took / time.Duration(running)
	c.entries += entries
	switch c.phase {
	case resting:
		if c.elapsed >= c.rest {
			c.enter(measuring)
		}
	case measuring:
		if c.full() {
			c.try(c.now())
		}
	case trying:
		if c.full() {
			c.decide(c.now())
		}
	}
}

func (c *crew) full() bool { return c.elapsed >= windowTime && c.entries >= windowEntries }

func (c *crew) now() float64 { return float64(c.entries) / float64(c.elapsed) }

func (c *crew) enter(p phase) { c.phase, c.elapsed, c.entries = p, 0, 0 }

// try goes on to another size.
func (c *crew) try(rate float64) {
	c.before, c.rate = c.size, rate
	if c.fewer = c.size > 0 && (c.fewer || c.size == c.most); c.fewer {
		c.size--
	} else {
		c.size++
	}
	c.enter(trying)
}

// decide compares the size that was tried with the one before.
func (c *crew) decide(rate float64) {
	more, gain := c.size, rate/c.rate
	if c.fewer {
		more, gain = c.before, c.rate/rate
	}
	seen := unclear
	switch {
	case gain >= worthwhile:
		seen = pays
	case gain < harmful:
		seen = harms
	}
	c.size = more
	if seen != pays {
		c.size--
	}
	if seen == pays && !c.fewer && c.size < c.most {
		c.try(rate)
		return
	}
	c.fewer = !c.fewer
	c.rest = c.next[seen]
	c.next[seen] = min(2*c.next[seen], longestRest)
	c.enter(resting)
}

// meter tells how long a thread took for some entries.
type meter struct {
	running          bool
	clock, processor time.Duration
	waits            int64
}

// read gives the time since it was called last, in the same run of a walker; 0: it was not. That is the time that the thread
// had a processor, for when other programs have it is chance, and would drown in a window what helpers gain. But a thread
// that waits much does so for a lock or a device, and then all time counts.
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
