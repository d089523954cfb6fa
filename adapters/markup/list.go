package markup

import "strings"

// item is a line at which an item of a list begins. Its sign is text like what
// follows it; that it is an item is seen by where it stands.
type item struct {
	columns int   // how far it is indented
	at      int32 // where its sign stands
	text    int32 // what follows the sign
}

// itemAt returns the item that begins at a line, if one does. In a paragraph
// numbers begin one only with 1: a line may begin with a year.
func (d *document) itemAt(i int, inParagraph bool) (item, bool) {
	s := d.textOf(d.lines[i])
	columns, bytes := indent(s)
	sign := listSign(s[bytes:])
	if sign == 0 || inParagraph && isDigit(s[bytes]) && (sign > 2 || s[bytes] != '1') {
		return item{columns: columns}, false
	}
	at := d.lines[i].text + int32(bytes)
	return item{columns, at, at + int32(sign)}, true
}

// listSign returns how long the sign is with which a text begins as an item of a
// list does: - * + or a number with a dot or a parenthesis, and then a space and
// something. It is 0 where there is none.
func listSign(s string) (length int) {
	for length < len(s) && length < 9 && isDigit(s[length]) {
		length++
	}
	signs := "-*+"
	if length > 0 {
		signs = ".)"
	}
	if length == len(s) || strings.IndexByte(signs, s[length]) < 0 {
		return 0
	}
	length++
	if length == len(s) || !isSpace(s[length]) || isBlank(s[length:]) {
		return 0
	}
	return length
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// list is the lists that are open, each in an item of the one before.
type list struct {
	*document
	columns []int // how far the items of each are indented
}

// add shows that an item begins at a line: one more of the innermost list that is
// indented as far, or the first of a list in the item before it.
func (l *list) add(at line, it item) {
	l.put(nothing, at.start, at.text)
	l.put(gap, at.text, it.at)
	for len(l.columns) > 1 && it.columns < l.innermost() {
		l.close(it.at)
	}
	switch {
	case len(l.columns) == 0:
		l.open(openList, it)
	case it.columns > l.innermost()+1 && len(l.columns) < maxNesting:
		l.open(openInnerList, it)
	default:
		l.put(closeItem, it.at, it.at)
		l.columns[len(l.columns)-1] = min(l.innermost(), it.columns)
	}
	l.put(openItem, it.at, it.at)
}

// goesOn reports whether a line belongs to the innermost item.
func (l *list) goesOn(i int) bool {
	it, begins := l.itemAt(i, false)
	return !begins && it.columns > l.innermost()
}

func (l *list) innermost() int { return l.columns[len(l.columns)-1] }

func (l *list) open(k kind, it item) {
	l.put(k, it.at, it.at)
	l.columns = append(l.columns, it.columns)
}

func (l *list) close(at int32) {
	l.put(closeItem, at, at)
	l.put(closeList, at, at)
	l.columns = l.columns[:len(l.columns)-1]
}

// end closes all.
func (l *list) end(at int32) {
	for len(l.columns) > 0 {
		l.close(at)
	}
}
