package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const source = `
static int kept __attribute__((section("tempfile_kept")));
static void (*entry)(void) __attribute__((section("go_init"), used)) = {0};
int *use(void) { return &kept; }
`

// link makes a library of a C source.
func link(t *testing.T, source string, flags ...string) string {
	t.Helper()
	compiler := os.Getenv("CC")
	if compiler == "" {
		compiler = "gcc"
	}
	if _, err := exec.LookPath(compiler); err != nil {
		t.Skipf("%s is missing", compiler)
	}
	folder := t.TempDir()
	from, to := filepath.Join(folder, "source.c"), filepath.Join(folder, "library.so")
	if err := os.WriteFile(from, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(compiler, append([]string{"-shared", "-fPIC", "-o", to, from}, flags...)...)
	if said, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return to
}

// What the check lets pass a restart would get wrong.
func TestLayout(t *testing.T) {
	full := []string{"-Wl,-z,relro,-z,now"}
	for complaint, library := range map[string]string{
		"":              link(t, source, full...),
		"-z now":        link(t, source, "-Wl,-z,lazy,-z,relro"),
		"tempfile_kept": link(t, strings.Replace(source, "tempfile_kept", "other", 1), full...),
		"go_init":       link(t, strings.Replace(source, "go_init", "other", 1), full...),
		"the one entry": link(t, strings.Replace(source, "(*entry)(void)", "(*entry[2])(void)", 1), full...),
	} {
		err := check(library)
		switch {
		case complaint == "" && err != nil:
			t.Errorf("a library as it should be: %v", err)
		case complaint != "" && (err == nil || !strings.Contains(err.Error(), complaint)):
			t.Errorf("%q: %v", complaint, err)
		}
	}
}

// Where there is no relocation of Go's slot nothing can be fixed, and nothing is written.
func TestFixNeedsASlot(t *testing.T) {
	library := link(t, source, "-Wl,-z,relro,-z,now")
	before, err := os.ReadFile(library)
	if err != nil {
		t.Fatal(err)
	}
	if err := fixSlot(library); err == nil || !strings.Contains(err.Error(), "no relocation") {
		t.Errorf("the error is %v", err)
	}
	after, err := os.ReadFile(library)
	if err != nil || string(after) != string(before) {
		t.Errorf("the file was changed, or %v", err)
	}
}

// A thread-local variable as Go's gets the place, and the relocation goes.
func TestFix(t *testing.T) {
	library := link(t, source+`__thread long slot __attribute__((tls_model("initial-exec"))); long *place(void) { return &slot; }`, "-Wl,-z,relro,-z,now")
	if err := fixSlot(library); err != nil {
		t.Fatal(err)
	}
	if err := fixSlot(library); err == nil {
		t.Error("the relocation is still there")
	}
}
