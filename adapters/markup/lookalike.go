package markup

import "unicode"

// alphabets are scripts with letters that look alike.
var alphabets = []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Coptic, unicode.Cherokee, unicode.Georgian}

const latin = 0

// alphabetOf returns the only alphabet that is used in a part of a name, latin
// where there is none, or -1 where there are several.
func alphabetOf(label string) int {
	found := -1
	for _, r := range label {
		if r < unicode.MaxASCII && found == latin {
			continue
		}
		for i, alphabet := range alphabets {
			if !isCased(r) || !unicode.Is(alphabet, r) {
				continue
			}
			if found >= 0 && found != i {
				return -1
			}
			found = i
		}
	}
	return max(found, latin)
}

// readsAsItIs reports whether a part of a host's name cannot be mistaken for
// another one: its letters are of one alphabet, which is Latin or that of the top.
func readsAsItIs(label, top string) bool {
	alphabet := alphabetOf(label)
	return alphabet == latin || alphabet > latin && alphabet == alphabetOf(top)
}
