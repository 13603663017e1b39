package main

import (
	stderrors "errors"
	"strings"
	"testing"
)

func TestDeclarationsHaveNoBodies(t *testing.T) {
	for source, want := range map[string]string{
		"int f() noexcept { return g({1}); }":                                               "int f() noexcept;",
		"int f(const options &given = {})\n{\n    return 1;\n}":                             "int f(const options &given = {});",
		"    explicit file(handle *h) noexcept : h_(h) {}":                                  "explicit file(handle *h) noexcept;",
		"    error(int code)\n        : base(code),\n          text_(f({1}))\n    {\n    }": "error(int code);",
		"    file() noexcept = default;":                                                    "file() noexcept = default;",
		"std::string name();\nstd::string name(code &c) { x(); }":                           "std::string name();\nstd::string name(code &c);",
		"struct pair {\n    int a = 0;\n};":                                                 "struct pair {\n    int a = 0;\n};",
	} {
		if got := declarations(strings.Split(source, "\n")); got != want {
			t.Errorf("%q gives %q and not %q", source, got, want)
		}
	}
}

func TestParagraphsAreToldApart(t *testing.T) {
	got := paragraphs(strings.Split("One\nsentence.\n  table\n    more\nafter it.\n  - point\n    goes on\n\n    code\n\nReturns 0.\n\nErrors: rare.\n  - -EIO, -EACCES and others: bad\n    luck.\n  - more: luck", "\n"))
	want := []paragraph{
		{text: "One sentence."}, {kind: code, text: "table\n  more"}, {text: "after it."}, {kind: item, text: "point goes on"},
		{kind: code, text: "code"}, {kind: returns, text: "Returns 0."}, {kind: errors, text: "Errors: rare."},
		{kind: failure, head: "-EIO, -EACCES and others", text: "bad luck."}, {kind: failure, text: "more: luck"},
	}
	if len(got) != len(want) {
		t.Fatalf("%d paragraphs, not %d: %+v", len(got), len(want), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("paragraph %d is %+v and not %+v", i, got[i], want[i])
		}
	}
}

// What a formatter would take for a request, an escape or a typographic mark must reach the reader as it is.
func TestRoffProtects(t *testing.T) {
	for text, want := range map[string]string{
		`.tempfile`: `\&.tempfile`, `'\n'`: `\(aq\en\(aq`, "-EIO": `\-EIO`, "read-ahead": "read-ahead", "a-z, 0-9": `a-z, 0\-9`,
	} {
		if got := roff(text); got != want {
			t.Errorf("%q gives %q and not %q", text, got, want)
		}
	}
}

func TestEachFunctionHasAPage(t *testing.T) {
	h, err := readHeader("../../../include/tempfile.h")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := group(h.functions); err != nil {
		t.Error(err)
	}
	if _, err := group(append(h.functions, entry{name: "tempfile_new"})); err == nil || !strings.Contains(err.Error(), "tempfile_new is on no page") {
		t.Errorf("a function without a page: %v", err)
	}
	if _, err := group(h.functions[1:]); err == nil {
		t.Error("a page with a function that is gone is no error")
	}
}

func TestPythonIsRead(t *testing.T) {
	p, err := readPython("python3", "../../../python")
	if stderrors.Is(err, errNoPython) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	find := func(entries []pyEntry, name string) pyEntry {
		for _, e := range entries {
			if e.Name == name {
				return e
			}
		}
		t.Fatalf("%s is not there", name)
		return pyEntry{}
	}
	if e := find(p.Standard, "mkstemp"); e.Code != "def mkstemp(suffix=None, prefix=None, dir=None, text=False)" {
		t.Errorf("mkstemp is declared as %q", e.Code)
	}
	if e := find(p.Standard, "TemporaryDirectory"); !strings.HasPrefix(e.Code, "class TemporaryDirectory(") ||
		!strings.HasSuffix(e.Code, "\n    cleanup()") || !strings.Contains(e.Doc, "'ignore_cleanup_errors' -- ") {
		t.Errorf("TemporaryDirectory is %+v", e)
	}
	if e := find(p.Extras, "LibraryError"); e.Doc == "" {
		t.Error("LibraryError has no documentation")
	}
}

// A machine without Python gets the other pages, and none of them has a link to one that is not there.
func TestSiteWithoutPython(t *testing.T) {
	if _, err := readPython("/nowhere/python3", "../../../python"); !stderrors.Is(err, errNoPython) {
		t.Errorf("a Python that is missing: %v", err)
	}
	h, err := readHeader("../../../include/tempfile.h")
	if err != nil {
		t.Fatal(err)
	}
	core, err := readGo("../../../core", "libtempfile/core")
	if err != nil {
		t.Fatal(err)
	}
	for _, py := range []*pyPackage{nil, {Overview: "Text."}} {
		files, err := sitePages(h, nil, &cpp{}, core, py)
		if err != nil {
			t.Fatal(err)
		}
		_, made := files["python.html"]
		if linked := strings.Contains(files["index.html"], `"python.html"`); made != (py != nil) || linked != made {
			t.Errorf("the page for Python is made: %t, linked: %t, although it was read: %t", made, linked, py != nil)
		}
	}
}
