package markup

import "strings"

// tags are all that is ever written but characters.
var tags = [...]string{
	lineBreak:      "<br>",
	openParagraph:  "<p>",
	closeParagraph: "</p>\n",
	openQuote:      "<blockquote>\n",
	closeQuote:     "</blockquote>\n",
	openList:       `<ul type="none">` + "\n",
	openInnerList:  "\n" + `<ul type="none">` + "\n",
	closeList:      "</ul>\n",
	openItem:       "<li>",
	closeItem:      "</li>\n",
	openBlock:      "<pre><code>",
	closeBlock:     "</code></pre>\n",
	openCode:       "<code>",
	closeCode:      "</code>",
	openEmphasis:   "<em>",
	closeEmphasis:  "</em>",
	openStrong:     "<strong>",
	closeStrong:    "</strong>",
	openMention:    `<span class="mention">`,
	closeMention:   "</span>",
	openLink:       `<a href="`,
	openWeb:        `<a href="http://`,
	openMailto:     `<a href="`,
	openMail:       `<a href="mailto:`,
	closeLink:      "</a>",
}

// addressEnds are what stands behind the address of a link. Nobody is told where a
// reader comes from, and a page opens beside ours.
var addressEnds = [len(tags)]string{
	openLink:   `" rel="nofollow noreferrer noopener" target="_blank">`,
	openWeb:    `" rel="nofollow noreferrer noopener" target="_blank">`,
	openMailto: `" rel="nofollow noreferrer noopener">`,
	openMail:   `" rel="nofollow noreferrer noopener">`,
}

// writeHTML writes the text with its edits.
func (d *document) writeHTML(w *strings.Builder) {
	w.Grow(d.size())
	shown := int32(0)
	for i, e := range d.edits {
		writeEscaped(w, d.body[shown:e.at])
		w.WriteString(tags[e.kind])
		if end := addressEnds[e.kind]; end != "" {
			writeEscaped(w, d.body[e.end:d.edits[i+1].at])
			w.WriteString(end)
		}
		shown = e.end
	}
	writeEscaped(w, d.body[shown:])
}

// size returns how long the HTML is where no character is escaped.
func (d *document) size() int {
	size := len(d.body)
	for i, e := range d.edits {
		size += len(tags[e.kind])
		if end := addressEnds[e.kind]; end != "" {
			size += int(d.edits[i+1].at-e.end) + len(end)
		}
	}
	return size
}

// writeEscaped writes characters as HTML shows them, in text and in attributes.
func writeEscaped(w *strings.Builder, s string) {
	shown := 0
	for i := range len(s) {
		var escaped string
		switch s[i] {
		case '&':
			escaped = "&amp;"
		case '<':
			escaped = "&lt;"
		case '>':
			escaped = "&gt;"
		case '"':
			escaped = "&#34;"
		case '\'':
			escaped = "&#39;"
		default:
			continue
		}
		w.WriteString(s[shown:i])
		w.WriteString(escaped)
		shown = i + 1
	}
	w.WriteString(s[shown:])
}
