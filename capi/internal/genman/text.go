package main

import (
	"regexp"
	"strings"
)

// paragraph is one of a comment's.
type paragraph struct {
	kind kind
	head string // of a topic or an item: the words that it begins with
	text string // one line; of code, several
}

// kind is the purpose of a paragraph, known by its first words.
type kind int

const (
	prose   kind = iota
	item         // "  - text", or "  - head: text" where the head is an errno or "others"
	topic        // "Threads. Any function ...", in an overview
	options      // "Uses of options: ..."
	returns      // "Returns ..."
	errors       // "Errors: ..."
	failure      // an item of the list below "Errors:"
	code         // indented: code, and tables
)

var (
	topicHead = regexp.MustCompile(`^([A-Z][\w ,]{2,40})\. `)
	itemHead  = regexp.MustCompile(`^((?:-E[A-Z0-9]+|and others|others|, | and )+): `)
)

const (
	bullet     = "  - "
	underItem  = "    "
	errorsHead = "Errors:"
)

// paragraphs gives the paragraphs of a comment. They end at a blank line, at a list's next item, and where the indentation
// begins or ends.
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
		if len(open) > 0 && !continues(line, open[0]) {
			flush()
		}
		open = append(open, line)
	}
	flush()
	for i := 1; i < len(all); i++ {
		if before := all[i-1].kind; all[i].kind == item && (before == errors || before == failure) {
			all[i].kind = failure
		}
	}
	return all
}

// continues tells whether a line belongs to the paragraph that begins with first.
func continues(line, first string) bool {
	if strings.HasPrefix(first, bullet) {
		return strings.HasPrefix(line, underItem)
	}
	return !strings.HasPrefix(line, bullet) && indented(line) == indented(first)
}

func indented(line string) bool { return strings.HasPrefix(line, "  ") }

func newParagraph(lines []string) paragraph {
	if strings.HasPrefix(lines[0], bullet) {
		return newItem(lines)
	}
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
	case strings.HasPrefix(text, errorsHead):
		return paragraph{kind: errors, text: text}
	}
	return paragraph{text: text}
}

func newItem(lines []string) paragraph {
	words := []string{strings.TrimPrefix(lines[0], bullet)}
	for _, line := range lines[1:] {
		words = append(words, strings.TrimSpace(line))
	}
	p := paragraph{kind: item, text: strings.Join(words, " ")}
	if match := itemHead.FindStringSubmatch(p.text); match != nil {
		p.head, p.text = match[1], strings.TrimPrefix(p.text, match[0])
	}
	return p
}

// withTopics finds the topics of an overview: there a paragraph's short first sentence is its heading.
func withTopics(overview []paragraph) []paragraph {
	all := make([]paragraph, len(overview))
	for i, p := range overview {
		if match := topicHead.FindStringSubmatch(p.text); p.kind == prose && match != nil {
			p = paragraph{kind: topic, head: match[1], text: strings.TrimPrefix(p.text, match[0])}
		}
		all[i] = p
	}
	return all
}
