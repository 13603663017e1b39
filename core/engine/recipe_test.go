//go:build unix

package engine

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"libtempfile/core/object"
	"libtempfile/core/system"
)

// A recipe, followed to the letter, makes what the library makes.
func TestRecipesAreTrue(t *testing.T) {
	folder := t.TempDir()
	for _, o := range []Options{
		{Dir: folder}, {Dir: folder + "//./"}, {Dir: folder, Prefix: "a", Suffix: ".b"}, {Dir: folder, NoPrefix: true},
		{Dir: folder, Name: "given"}, {Dir: folder, Name: "x", Suffix: "12"}, {Dir: folder, Permissions: 0o640},
	} {
		plan, err := standard.PlanFile(&o)
		must(t, err)
		descriptor, path, err := plan.Mkstemp()
		must(t, err)
		must(t, syscall.Close(descriptor))
		made, err := os.Lstat(path)
		must(t, err)
		again, ok := plan.FileRecipe().Repetition()
		if !ok {
			t.Fatalf("%+v: no recipe", o)
		}
		// the same path, but for the name
		if end := again.Name + again.NameLength; len(again.Path) != len(path) || again.Path[:again.Name] != path[:again.Name] || again.Path[end:] != path[end:] {
			t.Errorf("%+v: %s, name at %d, %d long, is the recipe of %s", o, again.Path, again.Name, again.NameLength, path)
		}
		if o.Name == "" && again.NameLength != NameLength || o.Name != "" && again.Path[again.Name:again.Name+again.NameLength] != o.Name {
			t.Errorf("%+v: the name of %s is at %d, %d long", o, again.Path, again.Name, again.NameLength)
		}
		other := again.Path[:again.Name] + strings.Repeat("z", again.NameLength) + again.Path[again.Name+again.NameLength:]
		descriptor, err = syscall.Open(other, again.Flags, again.Permissions)
		must(t, err)
		must(t, syscall.Close(descriptor))
		if like, err := os.Lstat(other); err != nil || like.Mode() != made.Mode() {
			t.Errorf("%+v: %v of the library, %v (%v) of the recipe", o, made, like, err)
		}
		if _, err = syscall.Open(path, again.Flags, again.Permissions); err != syscall.EEXIST {
			t.Errorf("%+v: the recipe opens what exists: %v", o, err)
		}
		must(t, os.Remove(path))
		must(t, os.Remove(other))
	}
}

// noTmpfile is a system whose files always have names.
type noTmpfile struct{ system.Kernel }

func (noTmpfile) CreateUnnamed(string, uint32) (int, error) { return -1, syscall.EOPNOTSUPP }

// What does not depend on the options and the environment alone has no recipe: it would be wrong the next time.
func TestWhatHasNoRecipe(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	must(t, err)
	for what, create := range map[string]func() (Recipe, error){
		"a relative directory": func() (Recipe, error) { return standard.NamedTemporaryFileIn(&object.Memory{}, &Options{Dir: "."}) },
		"a relative directory's directory": func() (Recipe, error) {
			return standard.TemporaryDirectoryIn(&object.Memory{}, &Options{Dir: "."})
		},
		"a default directory that is relative": func() (Recipe, error) {
			l, relative := New(system.Kernel{}), "."
			l.SetTempdir(&relative)
			return l.NamedTemporaryFileIn(&object.Memory{}, nil)
		},
		"a name so short that another could be ..": func() (Recipe, error) {
			return standard.NamedTemporaryFileIn(&object.Memory{}, &Options{Dir: here, Name: "ab", NoPrefix: true})
		},
		"a name that is taken off again": func() (Recipe, error) {
			return New(noTmpfile{}).TemporaryFileIn(&object.Memory{}, &Options{Dir: here})
		},
		"a name that was to be taken off again": func() (Recipe, error) {
			return standard.TemporaryFileIn(&object.Memory{}, &Options{Dir: here, NoTmpfile: true})
		},
		"memory": func() (Recipe, error) { return standard.SpooledTemporaryFileIn(&object.Memory{}, &Options{Dir: here}) },
	} {
		recipe, err := create()
		must(t, err)
		if again, ok := recipe.Repetition(); ok {
			t.Errorf("%s has the recipe %+v", what, again)
		}
	}
}

func TestTheRecipeOfAFileWithoutAName(t *testing.T) {
	folder := t.TempDir()
	recipe, err := standard.TemporaryFileIn(&object.Memory{}, &Options{Dir: folder, Permissions: 0o640})
	must(t, err)
	again, ok := recipe.Repetition()
	if !ok {
		t.Skip("the file system has no files without a name")
	}
	if again.Path != folder || again.Name != -1 || again.Permissions != 0o640 {
		t.Errorf("%+v", again)
	}
	descriptor, err := syscall.Open(again.Path, again.Flags, again.Permissions)
	must(t, err)
	must(t, syscall.Close(descriptor))
}
