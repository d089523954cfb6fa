package markup

import (
	"strings"
	"unicode"

	"parley/domain"
)

// maxNesting bounds how deep quotes, lists and emphasis nest, each for itself:
// trees of any depth are more than what shows them may take.
const maxNesting = 8

// document is a text that has been read: its edits say how it is shown. The
// ranges of edits never overlap, and stand in the order of the text.
type document struct {
	body   string
	lines  []line
	edits  []edit
	inline inline          // reads one block after the other
	people []domain.Person // whom the text mentions, in its order, perhaps again

	// work counts the bytes that were looked at behind the place where reading
	// stands, and may have to be looked at again: it proves what is promised.
	work int
}

// edit takes the range from at to end out of the text and puts in its place what
// its kind says. The range is a mark, or a gap.
type edit struct {
	at, end int32
	kind    kind
}

// kind says what an edit puts into the HTML.
type kind uint8

const (
	nothing   kind = iota
	gap            // the range is white space around blocks, which HTML has by itself, and no mark
	lineBreak      // in front of a newline
	openParagraph
	closeParagraph
	openQuote
	closeQuote
	openList
	openInnerList // in an item of another
	closeList
	openItem
	closeItem
	openBlock // of code
	closeBlock
	openCode
	closeCode
	openEmphasis
	closeEmphasis
	openStrong
	closeStrong
	openMention
	closeMention
	openLink   // to what stands between here and the next edit, which is closeLink
	openWeb    // the same, where the scheme was left out
	openMailto // the same, to a mail address with mailto:
	openMail   // the same without
	closeLink
)

// parse reads a text. A text that would show nothing has no marks.
func parse(body string) *document {
	d := &document{body: body}
	d.splitLines()
	d.blocks()
	if d.showsNothing() {
		d.literal()
	}
	return d
}

// put adds an edit, if it does anything.
func (d *document) put(k kind, at, end int32) {
	if k > gap || end > at {
		d.edits = append(d.edits, edit{at, end, k})
	}
}

// isMark reports whether the range of an edit is a mark.
func (e edit) isMark() bool { return e.end > e.at && e.kind != gap }

// showsNothing reports whether nothing but marks and white space stands in a
// text that has marks.
func (d *document) showsNothing() bool {
	shown, marks := int32(0), false
	for _, e := range d.edits {
		if !e.isMark() {
			continue
		}
		if !isBlank(d.body[shown:e.at]) {
			return false
		}
		shown, marks = e.end, true
	}
	return marks && isBlank(d.body[shown:])
}

// literal makes the whole text one paragraph without marks.
func (d *document) literal() {
	d.edits, d.people = d.edits[:0], nil
	begin := int32(len(d.body) - len(strings.TrimLeftFunc(d.body, unicode.IsSpace)))
	end := begin + int32(len(strings.TrimSpace(d.body)))
	d.put(gap, 0, begin)
	d.put(openParagraph, begin, begin)
	for i := begin; i < end; i++ {
		if d.body[i] == '\n' {
			d.put(lineBreak, i, i)
		}
	}
	d.put(closeParagraph, end, end)
	d.put(gap, end, int32(len(d.body)))
}

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }
