package queries

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"parley/domain"
)

// The limits of a page.
const (
	defaultLimit = 50
	maxLimit     = 200
)

// pageLimit returns the number of items on a page.
func pageLimit(asked, otherwise int) int {
	if asked <= 0 {
		return otherwise
	}
	return min(asked, maxLimit)
}

// cursor says behind which key a list goes on, and by a sum of what was asked
// which list it belongs to.
type cursor struct {
	List []byte   `json:"l"`
	Key  []string `json:"k"`
}

// sumOf identifies a list by its name and all that was asked of it.
func sumOf(list string, asked ...any) []byte {
	text, err := json.Marshal(append([]any{list}, asked...))
	if err != nil {
		panic(err) // filters are plain values
	}
	sum := sha256.Sum256(text)
	return sum[:8]
}

func (c cursor) String() string {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // a cursor is plain values
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// parseCursor returns the key of a list's cursor, nil for none.
func parseCursor(text string, list []byte, parts int) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, badCursor()
	}
	var c cursor
	if json.Unmarshal(data, &c) != nil || string(c.List) != string(list) || len(c.Key) != parts {
		return nil, badCursor()
	}
	if domain.CheckText(strings.Join(c.Key, "")) != "" {
		return nil, badCursor()
	}
	return c.Key, nil
}

func badCursor() error {
	return &domain.Error{
		Code:    domain.CodeMalformed,
		Message: "The cursor does not belong to this list; start again without it.",
		Fields:  []domain.FieldError{{Parameter: "cursor", Detail: "is not a cursor of this list with these filters"}},
	}
}
