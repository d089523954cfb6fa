package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// quoteMarks returns how many quotes a line stands in, and where its text begins:
// behind the marks and one space. A mark is a > behind which white space, a
// letter, a further mark or nothing stands: >5 and >:( are none. Where there are
// more than may nest, all are text.
func (d *document) quoteMarks(start, end int32) (depth uint8, text int32) {
	text = start
	for seen, at := uint8(1), d.behindMark(start, end); at > 0; seen, at = seen+1, d.behindMark(at, end) {
		if seen > maxNesting {
			return 0, start
		}
		if at == end || isSpace(d.body[at-1]) || isSpace(d.body[at]) || startsWithLetter(d.body[at:end]) {
			depth, text = seen, at
		}
	}
	return depth, text
}

// unquote returns where the text of a line begins behind the marks of as many
// quotes, which are there.
func (d *document) unquote(l line, depth uint8) int32 {
	at := l.start
	for range depth {
		at = d.behindMark(at, l.end)
	}
	return at
}

// behindMark returns what stands behind a quote's mark, which may have three
// spaces in front of it and takes one space with it, or 0 where there is none.
func (d *document) behindMark(at, end int32) int32 {
	for spaces := 0; spaces < 3 && at < end && d.body[at] == ' '; spaces++ {
		at++
	}
	if at == end || d.body[at] != '>' {
		return 0
	}
	at++
	if at < end && d.body[at] == ' ' {
		at++
	}
	return at
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }

func startsWithLetter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// keepComparisons takes lines of one > for what they say, more than, where
// nothing but numbers and their units is quoted: "> 5 kg", or where nothing is.
func (d *document) keepComparisons() {
	for i := 0; i < len(d.lines); i++ {
		begin, quoted := i, false
		for ; i < len(d.lines) && d.lines[i].depth > 0; i++ {
			l := d.lines[i]
			quoted = quoted || l.depth > 1 || !isBlank(d.textOf(l)) && !startsWithNumber(d.textOf(l))
		}
		for ; !quoted && begin < i; begin++ {
			d.lines[begin].depth, d.lines[begin].text = 0, d.lines[begin].start
		}
	}
}

// startsWithNumber reports whether a text begins with a number, perhaps with a
// sign or a currency, that is not the number of a list's item.
func startsWithNumber(s string) bool {
	s = strings.TrimLeft(s, " \t")
	if listSign(s) > 0 {
		return false
	}
	s = strings.TrimLeftFunc(s, func(r rune) bool {
		return unicode.Is(unicode.Sc, r) || strings.ContainsRune(" +-−–±~≈=≥≤", r)
	})
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsDigit(r)
}
