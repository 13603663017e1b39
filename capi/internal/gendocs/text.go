package main

import (
	"regexp"
	"strings"
)

// paragraph is one of a comment's.
type paragraph struct {
	kind kind
	head string // what a paragraph of kind topic begins with
	text string // one line; of code, several
}

// kind is what a paragraph tells, known by its first words.
type kind int

const (
	prose   kind = iota
	topic        // "Threads. Any function ...", in an overview
	options      // "Uses of options: ..."
	returns      // "Returns ..."
	errors       // "Errors: ..."
	code         // indented: code, and lists
)

var topicHead = regexp.MustCompile(`^([A-Z][\w ,]{2,40})\. `)

// paragraphs gives the paragraphs of a comment. Blank lines divide them, and so does a change to or from indented lines.
func paragraphs(lines []string) []paragraph {
	var all []paragraph
	var open []string
	flush := func() {
		if len(open) > 0 {
			all = append(all, newParagraph(open))
		}
		open = nil
	}
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			flush()
			continue
		}
		if len(open) > 0 && indented(line) != indented(open[0]) {
			flush()
		}
		open = append(open, line)
	}
	flush()
	return all
}

func indented(line string) bool { return strings.HasPrefix(line, "  ") }

func newParagraph(lines []string) paragraph {
	if indented(lines[0]) {
		margin := lines[0][:len(lines[0])-len(strings.TrimLeft(lines[0], " "))]
		for i, line := range lines {
			lines[i] = strings.TrimPrefix(line, margin)
		}
		return paragraph{kind: code, text: strings.Join(lines, "\n")}
	}
	text := strings.TrimSpace(strings.Join(lines, " "))
	switch {
	case strings.HasPrefix(text, "Uses of options: "):
		return paragraph{kind: options, text: text}
	case strings.HasPrefix(text, "Returns "):
		return paragraph{kind: returns, text: text}
	case strings.HasPrefix(text, "Errors: "):
		return paragraph{kind: errors, text: text}
	}
	return paragraph{text: text}
}

// withTopics finds the topics of an overview: there a paragraph's short first sentence is its heading.
func withTopics(overview []paragraph) []paragraph {
	all := make([]paragraph, len(overview))
	for i, p := range overview {
		if match := topicHead.FindStringSubmatch(p.text); p.kind == prose && match != nil {
			p = paragraph{kind: topic, head: match[1], text: strings.TrimPrefix(p.text, match[0])}
		} else if p.kind == errors {
			p = paragraph{kind: topic, head: "Errors", text: strings.TrimPrefix(p.text, "Errors: ")}
		}
		all[i] = p
	}
	return all
}
