package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// entry is a comment with the code that it is about.
type entry struct {
	name string
	doc  []paragraph
	code string
}

// header is include/tempfile.h taken apart.
type header struct {
	version   string
	overview  []paragraph
	types     []entry
	functions []entry
}

var (
	versionMacro = regexp.MustCompile(`(?m)^#define TEMPFILE_VERSION "(.*)"$`)
	prototype    = regexp.MustCompile(`^[a-z].*[ *](tempfile_\w+)\(.*\);$`)
	// The names that a piece of code declares, the best one first.
	declared = []*regexp.Regexp{
		regexp.MustCompile(`(?m)^typedef struct (\w+) {`), regexp.MustCompile(`(?m)^typedef .*?(\w+);`),
		regexp.MustCompile(`(?m)^#define (\w+)`),
	}
)

// readHeader takes the header apart: blocks with blank lines between them, of which those with a comment matter.
func readHeader(path string) (*header, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	h := &header{}
	match := versionMacro.FindStringSubmatch(string(text))
	if match == nil {
		return nil, fmt.Errorf("%s has no TEMPFILE_VERSION", path)
	}
	h.version = match[1]
	rest := string(text)
	for {
		_, after, found := strings.Cut(rest, "\n/**")
		if !found {
			break
		}
		comment, after, closed := strings.Cut(after, "*/\n")
		if !closed {
			return nil, fmt.Errorf("%s: a comment does not end", path)
		}
		rest = "\n" + after
		code, _, _ := strings.Cut(after, "\n\n")
		e := entry{doc: paragraphs(uncomment(comment)), code: strings.TrimSpace(code)}
		if err := h.add(e, strings.HasPrefix(after, "\n")); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	if h.overview == nil || len(h.types) == 0 || len(h.functions) == 0 {
		return nil, fmt.Errorf("%s has no overview, types or functions", path)
	}
	return h, nil
}

// add puts an entry where it belongs. A comment that is about no code is the overview.
func (h *header) add(e entry, alone bool) error {
	if alone {
		h.overview = append(h.overview, e.doc...)
		return nil
	}
	if match := prototype.FindStringSubmatch(e.code); match != nil {
		e.name = match[1]
		h.functions = append(h.functions, e)
		return nil
	}
	for _, form := range declared {
		if match := form.FindStringSubmatch(e.code); match != nil {
			e.name = match[1]
			if err := e.checkFields(); err != nil {
				return err
			}
			h.types = append(h.types, e)
			return nil
		}
	}
	return fmt.Errorf("%q declares nothing that is known", e.code)
}

// structOf gives a type by its name.
func (h *header) structOf(name string) entry {
	for _, e := range h.types {
		if e.name == name {
			return e
		}
	}
	panic("tempfile.h has no " + name)
}

// field is a line of a struct or a group of macros.
type field struct{ declaration, name, text string }

var (
	fieldLine = regexp.MustCompile(`^ *(.*?) +/\*\*< (.*) \*/$`)
	fieldName = regexp.MustCompile(`^#define (\w+)|(\w+);$`)
)

// checkFields fails for a struct with a field that the manual would leave out: behind a blank line, or with a comment that
// does not end in its line.
func (e *entry) checkFields() error {
	if !strings.HasPrefix(e.code, "typedef struct") || !strings.Contains(e.code, "{") {
		return nil
	}
	if !strings.Contains(e.code, "\n}") {
		return fmt.Errorf("%s has a blank line in it", e.name)
	}
	for line := range strings.Lines(e.code) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasSuffix(line, "{") && !strings.HasPrefix(line, "}") && !fieldLine.MatchString(line) {
			return fmt.Errorf("%s: %q has no comment that ends in the line", e.name, line)
		}
	}
	return nil
}

// fields gives the lines of code that have a comment of their own.
func (e *entry) fields() []field {
	var all []field
	for line := range strings.Lines(e.code) {
		if match := fieldLine.FindStringSubmatch(strings.TrimSpace(line)); match != nil {
			name := fieldName.FindStringSubmatch(match[1])
			all = append(all, field{match[1], name[1] + name[2], match[2]})
		}
	}
	return all
}

// bare gives the code without the comments of its lines.
func (e *entry) bare() string {
	var lines []string
	for line := range strings.Lines(e.code) {
		code, _, _ := strings.Cut(line, "/**<")
		lines = append(lines, strings.TrimRight(code, " \n"))
	}
	return strings.Join(lines, "\n")
}

// folded breaks a prototype into lines of a width, after its commas.
func folded(prototype string, width int) string {
	var b strings.Builder
	column := 0
	for i, part := range strings.SplitAfter(prototype, ", ") {
		if i > 0 && column+len(strings.TrimRight(part, " ")) > width {
			b.WriteString("\n    ")
			column = 4
		}
		b.WriteString(part)
		column += len(part)
	}
	return strings.ReplaceAll(b.String(), " \n", "\n")
}

// uncomment takes the stars away.
func uncomment(comment string) []string {
	var lines []string
	for line := range strings.Lines(comment) {
		line = strings.TrimRight(line, " \n")
		line = strings.TrimPrefix(strings.TrimPrefix(line, " *"), " ")
		lines = append(lines, line)
	}
	return lines
}
