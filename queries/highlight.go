package queries

import (
	"html"
	"strings"

	"parley/domain/words"
)

// The size of what is shown of a text around a match: so many bytes, at least,
// come before it where there are as many; so many characters are shown in all,
// and never more than so many bytes.
const (
	contextBefore     = 60
	excerptCharacters = 160
	excerptBytes      = 2048
)

// highlighted returns the beginning of a text, or the part around its first
// wanted word, as HTML in which wanted words are marked and everything else is
// as the text says it.
func highlighted(text string, wanted words.Query) string {
	begin := beginOf(text, wanted)
	excerpt := excerptOf(text[begin:])
	var out strings.Builder
	if begin > 0 {
		out.WriteString("… ")
	}
	done := 0
	for word, at := range words.In(excerpt) {
		if wanted.Wants(word) {
			out.WriteString(html.EscapeString(excerpt[done:at.Start]))
			out.WriteString("<mark>" + html.EscapeString(excerpt[at.Start:at.End]) + "</mark>")
			done = at.End
		}
	}
	out.WriteString(html.EscapeString(excerpt[done:]))
	if begin+len(excerpt) < len(text) {
		out.WriteString(" …")
	}
	return out.String()
}

// beginOf returns where to begin: at a word not far before the first wanted one.
func beginOf(text string, wanted words.Query) int {
	var starts []int
	for word, at := range words.In(text) {
		starts = append(starts, at.Start)
		if !wanted.Wants(word) {
			continue
		}
		if at.Start <= contextBefore {
			return 0
		}
		for _, start := range starts {
			if start >= at.Start-contextBefore {
				return start
			}
		}
	}
	return 0
}

func excerptOf(text string) string {
	return strings.TrimSpace(firstCharacters(text, excerptCharacters, excerptBytes))
}
