//go:build linux && !tempfile_portable

package removal

import (
	"testing"
	"time"

	"libtempfile/core/system"
)

// rehearse lets a tuner decide for some time, in which so many entries go in a millisecond with each number of helpers. It
// gives the part of the time that each number was at work for.
func rehearse(c *tuner, from, to time.Duration, rates []int) []float64 {
	used := make([]float64, len(rates))
	now := from
	for now < to {
		tick := quantum * time.Millisecond / time.Duration(rates[c.size])
		used[c.size] += float64(tick) / float64(to-from)
		now += tick
		c.note(tick*time.Duration(c.size+1), quantum, c.size+1)
	}
	return used
}

func tuned(most int) *tuner {
	c := newTuner(most, true)
	return &c
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
		{"three lose", []int{220, 400, 300, 200}, time.Second, 0, 0.80},
		{"a slow system", []int{2, 4}, 10 * time.Second, 1, 0.85},
	} {
		used := rehearse(tuned(len(try.rates)-1), 0, try.after, try.rates)
		if used[try.size] < try.least {
			t.Errorf("%s: %.2f", try.name, used)
		}
	}
}

// TestTheTunerFollowsChanges changes what pays, and expects the tuner to notice.
func TestTheTunerFollowsChanges(t *testing.T) {
	c := tuned(1)
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

// scheduled is a System with clocks of its own.
type scheduled struct {
	system.Kernel
	clock, processor time.Duration
	waits            int64
}

func (s *scheduled) Spent() (clock, processor time.Duration, waits int64) {
	return s.clock, s.processor, s.waits
}

// TestWhatIsMeasured: what another program had the processor for does not count, what the thread waited for does.
func TestWhatIsMeasured(t *testing.T) {
	s, m := &scheduled{}, meter{}
	pass := func(clock, processor time.Duration, waits int64) time.Duration {
		s.clock, s.processor, s.waits = s.clock+clock, s.processor+processor, s.waits+waits
		return m.read(s, quantum)
	}
	if took := pass(time.Hour, time.Hour, 0); took != 0 {
		t.Errorf("before the beginning: %v", took)
	}
	for _, try := range []struct {
		clock, processor time.Duration
		waits            int64
		took             time.Duration
	}{{300, 300, 0, 300}, {9000, 300, 1, 300}, {9000, 300, 60, 9000}, {9000, 0, 0, 9000}} {
		if took := pass(try.clock, try.processor, try.waits); took != try.took {
			t.Errorf("%+v: %v", try, took)
		}
	}
}

// TestWhatIdlesIsNotMeasured: a helper that finds nothing to do is no reason to send it away.
func TestWhatIdlesIsNotMeasured(t *testing.T) {
	c := tuned(1)
	for range 1000 {
		c.note(300*time.Microsecond, quantum, 1)
	}
	if c.size != 1 || c.before == 0 {
		t.Errorf("size %d after a rate of %f", c.size, c.before)
	}
	used := rehearse(c, 0, 100*time.Millisecond, []int{220, 400})
	if used[1] < 0.9 {
		t.Errorf("%.2f", used)
	}
}
