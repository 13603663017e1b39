package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// example is a program of bindings/c/examples, which the tests compile and run.
type example struct {
	name   string // of the file
	title  string // the comment that it begins with
	source string
	output string
}

// exampleOf tells below which function each program stands in the reference.
var exampleOf = map[string]string{
	"detached.c":     "tempfile_file_detach",
	"directory.c":    "tempfile_temporary_directory",
	"error_detail.c": "tempfile_last_error",
	"mkstemp.c":      "tempfile_mkstemp",
	"named.c":        "tempfile_named_temporary_file",
	"removal.c":      "tempfile_removal_start",
	"spooled.c":      "tempfile_spooled_temporary_file",
	"text_latin1.c":  "tempfile_file_readline",
	"text_spooled.c": "tempfile_file_rolled",
	"unnamed.c":      "tempfile_temporary_file",
}

// readExamples gives the programs by the function that they stand below. Every program must have a place, and the other way
// round.
func readExamples(folder string) (map[string]example, error) {
	paths, err := filepath.Glob(filepath.Join(folder, "*.c"))
	if err != nil {
		return nil, err
	}
	all := map[string]example{}
	for _, path := range paths {
		name := filepath.Base(path)
		function, ok := exampleOf[name]
		if !ok {
			return nil, fmt.Errorf("%s has no function in examples.go", path)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		e, err := newExample(name, string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all[function] = e
	}
	if len(all) != len(exampleOf) {
		return nil, fmt.Errorf("%d examples in %s, but %d in examples.go", len(all), folder, len(exampleOf))
	}
	return all, nil
}

// newExample takes a program apart: the comment with its title, the code, and the comment with its output.
func newExample(name, text string) (example, error) {
	title, rest, titled := strings.Cut(strings.TrimPrefix(text, "/* "), " */\n")
	source, output, closed := strings.Cut(rest, "\n/* Output:\n")
	if !titled || !closed {
		return example{}, fmt.Errorf("it does not begin with a title and end with its output")
	}
	return example{name, title, strings.TrimSpace(source), strings.TrimSuffix(output, "*/\n")}, nil
}
