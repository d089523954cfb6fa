package queries

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/domain"
	"parley/domain/sqldb"
	"parley/domain/words"
)

// MessageFilter says which messages of a conversation are wanted; the zero value
// says all. All of it must hold. Bounds of times exclude the bound.
type MessageFilter struct {
	Text          string // words that the message must have, as in [Search]
	CreatedAfter  *time.Time
	CreatedBefore *time.Time
}

func (f MessageFilter) isZero() bool { return f == MessageFilter{} }

// MessageSort is an order of messages: by number, by time (those of one moment
// by number), or one of them with a leading "-", which turns a run round. Where
// a run is does not depend on that: without bounds it is the last messages.
type MessageSort string

// The orders, ascending.
const (
	SortNumber  MessageSort = "number"
	SortCreated MessageSort = "created"
)

func (s MessageSort) byTime() bool { return strings.TrimPrefix(string(s), "-") == string(SortCreated) }

// turned returns a run that is oldest first in the order asked for.
func (s MessageSort) turned(run []Message) []Message {
	if strings.HasPrefix(string(s), "-") {
		run = slices.Clone(run)
		slices.Reverse(run)
	}
	return run
}

// check refuses what cannot be asked.
func (q Messages) check() error {
	if s := MessageSort(strings.TrimPrefix(string(q.Sort), "-")); q.Sort != "" && s != SortNumber && s != SortCreated {
		return domain.Invalid(domain.FieldError{Parameter: "sort", Detail: "is not an order of this list"})
	}
	if q.Filter.Text == "" {
		return nil
	}
	return checkSearch(q.Filter.Text, words.Parse(q.Filter.Text))
}

// Behind what a message stands in an order, and a message of that number itself.
const (
	byNumber clause = `{shown}`
	byTime   clause = `m.at, {shown}`

	messageAt clause = `(select {key} from timelines.messages m
    where m.organization = {organization} and m.conversation = {id} and {audience} and {shown} = `
)

// readFiltered answers a question that must look at the messages to know what
// is around the run.
func (h MessagesHandler) readFiltered(ctx context.Context, q Messages, n counts) (MessagesResult, error) {
	p := q.params(n)
	p["shown"], p["audience"], p["key"] = clause(`m.number`), clause(`true`), byNumber
	if q.Actor.IsCustomer() {
		p["shown"], p["audience"] = clause(`m.public_number`), clause(`not m.internal`)
	}
	if q.Sort.byTime() {
		p["key"], p["inner_order"], p["outer_order"] = byTime, clause(`m.at {direction}, m.number {direction}`), clause(`m.at, m.number`)
	}
	p["passing"] = h.passing(q.Filter, p)
	p["range"] = all(append(q.bounds(p, n), `{audience}`, `{passing}`))
	items, err := h.readMessages(ctx, q, p)
	if err != nil {
		return MessagesResult{}, err
	}
	out := MessagesResult{Items: q.Sort.turned(items)}
	out.HasOlder, out.HasNewer, err = h.around(ctx, q, p, items, n)
	return out, err
}

// passing returns the condition that a message passes the filter.
func (s Sources) passing(f MessageFilter, p params) clause {
	var where []clause
	if f.Text != "" {
		p["words"], p["match"] = words.Parse(f.Text).String(), s.matching()
		where = append(where, `m.number in (select t.number from search.texts t
    where t.organization = {organization} and t.conversation = {id} and {match})`)
	}
	if f.CreatedAfter != nil {
		p["created_after"] = f.CreatedAfter.UnixMicro()
		where = append(where, `m.at > {created_after}`)
	}
	if f.CreatedBefore != nil {
		p["created_before"] = f.CreatedBefore.UnixMicro()
		where = append(where, `m.at < {created_before}`)
	}
	return all(where)
}

// bounds returns the conditions that a message is within the numbers asked for.
func (q Messages) bounds(p params, n counts) (where []clause) {
	if q.Before != nil && int64(*q.Before) <= q.count(n) {
		p["before_number"] = int64(*q.Before)
		where = append(where, `({key}) < `+messageAt+`{before_number})`)
	}
	if q.After != nil && *q.After > 0 {
		p["after_number"] = int64(*q.After)
		where = append(where, `({key}) > `+messageAt+`{after_number})`)
	}
	return where
}

const messagesAround clause = `select
  exists (select 1 from timelines.messages m
    where m.organization = {organization} and m.conversation = {id} and {audience} and {passing} and {older}),
  exists (select 1 from timelines.messages m
    where m.organization = {organization} and m.conversation = {id} and {audience} and {passing} and {newer})`

// around reports whether messages that pass stand before and behind the run, or
// beyond the bounds of one that is empty.
func (h MessagesHandler) around(ctx context.Context, q Messages, p params, run []Message, n counts) (older, newer bool, err error) {
	p["older"], p["newer"] = clause(`false`), clause(`false`)
	switch {
	case len(run) > 0:
		p["oldest"], p["newest"] = int64(run[0].Number), int64(run[len(run)-1].Number)
		p["older"], p["newer"] = `({key}) < `+messageAt+`{oldest})`, `({key}) > `+messageAt+`{newest})`
	case q.After != nil && *q.After > 0:
		p["oldest"] = min(int64(*q.After), q.count(n))
		p["older"], p["newer"] = `({key}) <= `+messageAt+`{oldest})`, `({key}) > `+messageAt+`{oldest})`
	case q.After != nil:
		p["newer"] = clause(`true`)
	case q.Before != nil:
		p["newest"], p["newer"] = max(1, int64(*q.Before)), `({key}) >= `+messageAt+`{newest})`
	}
	_, err = collect(ctx, h.DB, p, messagesAround, func(row sqldb.Row) (struct{}, error) {
		return struct{}{}, row.Scan(&older, &newer)
	})
	if err != nil {
		return false, false, fmt.Errorf("look around messages: %w", err)
	}
	return older, newer, nil
}
