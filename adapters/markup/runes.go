package markup

import (
	"unicode"
	"unicode/utf8"
)

// Scripts with capitals set words apart by spaces; in others words may stand next
// to anything. So what follows a cased letter may belong to its word, and what
// follows an uncased one is looked at by itself.

// isCased reports whether a character is a letter of a script with capitals.
func isCased(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return unicode.In(r, unicode.Ll, unicode.Lu, unicode.Lt)
}

// isUncased reports whether a character is any other letter.
func isUncased(r rune) bool {
	return r >= utf8.RuneSelf && unicode.IsLetter(r) && !isCased(r)
}

// isWord reports whether a character runs into a word that stands behind it.
func isWord(r rune) bool { return isCased(r) || unicode.IsNumber(r) }

// isPunctuation reports whether a character is a sign.
func isPunctuation(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) }

// Characters that cannot be seen, of those that matter.
const (
	zeroWidthSpace     = '\u200b'
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
)

// isLoose reports whether a character is none by itself: it changes the one before
// it, or cannot be seen.
func isLoose(r rune) bool { return r >= utf8.RuneSelf && unicode.In(r, unicode.M, unicode.Cf) }

// before returns the character in front of the end of a text, without what is
// loose, or a space where there is none.
func before(s string) rune {
	for s != "" {
		r, size := utf8.DecodeLastRuneInString(s)
		switch {
		case r == zeroWidthSpace:
			return ' '
		case !isLoose(r):
			return r
		}
		s = s[:len(s)-size]
	}
	return ' '
}

// behind returns the character at the beginning of a text, or a space where there
// is none. It passes over what cannot be seen and joins nothing.
func behind(s string) rune {
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == zeroWidthSpace:
			return ' '
		case r < utf8.RuneSelf, r == zeroWidthJoiner, r == zeroWidthNonJoiner, !unicode.Is(unicode.Cf, r):
			return r
		}
		s = s[size:]
	}
	return ' '
}
