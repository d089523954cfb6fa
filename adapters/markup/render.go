package markup

import (
	"slices"
	"strings"

	"parley/domain"
	"parley/domain/conversation"
)

// HTML returns the safe HTML of a message's text: blocks, each with a newline
// behind it. A blank text has none.
func HTML(body string) string {
	d := parse(body)
	var out strings.Builder
	d.writeHTML(&out)
	return out.String()
}

// Plain returns the text of a message without its marks and without the white
// space around it, for snippets and plain mails.
func Plain(body string) string {
	var out strings.Builder
	shown := 0
	for _, mark := range parse(body).marks() {
		out.WriteString(body[shown:mark.Start])
		shown = mark.End
	}
	if shown == 0 {
		return strings.TrimSpace(body)
	}
	out.WriteString(body[shown:])
	return strings.TrimSpace(out.String())
}

// Range is a part of a text, in bytes: End is behind it.
type Range struct{ Start, End int }

// Marks returns the parts of a text that are no text, in their order.
func Marks(body string) []Range { return parse(body).marks() }

func (d *document) marks() (marks []Range) {
	for _, e := range d.edits {
		if e.isMark() {
			marks = append(marks, Range{int(e.at), int(e.end)})
		}
	}
	return marks
}

// Mentions returns the different people whom a text mentions, in their order, at
// most [conversation.MaxMentions]: further ones are only shown. What is code
// mentions nobody.
func Mentions(body string) (people []domain.Person) {
	if !strings.Contains(body, "@") {
		return nil
	}
	for _, p := range parse(body).people {
		if len(people) < conversation.MaxMentions && !slices.Contains(people, p) {
			people = append(people, p)
		}
	}
	return people
}
