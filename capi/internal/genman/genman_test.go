package main

import (
	"slices"
	"strings"
	"testing"
)

func TestParagraphsAreToldApart(t *testing.T) {
	got := paragraphs(strings.Split("One\nsentence.\n  table\n    more\nafter it.\n  - point\n    goes on\n\n    code\n\n"+
		"Returns 0.\n\nErrors: rare.\n  - -EIO, -EACCES and others: bad\n    luck.\n  - more: luck", "\n"))
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
	_, err = group(append(h.functions, entry{name: "tempfile_new"}))
	if err == nil || !strings.Contains(err.Error(), "tempfile_new is on no page") {
		t.Errorf("a function without a page: %v", err)
	}
	if _, err := group(h.functions[1:]); err == nil {
		t.Error("a page with a function that is gone is no error")
	}
}

func TestPrototypesAreFolded(t *testing.T) {
	for prototype, want := range map[string]string{
		"int f(void);":                         "int f(void);",
		"int f(int first, int second);":        "int f(int first,\n    int second);",
		"int function_with_a_name(int first);": "int function_with_a_name(int first);",
	} {
		if got := folded(prototype, 20); got != want {
			t.Errorf("%q gives %q and not %q", prototype, got, want)
		}
	}
}

// A name of C is code and leads to its description; a word that only looks like a parameter stays a word.
func TestWordsOfC(t *testing.T) {
	r := &reference{targets: map[string]string{"tempfile_unlink": "rmtree.md#tempfile_unlink"}}
	for text, want := range map[string]string{
		"path is the file, as for tempfile_unlink": "`path` is the file, as for [`tempfile_unlink`](rmtree.md#tempfile_unlink)",
		"the path and size: -EIO, in <a_b>":        "the path and `size`: `-EIO`, in &lt;`a_b`>",
		`see "Forks"`:                              `see "Forks"`,
		`"strict" or '\n', * and open(2)`:          "`\"strict\"` or `'\\n'`, \\* and `open(2)`",
	} {
		if got := r.inline(text, []string{"path", "size"}); got != want {
			t.Errorf("%q gives %q and not %q", text, got, want)
		}
	}
}

func TestEachExampleHasItsFunction(t *testing.T) {
	programs, err := readExamples("../../../bindings/c/examples")
	if err != nil {
		t.Fatal(err)
	}
	h, err := readHeader("../../../include/tempfile.h")
	if err != nil {
		t.Fatal(err)
	}
	for function, program := range programs {
		if !slices.ContainsFunc(h.functions, func(f entry) bool { return f.name == function }) {
			t.Errorf("%s is below %s, which tempfile.h lacks", program.name, function)
		}
		if !strings.Contains(program.source, function+"(") {
			t.Errorf("%s does not call %s", program.name, function)
		}
		if program.output == "" || strings.Contains(program.source, "Output:") {
			t.Errorf("%s has no output of its own: %q", program.name, program.output)
		}
	}
}
