//go:build linux && !tempfile_portable

package removal

import (
	"testing"
	"time"

	"libtempfile/core/system"
)

// choosing is a System that has helpers if they make it faster.
type choosing struct {
	system.Kernel
	most int
}

func (s choosing) Helpers() (most int, measure bool) { return s.most, true }

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

func newTuner(most int) *tuner {
	c := &tuner{}
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
		{"three lose and one gains", []int{220, 400, 300, 200}, time.Second, 1, 0.80},
		{"a slow system", []int{2, 4}, 10 * time.Second, 1, 0.85},
	} {
		used := rehearse(newTuner(len(try.rates)-1), 0, try.after, try.rates)
		if used[try.size] < try.least {
			t.Errorf("%s: %.2f", try.name, used)
		}
	}
}

// TestTheTunerFollowsChanges changes what pays, and expects the tuner to notice.
func TestTheTunerFollowsChanges(t *testing.T) {
	c := newTuner(1)
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

// TestHelpersComeBack tries without the only helper, which must hear of it when it was missed.
func TestHelpersComeBack(t *testing.T) {
	tree := &tree{parent: -1}
	tree.root = &node{pending: []string{"directory"}}
	tree.open = []*node{tree.root}
	team := &team{budget: 2 * quantum}
	team.start(tree)
	team.own.working, team.working = true, 1
	team.tuner = tuner{known: true, measure: true, most: 1, trial: 1, before: 1, next: shortestRest}
	helper := &walker{tree: tree, team: team}
	taken := make(chan task)
	go func() {
		next, _ := helper.next()
		taken <- next
	}()
	time.Sleep(10 * time.Millisecond) // for it to wait already; if it does not yet, this shows nothing
	select {
	case <-taken:
		t.Fatal("the helper works, and is not wanted")
	default:
	}
	system := &scheduled{}
	tree.system, team.own.meter = system, meter{running: true}
	system.processor = windowTime
	team.own.granted = windowEntries // dealt with, so slowly that the helper was worth it
	team.own.ask(tree.root)
	select {
	case next := <-taken:
		if next.name != "directory" {
			t.Errorf("it has %+v to do", next)
		}
	case <-time.After(10 * time.Second):
		t.Error("the helper is still waiting")
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
	c := newTuner(1)
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
