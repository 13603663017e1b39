package engine

import (
	"strings"

	"libtempfile/core/system"
)

// Recipe is how something was created, for the C library, which can do the same again without a call into Go: that takes
// longer than some calls of the system. The zero Recipe is none, because the creation depended on more than its options
// and the environment.
type Recipe struct {
	plan    *Plan
	flags   int
	unnamed bool
}

// Repetition is all there is to do to follow a recipe: one call of the system, with another name in the path. It is good
// for the same options and the same environment, in any thread. The new name is as long as the old one: a random one, or
// where the caller gave one, another of his without a '/', which at that length cannot be a directory's own. There is no
// decision in it: if the system says anything but success, the whole operation is to be asked for again, which knows about
// names that are taken, what to try instead, and what to say.
type Repetition struct {
	Path        string
	Name        int // where in the path the name is; -1: nowhere
	NameLength  int
	Flags       int // of open(2); nothing of mkdir(2)
	Permissions uint32
}

// Repetition tells how to follow the recipe; false: there is none.
func (r Recipe) Repetition() (Repetition, bool) {
	p := r.plan
	if p == nil {
		return Repetition{}, false
	}
	if r.unnamed {
		return Repetition{p.directory, -1, 0, r.flags, p.permissions}, true
	}
	name := p.name
	if name == "" {
		name = strings.Repeat("_", NameLength)
	}
	path := p.path(name)
	return Repetition{path, len(path) - len(p.suffix) - len(name), len(name), r.flags, p.permissions}, true
}

// FileRecipe is what Mkstemp has done.
func (p *Plan) FileRecipe() Recipe { return p.recipe(system.CreateFlags, false) }

// DirectoryRecipe is what Mkdtemp has done.
func (p *Plan) DirectoryRecipe() Recipe { return p.recipe(0, false) }

// recipe leaves out what a chdir changes, and names so short that another one could be "..".
func (p *Plan) recipe(flags int, unnamed bool) Recipe {
	if !p.lasting || !unnamed && p.name != "" && len(p.prefix)+len(p.name)+len(p.suffix) <= len("..") {
		return Recipe{}
	}
	return Recipe{p, flags, unnamed}
}
