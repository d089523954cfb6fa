package eventnode

import (
	"strings"

	"parley/domain"
)

// own reports whether a stream, or the one that it describes, is the product's. All
// others are of others, whose events may be many more than its own.
func own(stream string) bool {
	return strings.HasPrefix(strings.TrimPrefix(stream, metaPrefix), domain.StreamPrefix)
}

// ownOnly reports whether whoever asks for these prefixes wants nothing of others.
func ownOnly(prefixes []string) bool {
	for _, prefix := range prefixes {
		if !own(prefix) {
			return false
		}
	}
	return len(prefixes) > 0
}
