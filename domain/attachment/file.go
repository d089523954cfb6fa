package attachment

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"
)

// File is what is known of an uploaded file. Name is a bare file name, see
// [CheckName]; ContentType is what its content was recognized as, never what the
// client said; SHA256 is the hex digest of its Size bytes. Blob names the content
// in the blob store and is shown to nobody.
type File struct {
	ID          uuid.UUID `json:"id"`
	Name        string    `json:"name"`
	Size        int64     `json:"size"`
	ContentType string    `json:"content_type"`
	SHA256      string    `json:"sha256"`
	Blob        uuid.UUID `json:"blob"`
}

// Files is the files of one message, in the order in which they were chosen.
type Files []File

// Text returns the files as read models keep them: JSON, or "" for none.
func (f Files) Text() string {
	if len(f) == 0 {
		return ""
	}
	text, err := json.Marshal(f)
	if err != nil {
		panic(fmt.Sprintf("attachment: write files: %v", err)) // strings and numbers always can be
	}
	return string(text)
}

// ReadFiles returns the files of a text that [Files.Text] made.
func ReadFiles(text string) (Files, error) {
	if text == "" {
		return nil, nil
	}
	var f Files
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		return nil, fmt.Errorf("read files: %w", err)
	}
	return f, nil
}

// Have reports whether a file is among them.
func (f Files) Have(id uuid.UUID) bool {
	return slices.ContainsFunc(f, func(g File) bool { return g.ID == id })
}
