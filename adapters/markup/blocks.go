package markup

// blocks joins lines to paragraphs, lists and code, in their quotes.
func (d *document) blocks() {
	depth := uint8(0)
	for i := 0; i < len(d.lines); {
		l := d.lines[i]
		empty := d.isEmpty(l)
		depth = d.quote(depth, l.depth, l.start, empty)
		switch {
		case empty:
			d.put(nothing, l.start, l.text)
			d.put(gap, l.text, d.next(l))
			i++
		case d.opensCode(i):
			i = d.fence(i)
		default:
			i = d.group(i)
		}
	}
	d.quote(depth, 0, int32(len(d.body)), false)
}

// quote ends and begins quotes until as many are open as a line stands in, and
// returns how many are. An empty line begins none.
func (d *document) quote(open, depth uint8, at int32, empty bool) uint8 {
	for ; open > depth; open-- {
		d.put(closeQuote, at, at)
	}
	for ; open < depth && !empty; open++ {
		d.put(openQuote, at, at)
	}
	return open
}

// group shows the lines that stand together from one on, as paragraphs and items
// of lists, and returns the number of the line behind them.
func (d *document) group(i int) int {
	end := i + 1
	for end < len(d.lines) && d.continues(end) {
		end++
	}
	items, inParagraph := list{document: d}, false
	for i < end {
		next := i + 1
		it, begins := d.itemAt(i, inParagraph)
		if begins {
			items.add(d.lines[i], it)
			for next < end && items.goesOn(next) {
				next++
			}
			d.leaf(i, next, it.text, nothing)
		} else {
			items.end(d.lines[i].start)
			for next < end && !d.interrupted(next) {
				next++
			}
			d.paragraph(i, next)
		}
		i, inParagraph = next, !begins
	}
	items.end(d.next(d.lines[end-1]))
	return end
}

// continues reports whether a line stands together with the one before it.
func (d *document) continues(i int) bool {
	l := d.lines[i]
	return l.depth == d.lines[i-1].depth && !d.isEmpty(l) && !d.opensCode(i)
}

// interrupted reports whether an item begins at a line of a paragraph.
func (d *document) interrupted(i int) bool {
	_, begins := d.itemAt(i, true)
	return begins
}

func (d *document) paragraph(i, next int) {
	l := d.lines[i]
	d.put(nothing, l.start, l.text)
	d.put(openParagraph, l.text, l.text)
	d.leaf(i, next, l.text, closeParagraph)
}
