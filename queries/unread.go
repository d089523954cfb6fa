package queries

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/rivo/uniseg"

	"parley/domain/access"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

//go:embed unread.sql
var unreadSQL clause

// Unread asks for the actor's indicator.
type Unread struct {
	Actor       access.Actor
	MinPosition eventlog.Position
}

// UnreadResult is the number of conversations with messages that the actor has
// not read, and the newest of them.
type UnreadResult struct {
	Count int
	Items []UnreadItem // at most four, newest last message first
	More  int          // Count without the items
}

// Label returns what the indicator shows: nothing for 0, 99+ above 99.
func (r UnreadResult) Label() string {
	switch {
	case r.Count <= 0:
		return ""
	case r.Count > 99:
		return "99+"
	}
	return strconv.Itoa(r.Count)
}

// UnreadItem is one unread conversation with the beginning of its last message.
type UnreadItem struct {
	Conversation uuid.UUID
	Name         string
	Snippet      string
	From         Person
	At           time.Time
}

// How many items there are, and how much a snippet says: so many characters, and
// never more than so many bytes.
const (
	unreadItems       = 4
	snippetCharacters = 50
	snippetBytes      = 2048
)

// UnreadHandler answers [Unread].
type UnreadHandler struct{ Sources }

// Handle returns the indicator.
func (h UnreadHandler) Handle(ctx context.Context, q Unread) (UnreadResult, error) {
	if err := h.wait(ctx, q.MinPosition, inboxes, conversations, directory); err != nil {
		return UnreadResult{}, err
	}
	p := asSeenBy(q.Actor)
	p["limit"] = rowLimit(unreadItems)
	var out UnreadResult
	_, err := collect(ctx, h.DB, p, unreadSQL, func(row sqldb.Row) (struct{}, error) {
		return struct{}{}, h.addUnread(row, &out)
	})
	if err != nil {
		return UnreadResult{}, fmt.Errorf("read indicator: %w", err)
	}
	out.More = out.Count - len(out.Items)
	return out, nil
}

// addUnread adds a row: the count, which all rows have, and an item unless what
// it shows is not there yet.
func (h UnreadHandler) addUnread(row sqldb.Row, out *UnreadResult) error {
	var (
		item                             UnreadItem
		count, at                        int64
		id, body, fromKind, fromID, name string
	)
	if err := row.Scan(&count, &id, &item.Name, &body, &fromKind, &fromID, &name, &at); err != nil {
		return err
	}
	out.Count = int(count)
	if id == "" {
		return nil
	}
	var err error
	item.Conversation, err = uuid.Parse(id)
	item.From, item.At, item.Snippet = person(fromKind, fromID, name), timeOf(at), h.snippet(body)
	out.Items = append(out.Items, item)
	return err
}

// snippet returns the beginning of a message's plain text on one line, cut
// between characters as a reader sees them.
func (s Sources) snippet(body string) string {
	return firstCharacters(s.plain(body), snippetCharacters, snippetBytes)
}

// plain returns a message's plain text on one line.
func (s Sources) plain(body string) string {
	if s.PlainText != nil {
		body = s.PlainText(body)
	}
	return strings.Join(strings.Fields(body), " ")
}

// firstCharacters returns so many characters of a text, as a reader sees them, or
// fewer where they have more than so many bytes: a character may have any number.
// One that alone has more is cut. Where there is nothing but ASCII, and no line,
// each is a byte.
func firstCharacters(text string, characters, bytes int) string {
	if isASCII(text[:min(len(text), characters+1)]) {
		return text[:min(len(text), characters, bytes)]
	}
	rest, state, whole := text[:runesWithin(text, bytes)], -1, 0
	limit := len(rest)
	for range characters {
		if rest == "" {
			break
		}
		_, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if rest == "" && limit < len(text) && whole > 0 {
			break // the rest of it is not here
		}
		whole = limit - len(rest)
	}
	return text[:whole]
}

// runesWithin returns how many bytes of a text are whole code points within so
// many.
func runesWithin(text string, bytes int) int {
	if len(text) <= bytes {
		return len(text)
	}
	for !utf8.RuneStart(text[bytes]) {
		bytes--
	}
	return bytes
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}
