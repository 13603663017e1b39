package core

import (
	"testing"
	"time"
)

// choosing is a System that has helpers if they make it faster.
type choosing struct {
	Kernel
	most int
}

func (s choosing) Helpers() (most int, measure bool) { return s.most, true }

// rehearse lets a crew decide for some time, in which so many entries go in a millisecond with each number of helpers. It
// gives the part of the time that each number was at work for.
func rehearse(c *crew, from, to time.Duration, rates []int) []float64 {
	used := make([]float64, len(rates))
	c.resume()
	now := from
	for now < to {
		tick := quantum * time.Millisecond / time.Duration(rates[c.size])
		used[c.size] += float64(tick) / float64(to-from)
		now += tick
		c.note(now, quantum, c.size+1)
	}
	return used
}

func newCrew(most int) *crew {
	c := &crew{}
	c.know(choosing{most: most})
	return c
}

func TestHelpersStayWhereTheyPay(t *testing.T) {
	for _, try := range []struct {
		name  string
		rates []int
		after time.Duration
		size  int
		least float64 // of the time with that size
	}{
		{"they double the speed", []int{220, 400}, 100 * time.Millisecond, 1, 0.90},
		{"a long removal", []int{220, 400}, 10 * time.Second, 1, 0.97},
		{"they halve the speed", []int{220, 110}, 100 * time.Millisecond, 0, 0.80},
		{"they halve the speed of a long removal", []int{220, 110}, 10 * time.Second, 0, 0.97},
		{"they gain nothing", []int{220, 225}, 10 * time.Second, 0, 0.95},
		{"each gains", []int{220, 400, 560, 700}, time.Second, 3, 0.90},
		{"the second loses", []int{220, 400, 380, 300}, time.Second, 1, 0.80},
		{"a slow system", []int{2, 4}, 10 * time.Second, 1, 0.85},
	} {
		used := rehearse(newCrew(len(try.rates)-1), 0, try.after, try.rates)
		if used[try.size] < try.least {
			t.Errorf("%s: %.2f", try.name, used)
		}
	}
}

// TestTheCrewFollowsChanges changes what pays, and expects the crew to notice.
func TestTheCrewFollowsChanges(t *testing.T) {
	c := newCrew(1)
	now := time.Duration(0)
	for i, rates := range [][]int{{220, 400}, {220, 200}, {220, 400}, {220, 100}} {
		rehearse(c, now, now+4*time.Second, rates) // longer than anything rests
		now += 4 * time.Second
		used := rehearse(c, now, now+time.Second, rates)
		now += time.Second
		better := 0
		if rates[1] > rates[0] {
			better = 1
		}
		if used[better] < 0.9 {
			t.Errorf("change %d: %.2f", i, used)
		}
	}
}

// TestTheCallersTimeIsNotCounted: what passes between two steps says nothing of how fast the removal is.
func TestTheCallersTimeIsNotCounted(t *testing.T) {
	c := newCrew(1)
	now := time.Duration(0)
	for range 20 {
		rehearse(c, now, now+5*time.Millisecond, []int{220, 400})
		now += 5*time.Millisecond + time.Hour
	}
	if c.size != 1 {
		t.Error("the helper was given up")
	}
}

// TestWhatIdlesIsNotMeasured: a helper that finds nothing to do is no reason to send it away.
func TestWhatIdlesIsNotMeasured(t *testing.T) {
	c := newCrew(1)
	c.resume()
	now := time.Duration(0)
	for range 1000 {
		now += 300 * time.Microsecond
		c.note(now, quantum, 1)
	}
	if c.size != 1 || c.phase != trying {
		t.Errorf("size %d in phase %d", c.size, c.phase)
	}
	used := rehearse(c, now, now+100*time.Millisecond, []int{220, 400})
	if used[1] < 0.9 {
		t.Errorf("%.2f", used)
	}
}
