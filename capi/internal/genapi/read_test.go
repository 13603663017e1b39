package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// source is an export file with one function, whose parts a test replaces.
const source = `package main

// tempfile_file_tell gives the position.
//
//export tfgo_file_tell
func tfgo_file_tell(file *C.tempfile__file) (result C.int64_t) {
	stack.Reserve()
	defer rescue("tempfile_file_tell", &result)
	return 0
}

// tempfile_version gives the version.
//
//tempfile:c const char *tempfile_version(void);
`

func readSource(t *testing.T, text string) ([]function, error) {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "export_one.go"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return read(folder, []string{"one"})
}

func TestWhatIsGenerated(t *testing.T) {
	functions, err := readSource(t, source)
	if err != nil {
		t.Fatal(err)
	}
	for what, generated := range map[string]string{
		"int64_t tempfile_file_tell(tempfile_file *file);":                                      header("", functions),
		"/**\n * tempfile_version gives the version.\n */\nconst char *tempfile_version(void);": header("", functions),
		"tfgo_file_tell(call.record)":                                                           shims(functions),
		"tempfile__find(&call, file, TEMPFILE__FILE, \"tempfile_file_tell\")":                   shims(functions),
		"    tempfile_version;\n":                                                               symbols(functions, false),
	} {
		if !strings.Contains(generated, what) {
			t.Errorf("%q is not in\n%s", what, generated)
		}
	}
	if strings.Contains(shims(functions), "version") {
		t.Error("a function written in C has a shim")
	}
}

// A function that C may do without Go is asked first, with the same arguments, in every form of shim.
func TestWhatComesBeforeGo(t *testing.T) {
	for signature, wanted := range map[string]string{
		"file *C.tempfile__file":                           "    if (!first(call.record, &result) && (result = tempfile__enter_object(&call)) == 0) {\n        result = tfgo_file_tell(call.record);\n",
		"flags C.uint32_t, out_file *C.tempfile__new_file": "    if (result == 0 && !first(flags, call.record, &result) && (result = tempfile__enter_object(&call)) == 0) {\n        result = tfgo_file_tell(flags, call.record);\n",
		"out_path *C.char, size C.size_t":                  "    if (result == 0 && !first(out_path, size, &result) && (result = tempfile__enter_go(&thread, \"tempfile_file_tell\")) == 0) {\n        result = tfgo_file_tell(out_path, size);\n",
	} {
		text := strings.Replace(strings.Replace(source, "//export", "//tempfile:first first\n//export", 1), "file *C.tempfile__file", signature, 1)
		functions, err := readSource(t, text)
		if err != nil {
			t.Fatal(err)
		}
		if got := shims(functions); !strings.Contains(got, wanted) {
			t.Errorf("%q is not in\n%s", wanted, got)
		}
	}
}

// What the generator refuses would otherwise be a wrong prototype, a host's death or an undocumented function.
func TestWhatIsRefused(t *testing.T) {
	for _, c := range []struct{ old, new, complaint string }{
		{"	stack.Reserve()\n", "", "stack.Reserve()"},
		{"	defer rescue(\"tempfile_file_tell\", &result)\n", "", "defer rescue"},
		{"C.int64_t", "int", "type"},
		{"file *C.tempfile__file", "file string", "none of the ABI's"},
		{"tempfile_file_tell gives", "Gives", "does not begin with tempfile_file_tell"},
		{"const char *tempfile_version(void)", "version", "no prototype"},
	} {
		_, err := readSource(t, strings.Replace(source, c.old, c.new, 1))
		if err == nil || !strings.Contains(err.Error(), c.complaint) {
			t.Errorf("without %q: %v", c.old, err)
		}
	}
	if _, err := read(t.TempDir(), []string{"missing"}); err == nil {
		t.Error("a file that is missing was accepted")
	}
}
