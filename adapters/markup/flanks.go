package markup

import (
	"strings"
	"unicode"
)

// A run of * or _ may open emphasis when its outside, in front of it, is an edge,
// white space or a sign, and something stands at its inside; it may close emphasis
// when this is so the other way round. So it is no mark within a word, a dimension
// or a part number. Signs that names and paths are made with are no outside, and
// neither is a parenthesis that turns its back. A sign at the inside leaves a
// doubt, as in "*" and (*), and what is in doubt is text.

// glue are the signs that names and paths are made with.
const glue = `\/@`

// mayOpen reports whether a run between two characters may open emphasis.
func mayOpen(outside, inside rune) bool {
	switch {
	case unicode.IsSpace(inside):
		return false
	case !isOutside(outside) || outside == '.' || unicode.Is(unicode.Pe, outside):
		return false
	case !isPunctuation(inside) || strings.ContainsRune("*_`@", inside):
		return true
	}
	return isFree(outside) && !endsSentences(inside)
}

// mayClose reports whether a run between a character and the rest of a line may
// close emphasis.
func mayClose(inside rune, rest string) bool {
	outside := behind(rest)
	switch {
	case unicode.IsSpace(inside):
		return false
	case !isOutside(outside) || outside == '.' && isGlued(rest) || unicode.Is(unicode.Ps, outside):
		return false
	case !isPunctuation(inside) || strings.ContainsRune("*_", inside) || endsSentences(inside):
		return true
	}
	return isFree(outside) && !unicode.Is(unicode.Ps, inside) && !strings.ContainsRune(glue, inside)
}

func isOutside(r rune) bool {
	return unicode.IsSpace(r) || isPunctuation(r) && !strings.ContainsRune(glue, r)
}

// isFree reports whether an outside leaves no doubt whatever stands at the inside.
func isFree(outside rune) bool {
	return unicode.IsSpace(outside) || outside == '*' || outside == '_'
}

// isGlued reports whether a word follows the dot with which a text begins: it
// ends no sentence.
func isGlued(rest string) bool {
	next := behind(rest[strings.IndexByte(rest, '.')+1:])
	return isWord(next) || isUncased(next)
}

func endsSentences(r rune) bool {
	return strings.ContainsRune(".,;:!?%…。、！？", r) || unicode.Is(unicode.Pe, r)
}
