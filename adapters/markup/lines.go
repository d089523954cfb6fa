package markup

import "strings"

// line is one line of a text.
type line struct {
	start int32 // where the line begins
	text  int32 // where its text begins, behind the marks of its quotes
	end   int32 // where it ends, before the newline
	close int32 // number of the line that closes the fence that this line opens, or 0
	depth uint8 // how many quotes it stands in
}

// splitLines finds the lines, what they quote and which fences they are.
func (d *document) splitLines() {
	d.lines = make([]line, 0, 1+strings.Count(d.body, "\n"))
	for start := 0; start < len(d.body); {
		end := len(d.body)
		if n := strings.IndexByte(d.body[start:], '\n'); n >= 0 {
			end = start + n
		}
		l := line{start: int32(start), text: int32(start), end: int32(end)}
		l.depth, l.text = d.quoteMarks(l.start, l.end)
		d.lines = append(d.lines, l)
		start = end + 1
	}
	if strings.Contains(d.body, ">") {
		d.keepComparisons()
	}
	if strings.Contains(d.body, "```") || strings.Contains(d.body, "~~~") {
		d.pairFences()
	}
}

func (d *document) textOf(l line) string { return d.body[l.text:l.end] }

// isEmpty reports whether there is nothing in a line that HTML would show.
func (d *document) isEmpty(l line) bool { return strings.Trim(d.textOf(l), " \t") == "" }

// next returns where the line behind this one begins.
func (d *document) next(l line) int32 { return min(l.end+1, int32(len(d.body))) }

// indent returns how far the first character that is not white space stands from
// the beginning of a text, in columns and in bytes. A tab has four columns.
func indent(s string) (columns, bytes int) {
	for bytes < len(s) {
		switch s[bytes] {
		case ' ':
			columns++
		case '\t':
			columns += 4
		default:
			return columns, bytes
		}
		bytes++
	}
	return columns, bytes
}
