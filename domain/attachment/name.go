package attachment

import (
	"strings"
	"unicode"

	"parley/domain"
)

// MaxNameLength bounds a file's name, in bytes of UTF-8: what file systems take.
const MaxNameLength = 255

// MaxOnMessage is how many files a message may have.
const MaxOnMessage = 10

// CheckName returns what is wrong with a file's name, or "". It must be one that
// is no path, on any system, and that reads as it is: no control characters and
// none that change the direction of writing, by which an ending can be hidden.
func CheckName(name string) string {
	switch {
	case strings.TrimSpace(name) == "":
		return "is required"
	case len(name) > MaxNameLength:
		return "must be at most 255 bytes"
	case domain.CheckLine(name) != "":
		return domain.CheckLine(name)
	case strings.ContainsFunc(name, isControl):
		return "must not contain control characters"
	case strings.ContainsAny(name, `/\`):
		return "must be a file's name, without folders"
	case name == "." || name == "..", strings.TrimSpace(name) != name, strings.HasSuffix(name, "."):
		return "must not begin or end with a space, nor end with a dot"
	case strings.ContainsFunc(name, misleads):
		return "must not contain characters that change the direction of writing or break lines"
	}
	return ""
}

func isControl(r rune) bool { return unicode.Is(unicode.Cc, r) }

// misleads reports whether a character changes how those around it are shown.
func misleads(r rune) bool {
	switch {
	case r == 0x061c, r == 0x200e, r == 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true // marks, embeddings, overrides and isolates of direction
	case r == 0x2028, r == 0x2029, r == 0xfeff:
		return true // separators of lines and paragraphs, the byte order mark
	}
	return false
}
