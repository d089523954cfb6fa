package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// pathEnd returns where an address ends whose host ends at a place.
func (in *inline) pathEnd(at int32) int32 {
	if at < in.end && strings.IndexByte("/?#", in.body[at]) >= 0 {
		return in.addressEnd(at)
	}
	return at
}

// addressEnd returns where an address ends that is read from a place behind its
// scheme or its host on: at white space, at a sign that no address has, at a
// parenthesis that it did not open, and where a text in a script without spaces
// goes on behind a word. Signs that end a sentence are not its own at its end.
func (in *inline) addressEnd(from int32) int32 {
	a := address{text: in.ahead(from)}
	for a.step() {
	}
	end := from + int32(in.withoutTail(a.text[:a.length]))
	in.work += int(from) + a.length - int(end)
	return end
}

// address is what has been read of one.
type address struct {
	text   string
	length int
	last   rune   // 0 at its beginning
	open   []byte // what closes the parentheses that are open
	query  bool
}

// step reads one more character, and returns false where the address ends.
func (a *address) step() bool {
	r, size := utf8.DecodeRuneInString(a.text[a.length:])
	if size == 0 || !a.takes(r, a.text[a.length+size:]) {
		return false
	}
	a.length += size
	if !unicode.Is(unicode.M, r) {
		a.last = r
	}
	return true
}

// takes reports whether a character belongs to the address, before the rest.
func (a *address) takes(r rune, rest string) bool {
	switch {
	case r < utf8.RuneSelf:
		return a.takesASCII(byte(r)) && !(strings.ContainsRune(",;", r) && beginsAddress(rest))
	case isCased(r), unicode.Is(unicode.M, r) && a.last != 0:
		return true
	case isUncased(r) || unicode.IsNumber(r):
		return goesOn(a.last)
	case strings.ContainsRune(inner, r):
		next, _ := utf8.DecodeRuneInString(rest)
		return unicode.IsLetter(a.last) && unicode.IsLetter(next)
	}
	return false
}

// inner are signs beyond ASCII that stand within names.
const inner = "·・‐‑‒–"

// beginsAddress reports whether another address follows.
func beginsAddress(s string) bool {
	return hasPrefixFold(s, "http://") || hasPrefixFold(s, "https://")
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// goesOn reports whether letters of a script without spaces go on with an address
// behind a character: behind one of their own, and where a part of it begins.
func goesOn(last rune) bool {
	return isUncased(last) || last > utf8.RuneSelf && unicode.IsNumber(last) || strings.ContainsRune("/=-_&#%+~$(@"+inner, last)
}

// takesASCII is takes for a character of ASCII. Brackets are in queries alone.
func (a *address) takesASCII(c byte) bool {
	const opening, closing = "([{", ")]}"
	last := len(a.open) - 1
	switch {
	case c == '[' && !a.query:
		return false
	case strings.IndexByte(opening, c) >= 0:
		a.open = append(a.open, closing[strings.IndexByte(opening, c)])
	case strings.IndexByte(closing, c) >= 0:
		if last < 0 || a.open[last] != c {
			return false
		}
		a.open = a.open[:last]
	case c == '?' || c == '#':
		a.query = true
	}
	return c > ' ' && c < 0x7f && strings.IndexByte("\"<>\\`|", c) < 0
}

// withoutTail returns the length of an address without the signs at its end that
// belong to the text around it.
func (in *inline) withoutTail(s string) int {
	for s != "" {
		r, size := utf8.DecodeLastRuneInString(s)
		isTail := strings.ContainsRune(".,;:!?'([{", r) || (r == '*' || r == '_') && in.emphasis.expects(byte(r))
		if !isTail {
			break
		}
		s = s[:len(s)-size]
	}
	return len(s)
}
