package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// reference is the C interface as pages of Markdown: a page for each man page, one for types, one for all that holds
// everywhere, and an index.
type reference struct {
	header   *header
	pages    []page
	programs map[string]example
	targets  map[string]string // where each function, type and macro is described
}

const (
	indexFile    = "index.md"
	overviewFile = "overview.md"
	typesFile    = "types.md"
)

func newReference(h *header, pages []page, programs map[string]example) *reference {
	r := &reference{h, pages, programs, map[string]string{}}
	for _, p := range pages {
		for _, f := range p.functions {
			r.targets[f.name] = p.file() + "#" + f.name
		}
	}
	for _, e := range h.types {
		r.targets[e.name] = typesFile + "#" + e.name
		for _, f := range e.fields() {
			if strings.HasPrefix(f.name, "TEMPFILE_") {
				r.targets[f.name] = typesFile + "#" + e.name
			}
		}
	}
	return r
}

// file is the page's name: that of its first function.
func (p *page) file() string { return strings.TrimPrefix(p.name(), "tempfile_") + ".md" }

func (r *reference) files() map[string]string {
	files := map[string]string{indexFile: r.index(), overviewFile: r.overview(), typesFile: r.types()}
	for _, p := range r.pages {
		files[p.file()] = r.page(p)
	}
	return files
}

// index lists every function with its first sentence.
func (r *reference) index() string {
	var b strings.Builder
	b.WriteString("# C reference\n\nThe interface of `tempfile.h`, version " + r.header.version + ". " +
		"[What holds everywhere](overview.md) is about ownership, errors, forks, threads and signals; " +
		"[types and macros](types.md) has the options.\n")
	for _, p := range r.pages {
		fmt.Fprintf(&b, "\n## [%s](%s)\n\n| Function | What it does |\n|---|---|\n", capital(p.title), p.file())
		for _, f := range p.functions {
			fmt.Fprintf(&b, "| [`%s`](%s) | %s |\n", f.name, r.targets[f.name], r.inline(summary(f), nil))
		}
	}
	return b.String()
}

// summary is what a function does, without its name: the first sentence of its comment.
func summary(f entry) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(f.doc[0].text, f.name+" "), ". ")
	return strings.TrimSuffix(first, ".")
}

func (r *reference) overview() string {
	var b strings.Builder
	b.WriteString("# What holds everywhere\n")
	r.paragraphs(&b, withTopics(r.header.overview), nil)
	return b.String()
}

func (r *reference) types() string {
	var b strings.Builder
	b.WriteString("# Types and macros\n")
	// Options, flags and errors come before what only has a name or a number.
	hasFields := func(e entry) int { return min(len(e.fields()), 1) }
	all := slices.SortedStableFunc(slices.Values(r.header.types), func(a, b entry) int { return hasFields(b) - hasFields(a) })
	for _, e := range all {
		fmt.Fprintf(&b, "\n## `%s` { #%s }\n", e.name, e.name)
		r.paragraphs(&b, e.doc, nil)
		if fields := e.fields(); len(fields) > 0 {
			b.WriteString("\n| | |\n|---|---|\n")
			for _, f := range fields {
				word := f.name // the value of a macro is of no use to a reader
				if !strings.HasPrefix(f.declaration, "#define") {
					word = strings.TrimSuffix(f.declaration, ";")
				}
				fmt.Fprintf(&b, "| `%s` | %s |\n", word, r.inline(f.text, nil))
			}
			continue
		}
		b.WriteString("\n```c\n" + e.bare() + "\n```\n")
	}
	return b.String()
}

func (r *reference) page(p page) string {
	var b strings.Builder
	b.WriteString("# " + capital(p.title) + "\n")
	for _, f := range p.functions {
		fmt.Fprintf(&b, "\n## `%s` { #%s }\n\n```c\n%s\n```\n", f.name, f.name, folded(f.code, 84))
		words := parameters(f.code)
		if slices.Contains(words, "options") {
			words = append(words, r.optionNames()...)
		}
		doc := slices.Clone(f.doc)
		doc[0].text = capital(strings.TrimPrefix(doc[0].text, f.name+" "))
		r.paragraphs(&b, doc, words)
		if e, ok := r.programs[f.name]; ok {
			b.WriteString(e.markdown())
		}
	}
	return b.String()
}

// markdown shows a program folded: it is longer than all that is said of the function.
func (e example) markdown() string {
	code := "```c\n" + e.source + "\n```\n\nIt prints\n\n```text\n" + e.output + "```\n"
	return fmt.Sprintf("\n??? example \"%s\"\n\n%s", escaped(e.title), indent(code))
}

func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line != "\n" {
			b.WriteString("    ")
		}
		b.WriteString(line)
	}
	return b.String()
}

// paragraphs writes them. words are the names that are code there.
func (r *reference) paragraphs(b *strings.Builder, all []paragraph, words []string) {
	for i, p := range all {
		if isItem := p.kind == item || p.kind == failure; isItem && (i == 0 || all[i-1].kind != p.kind) {
			b.WriteString("\n") // begins a list
		}
		r.paragraph(b, p, words)
	}
}

func (r *reference) paragraph(b *strings.Builder, p paragraph, words []string) {
	switch p.kind {
	case code:
		b.WriteString("\n```text\n" + p.text + "\n```\n")
	case item, failure:
		head := ""
		if p.head != "" {
			head = r.inline(p.head, nil) + ": "
		}
		b.WriteString("* " + head + r.inline(p.text, words) + "\n")
	case topic:
		b.WriteString("\n## " + p.head + "\n\n" + r.inline(p.text, words) + "\n")
	case options:
		b.WriteString("\n**Options.** " + r.inline(strings.TrimPrefix(p.text, "Uses of options: "), words) + "\n")
	case returns:
		b.WriteString("\n**Returns** " + r.inline(strings.TrimPrefix(p.text, "Returns "), words) + "\n")
	case errors:
		text := strings.TrimSpace(strings.TrimPrefix(p.text, errorsHead))
		b.WriteString("\n**Errors.** " + r.inline(capital(text), words) + "\n")
	default:
		b.WriteString("\n" + r.inline(p.text, words) + "\n")
	}
}

func (r *reference) optionNames() []string {
	options := r.header.structOf("tempfile_options")
	var names []string
	for _, f := range options.fields() {
		names = append(names, f.name)
	}
	return names
}

var (
	parameter = regexp.MustCompile(`(\w+)[,)]`)
	anyWord   = regexp.MustCompile(`\w+`)
)

// parameters gives the names of a prototype's parameters.
func parameters(prototype string) []string {
	var names []string
	for _, match := range parameter.FindAllStringSubmatch(prototype, -1) {
		names = append(names, match[1])
	}
	return names
}

// cWord is a function, a macro, an errno, a page of the manual, a literal, or what is a name by its form.
var cWord = regexp.MustCompile(`\b[a-z_]+=(?:True|False)\b|\boptions\.\w+|\btempfile_\w+(?:\.\w+|\(\))?|\bTEMPFILE_\w+|` +
	`-E[A-Z0-9]{2,}\b|\bNULL\b|\bSIG[A-Z0-9]{2,}\b|\bO_[A-Z]+\b|` +
	`\b_?[a-zA-Z]+\(\d\)|\b[a-z]+_[a-z_]+\b|"[^" A-Z][^" ]*"|""|'[^' ]*'|\bconst char \*`)

// inline sets words of C as code, with a link to what is described elsewhere.
func (r *reference) inline(text string, words []string) string {
	found := append(cWord.FindAllStringIndex(text, -1), wordsIn(text, words)...)
	slices.SortFunc(found, func(a, b []int) int { return a[0] - b[0] })
	var b strings.Builder
	at := 0
	for _, m := range found {
		if m[0] < at {
			continue
		}
		b.WriteString(escaped(text[at:m[0]]) + r.link(text[m[0]:m[1]]))
		at = m[1]
	}
	return b.String() + escaped(text[at:])
}

// Parameters and fields have names that are English words, too. One is meant where a verb follows it, or in a list.
var (
	beforeName = regexp.MustCompile(`(?:^|[,;:] |and |or |of |\. |\()$`)
	afterName  = regexp.MustCompile(`^(?:[,.;:]|$| and | or | is\b| are\b| has\b| receives\b| contains\b| decides\b)`)
)

// wordsIn finds the names among a text's words.
func wordsIn(text string, names []string) [][]int {
	var found [][]int
	for _, m := range anyWord.FindAllStringIndex(text, -1) {
		if slices.Contains(names, text[m[0]:m[1]]) && beforeName.MatchString(text[:m[0]]) && afterName.MatchString(text[m[1]:]) {
			found = append(found, m)
		}
	}
	return found
}

func (r *reference) link(word string) string {
	code := "`" + word + "`"
	name, _, _ := strings.Cut(strings.TrimSuffix(word, "()"), ".")
	if target, ok := r.targets[name]; ok {
		return "[" + code + "](" + target + ")"
	}
	return code
}

var escapes = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `_`, `\_`, "`", "\\`",
	`[`, `\[`, `]`, `\]`, `|`, `\|`, `<`, `&lt;`, `&`, `&amp;`)

func escaped(text string) string { return escapes.Replace(text) }

func capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
