//go:build linux && !tempfile_portable

package removal

import (
	"testing"

	"libtempfile/core/system"
)

// recruiting is a System that counts the helpers that begin and end.
type recruiting struct {
	system.Kernel
	began, ended int
}

func (s *recruiting) Helpers() (most int, measure bool) { return 1, true }

func (s *recruiting) Recruit(int, func()) (join func()) {
	s.began++
	return func() { s.ended++ }
}

// TestHelpersComeAndGo gives a team the sizes that its tuner wants, in a tree with little and with much to do.
func TestHelpersComeAndGo(t *testing.T) {
	s := &recruiting{}
	root := &node{pending: []string{"one", "two"}, users: 1}
	tree := &tree{system: s, parent: -1, root: root, open: []*node{root}}
	team := &team{}
	team.start(tree)
	for i, try := range []struct {
		size, budget int
		pending      []string
		began, ended int
	}{
		{0, 2 * worthHelp, []string{"one", "two"}, 0, 0},
		{1, worthHelp - 1, []string{"one", "two"}, 0, 0},
		{1, 2 * worthHelp, []string{"one"}, 0, 0}, // the caller's own next
		{1, 2 * worthHelp, []string{"one", "two"}, 1, 0},
		{1, 2 * worthHelp, []string{"one", "two"}, 1, 0},
		{0, 2 * worthHelp, []string{"one", "two"}, 1, 1},
		{1, 2 * worthHelp, []string{"one", "two"}, 2, 1},
	} {
		team.tuner.size, team.budget, root.pending = try.size, try.budget, try.pending
		tree.mutex.Lock()
		team.adjust()
		tree.mutex.Unlock()
		if s.began != try.began || s.ended != try.ended {
			t.Errorf("%d: %d helpers began and %d ended, and not %d and %d", i, s.began, s.ended, try.began, try.ended)
		}
	}
	team.dismiss()
	if s.ended != 2 || tree.limit != OpenDirectories {
		t.Errorf("%d helpers ended; %d directories may stay open", s.ended, tree.limit)
	}
}
