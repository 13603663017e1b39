//go:build unix

package engine

import (
	"bytes"
	"errors"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"libtempfile/core/system"
)

// scripted is a System whose random source is a script: name after name, each one letter eight times over.
type scripted struct {
	system.System
	letters string
	drawn   int
}

func (s *scripted) Random(p []byte) error {
	letter := s.letters[min(s.drawn, len(s.letters)-1)]
	s.drawn++
	for i := range p {
		p[i] = byte(strings.IndexByte(Alphabet, letter))
	}
	return nil
}

func TestNamesAreOfTheAlphabetAndDistinct(t *testing.T) {
	names := make([][NameLength]byte, 20_000)
	if err := standard.RandomNames(names); err != nil {
		t.Fatal(err)
	}
	seen := map[[NameLength]byte]bool{}
	count := map[byte]int{}
	for _, name := range names {
		if seen[name] {
			t.Errorf("%s was drawn twice", name)
		}
		seen[name] = true
		for _, letter := range name {
			count[letter]++
		}
	}
	// 160,000 letters, 4,324 of each: six standard deviations are under 400. Without the redraw of bytes from 222 on,
	// the first 34 letters would come 4,375 times and the last three 3,750 times.
	for _, letter := range []byte(Alphabet) {
		if count[letter] < 3_930 || count[letter] > 4_720 {
			t.Errorf("%q came %d times", letter, count[letter])
		}
		delete(count, letter)
	}
	if len(count) > 0 {
		t.Errorf("letters outside the alphabet: %v", count)
	}
}

// everyByte is a System whose random source gives 0, 1, 2, ... in turn.
type everyByte struct {
	system.Kernel
	next int
}

func (s *everyByte) Random(p []byte) error {
	for i := range p {
		p[i] = byte(s.next)
		s.next++
	}
	return nil
}

// TestUnfairBytesAreDrawnAgain draws one long name from every byte in turn, five times over. The bytes that would
// favour the first letters must not count, so that every letter comes as often as every other.
func TestUnfairBytesAreDrawnAgain(t *testing.T) {
	name := make([]byte, 5*fairBytes)
	must(t, randomName(&everyByte{}, name))
	for _, letter := range []byte(Alphabet) {
		if n := bytes.Count(name, []byte{letter}); n != len(name)/len(Alphabet) {
			t.Errorf("%q came %d times", letter, n)
		}
	}
}

func TestPartsThatLeadElsewhere(t *testing.T) {
	folder := t.TempDir()
	for _, o := range []Options{
		{Prefix: "a/b"}, {Suffix: "/"}, {Name: "../x"}, {Prefix: "../"}, {Prefix: "a\x00"}, {Suffix: "\x00"}, {Name: "x\x00y"},
		{Name: ".", NoPrefix: true}, {Name: "..", NoPrefix: true}, {Prefix: ".", Name: "."}, {Name: ".", Suffix: ".", NoPrefix: true},
		{Dir: folder + "\x00"}, {Permissions: 0o1777}, {Buffering: -3}, {Buffering: 1 << 40}, {NoTmpfile: true, OnlyTmpfile: true},
	} {
		if o.Dir == "" {
			o.Dir = folder
		}
		var bad *BadArgument
		if _, _, err := standard.Mkstemp(&o); !errors.As(err, &bad) || !errors.Is(err, syscall.EINVAL) {
			t.Errorf("Mkstemp with %+v: %v", o, err)
		}
		if _, err := standard.Mkdtemp(&o); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("Mkdtemp with %+v: %v", o, err)
		}
		if _, err := standard.Mktemp(&o); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("Mktemp with %+v: %v", o, err)
		}
		for class, create := range fileClasses {
			if o.Name == "" || class == "named" { // only a name that is used can be a directory's own
				if _, err := create(&o); !errors.Is(err, syscall.EINVAL) {
					t.Errorf("%s with %+v: %v", class, o, err)
				}
			}
		}
	}
	if left := remaining(t, folder); len(left) > 0 {
		t.Errorf("left behind %v", left)
	}
}

var fileClasses = map[string]func(*Options) (*File, error){
	"named": standard.NamedTemporaryFile, "unnamed": standard.TemporaryFile, "spooled": standard.SpooledTemporaryFile,
}

func TestPrefixAndSuffix(t *testing.T) {
	folder := t.TempDir()
	for _, c := range []struct {
		o              Options
		before, behind string
	}{
		{Options{}, "tmp", ""},
		{Options{NoPrefix: true}, "", ""},
		{Options{Prefix: "p-", Suffix: ".txt"}, "p-", ".txt"},
		{Options{Prefix: "é\xff", Suffix: "\n"}, "é\xff", "\n"}, // names are bytes
	} {
		c.o.Dir = folder
		path, err := standard.Mkdtemp(&c.o)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(path, folder+"/")
		middle := strings.TrimSuffix(strings.TrimPrefix(name, c.before), c.behind)
		if len(middle) != NameLength || strings.Trim(middle, Alphabet) != "" || name != c.before+middle+c.behind {
			t.Errorf("%+v: %q", c.o, name)
		}
	}
}

// occupants are what may lie under a name already. Each tells whether it is untouched.
var occupants = map[string]func(t *testing.T, path, victim string){
	"file":          func(t *testing.T, path, _ string) { must(t, os.WriteFile(path, []byte("theirs"), 0o600)) },
	"directory":     func(t *testing.T, path, _ string) { must(t, os.Mkdir(path, 0o700)) },
	"link":          func(t *testing.T, path, victim string) { must(t, os.Symlink(victim, path)) },
	"dangling link": func(t *testing.T, path, victim string) { must(t, os.Symlink(victim+"-missing", path)) },
	"fifo":          func(t *testing.T, path, _ string) { must(t, syscall.Mkfifo(path, 0o600)) },
	"socket": func(t *testing.T, path, _ string) {
		listener, err := net.Listen("unix", path)
		must(t, err)
		t.Cleanup(func() { listener.Close() })
	},
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestTakenNamesAreLeftAlone(t *testing.T) {
	creations := map[string]func(l *Engine, o *Options) (string, error){
		"Mkstemp": func(l *Engine, o *Options) (string, error) {
			descriptor, path, err := l.Mkstemp(o)
			if err == nil {
				syscall.Close(descriptor)
			}
			return path, err
		},
		"Mkdtemp": (*Engine).Mkdtemp,
		"Mktemp":  (*Engine).Mktemp,
		"NamedTemporaryFile": func(l *Engine, o *Options) (string, error) {
			f, err := l.NamedTemporaryFile(o)
			if err != nil {
				return "", err
			}
			return f.Name(), f.Free()
		},
		"TemporaryDirectory": func(l *Engine, o *Options) (string, error) {
			d, err := l.TemporaryDirectory(o)
			if err != nil {
				return "", err
			}
			return d.Name(), d.Cleanup()
		},
	}
	for occupant, occupy := range occupants {
		for creation, create := range creations {
			t.Run(creation+" and "+occupant, func(t *testing.T) {
				folder := quickFolder(t)
				victim := folder + "/victim"
				must(t, os.WriteFile(victim, []byte("victim"), 0o600))
				for _, name := range []string{"tmpaaaaaaaa", "tmpbbbbbbbb", "tmpexact"} {
					occupy(t, folder+"/"+name, victim)
				}
				before := portrait(t, folder)

				system := &scripted{System: system.Kernel{}, letters: "abc"}
				path, err := create(New(system), &Options{Dir: folder})
				if err != nil || path != folder+"/tmpcccccccc" || system.drawn != 3 {
					t.Errorf("%q, %v after %d names", path, err, system.drawn)
				}
				system.drawn = 0
				_, err = create(New(system), &Options{Dir: folder, Name: "exact"})
				var failure *fs.PathError
				if !errors.Is(err, syscall.EEXIST) || !errors.As(err, &failure) || failure.Path != folder+"/tmpexact" || system.drawn != 0 {
					t.Errorf("the exact name: %v after %d draws", err, system.drawn)
				}
				os.Remove(folder + "/tmpcccccccc")
				if after := portrait(t, folder); after != before {
					t.Errorf("before:\n%s\nafter:\n%s", before, after)
				}
			})
		}
	}
}

// portrait describes all that is in a folder: names, modes, times, links and contents.
func portrait(t testing.TB, folder string) string {
	t.Helper()
	var text strings.Builder
	for _, path := range remaining(t, folder) {
		info, err := os.Lstat(path)
		must(t, err)
		text.WriteString(path + " " + info.Mode().String())
		if !info.IsDir() {
			text.WriteString(" " + info.ModTime().String())
		}
		switch info.Mode().Type() {
		case 0:
			data, err := os.ReadFile(path)
			must(t, err)
			text.WriteString(" " + string(data))
		case fs.ModeSymlink:
			target, err := os.Readlink(path)
			must(t, err)
			text.WriteString(" -> " + target)
		}
		text.WriteByte('\n')
	}
	return text.String()
}

// TestNamesRunOut gives up with EEXIST after as many names as Python and the C library.
func TestNamesRunOut(t *testing.T) {
	folder := quickFolder(t)
	must(t, os.Mkdir(folder+"/tmpaaaaaaaa", 0o700))
	system := &scripted{System: system.Kernel{}, letters: "a"}
	if _, err := New(system).Mkdtemp(&Options{Dir: folder}); !errors.Is(err, syscall.EEXIST) || system.drawn != maxAttempts {
		t.Errorf("%v after %d names", err, system.drawn)
	}
}
