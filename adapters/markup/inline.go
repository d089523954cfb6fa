package markup

// inline reads the text of one block from its first character to its last.
type inline struct {
	*document
	start, end int32 // of the line that is read: what is one thing stands in one line, code and emphasis aside
	floor      int32 // what stands before it is part of what was found
	ticks      ticks
	emphasis   emphasis
}

// leaf shows lines of text, the first from a place on, and ends with what closes
// their block.
func (d *document) leaf(i, next int, from int32, closing kind) {
	in := &d.inline
	*in = inline{
		document: d, floor: from,
		ticks:    ticks{lines: d.lines[i:next], from: from, runs: in.ticks.runs[:0]},
		emphasis: emphasis{counted: from, open: in.emphasis.open[:0]},
	}
	for n, l := range d.lines[i:next] {
		if n > 0 {
			in.put(lineBreak, l.start-1, l.start-1)
			in.put(nothing, l.start, l.text)
			from = l.text
		}
		in.start, in.end = from, l.end
		in.read()
	}
	last := d.lines[next-1]
	end := last.end
	for end > in.start && isSpace(d.body[end-1]) {
		end--
	}
	d.put(closing, end, end)
	d.put(gap, end, d.next(last))
}

// read reads one line. At most characters nothing begins and nothing ends.
func (in *inline) read() {
	line := in.body[:in.end]
	for at := in.restOfCode(in.start); int(at) < len(line); {
		switch line[at] {
		default:
			at++
		case '`':
			at = in.restOfCode(in.backtick(at))
		case '*', '_':
			at = in.delimiters(at)
		case '@':
			at = in.atSign(at)
		case ':':
			at = in.colon(at)
		case '.':
			at = in.dot(at)
		}
	}
}

// found shows what stands in a range as one thing, in which nothing else is: the
// signs in it that were taken for possible marks are none.
func (in *inline) found(open kind, at, end int32) int32 {
	in.emphasis.forget(in.document, at)
	in.put(open, at, at)
	in.put(closeLink, end, end)
	in.floor = end
	return end
}

// passed returns what the line says in front of a place.
func (in *inline) passed(at int32) string { return in.body[in.start:at] }

// ahead returns what the line says from a place on.
func (in *inline) ahead(at int32) string { return in.body[at:in.end] }
