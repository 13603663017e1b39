//go:build unix

package engine

import (
	"strings"
	"testing"

	"libtempfile/core/object"
	"libtempfile/core/system"
)

func outlineOf(t *testing.T, e *Engine, creation Creation, o *Options) Outline {
	t.Helper()
	plan, err := e.Plan(creation, o)
	must(t, err)
	return plan.Outline()
}

// The parts of an outline's path are where it says, and the path is one that this package would make.
func TestOutlineOfAPath(t *testing.T) {
	folder := t.TempDir()
	for _, o := range []Options{
		{Dir: folder}, {Dir: folder + "//./"}, {Dir: folder, Prefix: "a", Suffix: ".b"}, {Dir: folder, NoPrefix: true}, {Dir: "/"},
		{Dir: folder, Name: "given"}, {Dir: folder, Name: "x", Suffix: "12"}, {Dir: folder, Permissions: 0o640},
	} {
		plan, err := standard.Plan(ForMkstemp, &o)
		must(t, err)
		out := plan.Outline()
		name := out.Path[out.Name : out.Name+out.NameSize]
		if out.Path != plan.path(name) || out.Path[:out.DirectorySize] != plan.directory {
			t.Errorf("%+v: %+v is the outline of %s in %s", o, out, plan.path(name), plan.directory)
		}
		if out.Path[out.Prefix:out.Name] != plan.prefix || out.Path[out.Name+out.NameSize:] != plan.suffix {
			t.Errorf("%+v: %+v has the prefix %q and the suffix %q elsewhere", o, out, plan.prefix, plan.suffix)
		}
		if out.Random != (o.Name == "") {
			t.Errorf("%+v: %+v", o, out)
		}
		wrong := name != o.Name || out.Attempts != 1
		if o.Name == "" {
			wrong = out.NameSize != NameLength || out.Attempts != maxAttempts
		}
		if wrong {
			t.Errorf("%+v: %d attempts with %q", o, out.Attempts, name)
		}
		if want := o.permissionsOr(0o600); out.Permissions != want {
			t.Errorf("%+v: permissions %o", o, out.Permissions)
		}
	}
}

// A plan that depends on more than its options and the environment is good once: it would be wrong the next time.
func TestWhichPlansLast(t *testing.T) {
	folder, relative := t.TempDir(), "."
	set := New(system.Kernel{})
	set.SetTempdir(&relative)
	short := Options{Dir: folder, Name: "ab", NoPrefix: true}
	for what, c := range map[string]struct {
		e        *Engine
		creation Creation
		o        Options
		lasts    bool
	}{
		"an absolute directory":                 {standard, ForNamedTemporaryFile, Options{Dir: folder}, true},
		"the default directory":                 {standard, ForMkdtemp, Options{}, true},
		"a relative directory":                  {standard, ForNamedTemporaryFile, Options{Dir: "."}, false},
		"a relative directory's directory":      {standard, ForTemporaryDirectory, Options{Dir: "."}, false},
		"a default directory that is relative":  {set, ForNamedTemporaryFile, Options{}, false},
		"a name so short that .. is as long":    {standard, ForNamedTemporaryFile, short, false},
		"a short name of a file without a name": {standard, ForTemporaryFile, short, false},
		"a short name with a prefix":            {standard, ForNamedTemporaryFile, Options{Dir: folder, Name: "ab"}, true},
		"memory":                                {set, ForSpooledTemporaryFile, Options{}, true},
		"memory that rolls over elsewhere":      {set, ForSpooledTemporaryFile, Options{Dir: "."}, false},
	} {
		out := outlineOf(t, c.e, c.creation, &c.o)
		if out.Lasting != c.lasts || out.ByEnvironment != (c.o.Dir == "" && c.creation != ForSpooledTemporaryFile) {
			t.Errorf("%s: %+v", what, out)
		}
	}
}

// A file without a name is made as the options say, and the object begins with what they say of it.
func TestOutlineOfAnObject(t *testing.T) {
	folder := t.TempDir()
	plain := outlineOf(t, standard, ForTemporaryFile, &Options{Dir: folder, Permissions: 0o640, Buffering: Unbuffered})
	if !plain.Tmpfile || !plain.Fallback {
		t.Errorf("%+v", plain)
	}
	if s := plain.State; s.Kind != object.KindUnnamed || s.ReadAhead != 0 || s.Descriptor != -1 {
		t.Errorf("%+v", plain)
	}
	named := outlineOf(t, standard, ForTemporaryFile, &Options{Dir: folder, NoTmpfile: true})
	if named.Tmpfile || !named.Fallback {
		t.Errorf("NoTmpfile: %+v", named)
	}
	never := outlineOf(t, standard, ForTemporaryFile, &Options{Dir: folder, OnlyTmpfile: true})
	if !never.Tmpfile || never.Fallback {
		t.Errorf("OnlyTmpfile: %+v", never)
	}
	kept := outlineOf(t, standard, ForTemporaryDirectory, &Options{Dir: folder, NoDelete: true, IgnoreCleanupErrors: true})
	if kept.Permissions != 0o700 || kept.State.Flags != object.FlagNamed|object.FlagIgnoreErrors {
		t.Errorf("%+v", kept)
	}
	spooled := outlineOf(t, standard, ForSpooledTemporaryFile, &Options{MaxSize: 5, Mode: "w", Suffix: ".s"})
	if !strings.HasPrefix(spooled.Path, "/tmp") || !strings.HasSuffix(spooled.Path, ".s") || spooled.DirectorySize != 0 {
		t.Errorf("%+v", spooled)
	}
	if spooled.State.MaxSize != 5 {
		t.Errorf("%+v", spooled)
	}
	if !spooled.State.InMemory() || !spooled.State.Has(object.FlagText) || spooled.State.Has(object.FlagReadable) {
		t.Errorf("%+v", spooled)
	}
}
