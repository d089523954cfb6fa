// Package filetype recognizes what a file is by its content.
package filetype

import (
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// HeadBytes is how much of a file's beginning decides.
const HeadBytes = 3072

// Of returns the media type of a file that begins with head, without parameters;
// application/octet-stream where nothing is recognized. What the file is called,
// or said to be, counts for nothing.
func Of(head []byte) string {
	if len(head) > HeadBytes {
		head = head[:HeadBytes]
	}
	essence, _, _ := strings.Cut(mimetype.Detect(head).String(), ";")
	return strings.ToLower(strings.TrimSpace(essence))
}
