package markup

import (
	"strings"
	"unicode"
)

// isPlain reports whether a text certainly has no markup: one line of words, as
// most messages are. It is said to be so of fewer texts than it is true of.
func isPlain(body string) bool {
	if body == "" || strings.Contains(body, "www") || strings.HasSuffix(body, " ") {
		return false
	}
	for i, r := range body {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', r > unicode.MaxASCII && unicode.IsLetter(r):
		case i == 0:
			return false // only a letter certainly begins no list, quote or code
		case '0' <= r && r <= '9', strings.ContainsRune(" ,.;?", r):
		default:
			return false
		}
	}
	return true
}
