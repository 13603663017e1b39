package main

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/doc"
	"html"
	"regexp"
	"slices"
	"strings"
)

//go:embed style.css
var style string

// sitePages gives the site: a page for each language, one to begin with, and one style sheet. Without py there is no page for
// Python.
func sitePages(h *header, pages []page, c *cpp, core *goPackage, py *pyPackage) (map[string]string, error) {
	s := &site{version: h.version, anchors: map[string]bool{}, languages: languages}
	if py == nil {
		s.languages = slices.DeleteFunc(slices.Clone(languages), func(l link) bool { return l.target == "python.html" })
	}
	for _, e := range append(append([]entry{}, h.types...), h.functions...) {
		s.anchors[e.name] = true
		for _, f := range e.fields() {
			if strings.HasPrefix(f.name, "TEMPFILE_") {
				s.anchors[f.name] = true
			}
		}
	}
	goText, err := s.golang(core)
	if err != nil {
		return nil, err
	}
	files := map[string]string{
		"style.css":  style,
		"index.html": s.index(h, pages),
		"c.html":     s.c(h, pages),
		"cpp.html":   s.cpp(c),
		"go.html":    goText,
	}
	if py != nil {
		files["python.html"] = s.python(py)
	}
	return files, nil
}

type site struct {
	version   string
	languages []link          // the pages that there are
	anchors   map[string]bool // what c.html has an anchor for
	own       string          // the function that is being described, which is no link to itself
}

// link is an item of a page's contents.
type link struct{ target, text string }

// languages are the pages, in the order of the bar at their head.
var languages = []link{{"index.html", "libtempfile"}, {"c.html", "C"}, {"cpp.html", "C++"}, {"python.html", "Python"}, {"go.html", "Go"}}

// frame puts a page together.
func (s *site) frame(own, title string, contents []link, body string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>%s</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<header><nav aria-label="Languages">
`, html.EscapeString(title))
	for _, l := range s.languages {
		current := ""
		if l.target == own {
			current = ` aria-current="page"`
		}
		fmt.Fprintf(&b, "<a href=\"%s\"%s>%s</a>\n", l.target, current, l.text)
	}
	fmt.Fprintf(&b, "<span>%s</span>\n</nav></header>\n<div class=\"columns\">\n", s.version)
	if len(contents) > 0 {
		b.WriteString("<details class=\"contents\" open><summary>On this page</summary>\n<nav aria-label=\"Contents\"><ul>\n")
		for _, l := range contents {
			fmt.Fprintf(&b, "<li><a href=\"%s\">%s</a></li>\n", l.target, html.EscapeString(l.text))
		}
		b.WriteString("</ul></nav></details>\n")
	}
	fmt.Fprintf(&b, "<main>\n<h1>%s</h1>\n%s</main>\n</div>\n</body>\n</html>\n", html.EscapeString(title), body)
	return b.String()
}

func (s *site) index(h *header, pages []page) string {
	var b strings.Builder
	for _, p := range withTopics(h.overview) {
		if p.kind == topic {
			fmt.Fprintf(&b, "<h2 id=\"%s\">%s</h2>\n", anchor(p.head), html.EscapeString(p.head))
			p.kind = prose
		}
		b.WriteString(s.paragraph(p))
	}
	b.WriteString("<h2 id=\"functions\">Functions</h2>\n<dl>\n")
	for _, p := range pages {
		fmt.Fprintf(&b, "<dt>%s</dt>\n<dd>", html.EscapeString(upper(p.title)))
		for i, f := range p.functions {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, `<a href="c.html#%s"><code>%s</code></a>`, f.name, strings.TrimPrefix(f.name, "tempfile_"))
		}
		b.WriteString("</dd>\n")
	}
	b.WriteString("</dl>\n")
	return s.frame("index.html", "libtempfile", nil, b.String())
}

func (s *site) c(h *header, pages []page) string {
	var b strings.Builder
	contents := []link{{"#types", "Types and macros"}}
	for _, p := range pages {
		contents = append(contents, link{"#" + anchor(p.title), upper(p.title)})
		fmt.Fprintf(&b, "<h2 id=\"%s\">%s</h2>\n", anchor(p.title), html.EscapeString(upper(p.title)))
		for _, f := range p.functions {
			s.heading(&b, 3, f.name, f.name)
			s.body(&b, f)
		}
	}
	b.WriteString("<h2 id=\"types\">Types and macros</h2>\n")
	for _, t := range h.types {
		s.heading(&b, 3, t.name, t.name)
		s.body(&b, t)
	}
	intro := "<p>This is <code>tempfile.h</code>. What holds for every function is on <a href=\"index.html\">the first page</a>.</p>\n"
	return s.frame("c.html", "C", append(contents[1:], contents[0]), intro+b.String())
}

func (s *site) cpp(c *cpp) string {
	var b strings.Builder
	for _, p := range withTopics(c.overview) {
		if p.kind == topic {
			fmt.Fprintf(&b, "<h2 id=\"%s\">%s</h2>\n", anchor(p.head), html.EscapeString(p.head))
			p.kind = prose
		}
		b.WriteString(s.paragraph(p))
	}
	var contents []link
	seen := map[string]int{}
	unique := func(name string) string {
		name = anchor(name)
		if seen[name]++; seen[name] > 1 {
			return fmt.Sprintf("%s-%d", name, seen[name])
		}
		return name
	}
	for _, e := range c.entries {
		id := unique("tempfile-" + e.name)
		if seen[id] == 1 { // an overload is beside the first
			contents = append(contents, link{"#" + id, e.name})
		}
		s.heading(&b, 2, id, e.name)
		s.body(&b, e.entry)
		for _, m := range e.members {
			s.heading(&b, 3, unique("tempfile-"+e.name+"-"+m.name), m.name)
			s.body(&b, m)
		}
	}
	return s.frame("cpp.html", "C++", contents, b.String())
}

func (s *site) python(p *pyPackage) string {
	var b strings.Builder
	var contents []link
	text := func(doc string) {
		for _, p := range paragraphs(strings.Split(doc, "\n")) {
			b.WriteString(s.paragraph(p))
		}
	}
	section := func(title, doc string, entries []pyEntry) {
		contents = append(contents, link{"#" + anchor(title), title})
		s.heading(&b, 2, anchor(title), title)
		text(doc)
		for _, e := range entries {
			id := "python-" + anchor(e.Name)
			contents = append(contents, link{"#" + id, e.Name})
			s.heading(&b, 3, id, e.Name)
			if e.Code != "" {
				fmt.Fprintf(&b, "<pre>%s</pre>\n", html.EscapeString(e.Code))
			}
			text(e.Doc)
		}
	}
	text(p.Overview)
	fmt.Fprintf(&b, "<p>The names are those of Python %s; with another version they are that version's.</p>\n", p.Version)
	section("The standard module's names", p.Module, p.Standard)
	section("What the standard module lacks", "", p.Extras)
	section("Commands", "", p.Commands)
	return s.frame("python.html", "Python", contents, b.String())
}

func (s *site) golang(p *goPackage) (string, error) {
	g := &goPage{p: p}
	g.text(p.Doc)
	g.examples(p.Examples)
	g.values(p.Consts)
	g.values(p.Vars)
	for _, f := range p.Funcs {
		g.function(2, f, "")
	}
	for _, t := range p.Types {
		g.heading(2, t.Name, "type "+t.Name)
		g.contents = append(g.contents, link{"#" + t.Name, "type " + t.Name})
		g.code(t.Decl)
		g.text(t.Doc)
		g.values(t.Consts)
		g.values(t.Vars)
		g.examples(t.Examples)
		for _, f := range t.Funcs {
			g.function(3, f, "")
		}
		for _, f := range t.Methods {
			g.function(3, f, t.Name+".")
		}
	}
	return s.frame("go.html", "Go", g.contents, g.String()), g.err
}

// goPage is the page of a Go package that is being written.
type goPage struct {
	strings.Builder
	p        *goPackage
	contents []link
	err      error // the first
}

func (g *goPage) heading(level int, id, text string) {
	fmt.Fprintf(g, "<h%d id=\"%s\"><a href=\"#%s\">%s</a></h%d>\n", level, id, id, html.EscapeString(text), level)
}

func (g *goPage) function(level int, f *doc.Func, owner string) {
	g.heading(level, owner+f.Name, "func "+owner+f.Name)
	if owner == "" {
		g.contents = append(g.contents, link{"#" + f.Name, "func " + f.Name})
	}
	g.code(f.Decl)
	g.text(f.Doc)
	g.examples(f.Examples)
}

func (g *goPage) values(all []*doc.Value) {
	for _, v := range all {
		g.code(v.Decl)
		g.text(v.Doc)
	}
}

// text writes a comment; its headings become the third level, and its links to other packages plain names.
func (g *goPage) text(comment string) {
	parsed := g.p.Parser().Parse(comment)
	printer := g.p.Printer()
	printer.HeadingLevel = 3
	printer.DocLinkBaseURL = ""
	g.Write(printer.HTML(parsed))
}

func (g *goPage) code(node ast.Node) {
	text, err := g.p.source(node)
	g.note(err)
	fmt.Fprintf(g, "<pre>%s</pre>\n", html.EscapeString(text))
}

func (g *goPage) examples(all []*doc.Example) {
	for _, e := range all {
		text, err := g.p.body(e)
		g.note(err)
		fmt.Fprintf(g, "<details><summary>Example</summary>\n<pre>%s</pre>\n<p>Output:</p>\n<pre>%s</pre>\n</details>\n",
			html.EscapeString(text), html.EscapeString(strings.TrimSpace(e.Output)))
	}
}

func (g *goPage) note(err error) {
	if g.err == nil {
		g.err = err
	}
}

func (s *site) heading(b *strings.Builder, level int, id, text string) {
	fmt.Fprintf(b, "<h%d id=\"%s\"><a href=\"#%s\">%s</a></h%d>\n", level, id, id, html.EscapeString(text), level)
}

func (s *site) body(b *strings.Builder, e entry) {
	fmt.Fprintf(b, "<pre>%s</pre>\n", html.EscapeString(e.bare()))
	s.own = e.name
	defer func() { s.own = "" }()
	for _, p := range e.doc {
		b.WriteString(s.paragraph(p))
	}
	if fields := e.fields(); len(fields) > 0 {
		b.WriteString("<dl class=\"fields\">\n")
		for _, f := range fields {
			id := ""
			if s.anchors[f.name] && f.name != e.name { // a macro; the first has the heading
				id = fmt.Sprintf(" id=%q", f.name)
			}
			fmt.Fprintf(b, "<dt%s><code>%s</code></dt>\n<dd>%s</dd>\n", id, f.name, s.inline(f.text))
		}
		b.WriteString("</dl>\n")
	}
}

func (s *site) paragraph(p paragraph) string {
	if p.kind == code {
		return "<pre>" + html.EscapeString(p.text) + "</pre>\n"
	}
	class := ""
	if p.head != "" {
		p.text = p.head + ": " + p.text
	}
	if p.kind == errors || p.kind == failure {
		class = ` class="errors"`
	}
	return "<p" + class + ">" + s.inline(p.text) + "</p>\n"
}

var (
	lead = regexp.MustCompile(`^(Uses of options|Returns|Errors)\b`)
	// What is set as code: names of the library and of C, errors, options with a dash, calls.
	literal = regexp.MustCompile(`\b(?:std|tempfile)::[\w:]+(?:\(\))?|\b(?:tempfile_\w+|\w+(?:\.h|\.hpp))\b(?:\(\))?|\b(?:TEMPFILE_\w+|NULL|O_[A-Z]+|SEEK_\w+)\b|-?\bE[A-Z0-9]{2,}\b|\B-l\w+\b|\b\w+\(\)`)
)

// inline sets names as code, those of tempfile.h with a link to them.
func (s *site) inline(text string) string {
	var b strings.Builder
	at := 0
	for _, span := range literal.FindAllStringIndex(text, -1) {
		b.WriteString(html.EscapeString(text[at:span[0]]))
		word := text[span[0]:span[1]]
		if name := strings.TrimSuffix(word, "()"); s.anchors[name] && name != s.own {
			fmt.Fprintf(&b, `<a href="c.html#%s"><code>%s</code></a>`, name, word)
		} else {
			b.WriteString("<code>" + html.EscapeString(word) + "</code>")
		}
		at = span[1]
	}
	b.WriteString(html.EscapeString(text[at:]))
	return lead.ReplaceAllString(b.String(), "<b>$1</b>")
}

var notInAnchors = regexp.MustCompile(`[^A-Za-z0-9_]+`)

func anchor(text string) string {
	text = strings.ReplaceAll(text, "~", "not-")
	return strings.Trim(notInAnchors.ReplaceAllString(strings.ToLower(text), "-"), "-")
}

func upper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
