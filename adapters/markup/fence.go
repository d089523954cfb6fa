package markup

import "strings"

// A fence is a line of three to five backticks or tildes; a longer one is a ruled
// line. It opens code if a line of as many or more closes it in the same quote,
// and what stands behind it is what the code is called. Without a line that closes
// it, or with nothing between, it is text.
const (
	minFence = 3
	maxFence = 5
)

// closers are the nearest lines that may close a fence, by its sign and length.
type closers [2][maxFence + 1]int32

// pairFences finds for each line that may open a fence the one that closes it.
func (d *document) pairFences() {
	var nearest [maxNesting + 1]closers // by quotes
	deepest := 0
	for i := len(d.lines) - 1; i >= 0; i-- {
		l := &d.lines[i]
		for ; deepest > int(l.depth); deepest-- {
			nearest[deepest] = closers{} // a quote ends with the first line that is not in it
		}
		sign, length, info := fenceOf(d.textOf(*l))
		if length == 0 {
			continue
		}
		deepest = int(l.depth)
		l.close = nearest[deepest][sign][length]
		for shorter := length; info == "" && shorter >= minFence; shorter-- {
			nearest[deepest][sign][shorter] = int32(i)
		}
	}
}

// fenceOf returns which sign and how many of them the fence has that a line is,
// and what stands behind it. There are 0 where the line is no fence.
func fenceOf(s string) (sign, length int, info string) {
	_, at := indent(s)
	s = s[at:]
	if s == "" || s[0] != '`' && s[0] != '~' {
		return 0, 0, ""
	}
	rest := strings.TrimLeft(s, s[:1])
	length, info = len(s)-len(rest), strings.TrimSpace(rest)
	if length < minFence || length > maxFence || strings.Contains(info, "`") {
		return 0, 0, ""
	}
	if s[0] == '~' {
		sign = 1
	}
	return sign, length, info
}

// opensCode reports whether a line opens a fence around something.
func (d *document) opensCode(i int) bool {
	l := d.lines[i]
	for inside := i + 1; inside < int(l.close); inside++ {
		if in := d.lines[inside]; !isBlank(d.body[d.unquote(in, l.depth):in.end]) {
			return true
		}
	}
	return false
}

// fence shows the code that the fence at a line opens, and returns the number of
// the line behind it.
func (d *document) fence(i int) int {
	l := d.lines[i]
	last := int(l.close)
	d.fenceLine(l)
	d.put(openBlock, d.next(l), d.next(l))
	for _, in := range d.lines[i+1 : last] {
		d.put(nothing, in.start, d.unquote(in, l.depth))
	}
	end := d.lines[last]
	d.put(closeBlock, end.start, end.start)
	d.put(nothing, end.start, d.next(end))
	return last + 1
}

// fenceLine shows what the code is called.
func (d *document) fenceLine(l line) {
	_, _, info := fenceOf(d.textOf(l))
	if info == "" {
		d.put(nothing, l.start, d.next(l))
		return
	}
	end := l.text + int32(len(strings.TrimRight(d.textOf(l), " \t")))
	begin := end - int32(len(info))
	d.put(nothing, l.start, begin)
	d.put(openParagraph, begin, begin)
	d.put(closeParagraph, end, end)
	d.put(gap, end, d.next(l))
}
