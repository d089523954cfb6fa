package domain

import (
	"strings"
	"unicode/utf8"
)

// NormalizeText turns CR LF into LF, the one line end that is stored.
func NormalizeText(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// CheckText returns what is wrong with normalized text, or "": it must be valid
// UTF-8 without control characters (U+0000 to U+001F, U+007F to U+009F) other
// than tab and newline.
func CheckText(s string) string {
	if isTypedASCII(s) {
		return ""
	}
	if !utf8.ValidString(s) {
		return "must be valid UTF-8"
	}
	for _, r := range s {
		if r != '\t' && r != '\n' && (r < 0x20 || (r >= 0x7f && r <= 0x9f)) {
			return "must not contain control characters other than tab and newline"
		}
	}
	return ""
}

// isTypedASCII reports whether a text, as most are, needs no closer look.
func isTypedASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < ' ' && c != '\t' && c != '\n') || c > '~' {
			return false
		}
	}
	return true
}

// CheckLine is [CheckText] for text of one line: no newline either.
func CheckLine(s string) string {
	if strings.Contains(s, "\n") {
		return "must be one line"
	}
	return CheckText(s)
}
