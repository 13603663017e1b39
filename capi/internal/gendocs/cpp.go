package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// cpp is tempfile.hpp taken apart.
type cpp struct {
	overview []paragraph
	entries  []cppEntry
}

// cppEntry is a documented declaration, or several that share a comment.
type cppEntry struct {
	entry
	members []entry // of a class
}

var cppName = regexp.MustCompile(`(?:^|[^\w:])(operator\W+?|~?\w+)\(|^(?:enum class|class|struct) (\w+)`)

// readCpp takes tempfile.hpp apart: "///" comments, each with the declarations that follow it up to a blank line. What is in
// namespace detail, private or protected is left out.
func readCpp(path string) (*cpp, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(string(text), "\n")
	c := &cpp{}
	hidden := false
	inClass := false
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "namespace detail {"):
			hidden = true
		case strings.HasPrefix(line, "} // namespace detail"):
			hidden = false
		case trimmed == "private:" || trimmed == "protected:":
			hidden = true
		case line == "};":
			hidden, inClass = false, false
		case !hidden && strings.HasPrefix(trimmed, "///"):
			var doc []string
			for ; strings.HasPrefix(strings.TrimSpace(lines[i]), "///"); i++ {
				doc = append(doc, strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(lines[i]), "///"), " "))
			}
			if lines[i] == "" && c.overview == nil {
				c.overview = paragraphs(doc)
				continue
			}
			if lines[i] == "namespace detail {" {
				i--
				continue
			}
			block := blockAt(lines, i)
			e := entry{doc: paragraphs(doc), code: declarations(block)}
			match := cppName.FindStringSubmatch(e.code)
			if match == nil {
				return nil, fmt.Errorf("%s:%d: %q declares nothing that is known", path, i+1, e.code)
			}
			e.name = match[1] + match[2]
			switch {
			case inClass:
				last := &c.entries[len(c.entries)-1]
				last.members = append(last.members, e)
			case strings.HasPrefix(lines[i], "class "):
				inClass = true
				e.code, _, _ = strings.Cut(lines[i], " {")
				c.entries = append(c.entries, cppEntry{entry: e})
				continue
			default:
				c.entries = append(c.entries, cppEntry{entry: e})
			}
			i += len(block) - 1
		}
	}
	if c.overview == nil || len(c.entries) == 0 {
		return nil, fmt.Errorf("%s has no overview or declarations", path)
	}
	return c, nil
}

// blockAt gives the lines up to a blank one, or to what is private or ends the class. A class that is all data goes to its end.
func blockAt(lines []string, from int) []string {
	to := from
	for to < len(lines) && lines[to] != "" && lines[to] != "};" {
		to++
	}
	if strings.HasPrefix(lines[from], "struct ") || strings.HasPrefix(lines[from], "enum ") {
		to++
	}
	return lines[from:to]
}

// declarations leaves the bodies of functions out, and the initializers of their members.
func declarations(block []string) string {
	if strings.HasPrefix(block[0], "struct ") || strings.HasPrefix(block[0], "enum ") {
		return strings.Join(block, "\n")
	}
	indent := len(block[0]) - len(strings.TrimLeft(block[0], " "))
	var out strings.Builder
	parentheses, braces, initializers := 0, 0, false
	text := strings.Join(block, "\n")
	for i := 0; i < len(text); i++ {
		char := text[i]
		switch {
		case parentheses == 0 && char == '{':
			if braces == 0 {
				trimmed := strings.TrimRight(out.String(), " \n")
				out.Reset()
				out.WriteString(trimmed + ";")
			}
			braces++
			continue
		case parentheses == 0 && char == '}':
			braces--
			initializers = false
			continue
		case braces > 0:
			continue
		case char == '(':
			parentheses++
		case char == ')':
			parentheses--
		}
		if char == ':' && parentheses == 0 && i > 0 && strings.ContainsRune(" \n", rune(text[i-1])) && text[i+1] == ' ' {
			initializers = true
		}
		if !initializers {
			out.WriteByte(char)
		}
	}
	var kept []string
	for line := range strings.Lines(out.String()) {
		line = strings.TrimRight(line, " \n")
		if len(line) >= indent && strings.TrimSpace(line) != "" {
			kept = append(kept, line[indent:])
		}
	}
	return strings.Join(kept, "\n")
}
