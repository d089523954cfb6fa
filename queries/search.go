package queries

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
	"parley/domain/words"
)

//go:embed search.sql
var searchSQL clause

// Search asks for the conversations that the actor may view whose name, or one
// of whose messages, has all words of a text, the last one as the beginning of a
// word. Signs between words mean nothing.
type Search struct {
	Actor       access.Actor
	Text        string
	Limit       int // 0: 50; at most 200
	Cursor      string
	MinPosition eventlog.Position
}

// SearchResult is one page of hits, newest first. NextCursor is empty at the
// end.
type SearchResult struct {
	Items      []SearchHit
	NextCursor string
}

// SearchHit is a conversation with the newest of its texts that match: a message
// with the number that the actor sees, or the name, which has neither Number nor
// From. At is when the message was sent, or the conversation was named.
type SearchHit struct {
	Conversation uuid.UUID
	Name         string
	Number       *int
	Snippet      string // HTML: text around the first match, whose words stand in mark elements
	From         *Person
	At           time.Time
	Matches      int // texts of the conversation that match
}

// SearchHandler answers [Search].
type SearchHandler struct{ Sources }

// maxSearch bounds what may be looked for, in bytes.
const maxSearch = 1024

// Handle returns the page. Errors: domain.CodeMalformed for a cursor that is not
// one of this search, domain.CodeInvalid for a text without a word or of more
// than 1,024 bytes.
func (h SearchHandler) Handle(ctx context.Context, q Search) (SearchResult, error) {
	list, wanted := sumOf("search", q.Text), words.Parse(q.Text)
	after, err := parseCursor(q.Cursor, list, 2)
	if err != nil {
		return SearchResult{}, err
	}
	if wrong := checkSearch(q.Text, wanted); wrong != nil {
		return SearchResult{}, wrong
	}
	if err := h.wait(ctx, q.MinPosition, search, timelines, conversations, inboxes, directory); err != nil {
		return SearchResult{}, err
	}
	p, limit := h.searchParams(q.Actor, wanted), pageLimit(q.Limit, defaultLimit)
	p["limit"] = rowLimit(limit + 1)
	if after != nil {
		p["continued"] = clause(`(t.at, c.conversation) < ({after_key}, {after_id})`)
		if err := (sortKey{numeric: true}).after(p, after); err != nil {
			return SearchResult{}, err
		}
	}
	found, err := collect(ctx, h.DB, p, searchSQL, func(row sqldb.Row) (SearchHit, error) { return h.scanHit(row, wanted) })
	if err != nil {
		return SearchResult{}, fmt.Errorf("search: %w", err)
	}
	out := SearchResult{Items: found}
	if len(found) > limit {
		last := found[limit-1]
		out.Items = found[:limit]
		out.NextCursor = cursor{list, []string{strconv.FormatInt(last.At.UnixMicro(), 10), last.Conversation.String()}}.String()
	}
	return out, nil
}

// searchParams returns what the SQL of a first page needs.
func (s Sources) searchParams(a access.Actor, wanted words.Query) params {
	p := about(a)
	p["words"], p["match"] = wanted.String(), s.matching()
	p["visible"], p["continued"] = visibleRow(a), clause(`true`)
	p["text_visible"], p["shown_number"] = clause(`true`), clause(`t.number`)
	if a.IsCustomer() {
		p["text_visible"], p["shown_number"] = clause(`not t.internal`), clause(`t.public_number`)
	}
	return p
}

// matching is the condition that a row t of search.texts has the words.
func (s Sources) matching() clause {
	return clause(s.DB.Matching("search.texts_by_words", "t.words", "{words}"))
}

func checkSearch(text string, wanted words.Query) error {
	switch {
	case len(text) > maxSearch:
		return domain.Invalid(domain.FieldError{Parameter: "q", Detail: "must be at most 1024 bytes"})
	case wanted.IsZero():
		return domain.Invalid(domain.FieldError{Parameter: "q", Detail: "must have a word to look for"})
	}
	return nil
}

func (s Sources) scanHit(row sqldb.Row, wanted words.Query) (SearchHit, error) {
	var (
		hit                              SearchHit
		number, matches, at              int64
		id, text, kind, person, fullName string
	)
	if err := row.Scan(&id, &hit.Name, &number, &matches, &at, &text, &kind, &person, &fullName); err != nil {
		return SearchHit{}, err
	}
	hit.At, hit.Matches = timeOf(at), int(matches)
	if number > 0 {
		hit.Number, text = new(int(number)), s.plain(text)
	}
	if kind != "" {
		hit.From = &Person{Person: domain.Person{Kind: domain.Kind(kind), ID: person}, Name: fullName}
	}
	hit.Snippet = highlighted(text, wanted)
	var err error
	hit.Conversation, err = uuid.Parse(id)
	return hit, err
}
