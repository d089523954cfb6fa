package queries

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// History asks an administrator's question: what happened to a conversation,
// also to a deleted one.
type History struct {
	Actor        access.Actor
	Conversation uuid.UUID
	Limit        int // 0: 200; at most 200
	Cursor       string
	MinPosition  eventlog.Position
}

// HistoryResult is one page of the conversation's stream, oldest first.
// NextCursor is empty at the end.
type HistoryResult struct {
	Items      []HistoryItem
	NextCursor string
}

// HistoryItem is one event: what, when, by whom, on whose behalf, from where and
// why. Time is the command's clock.
type HistoryItem struct {
	Position      eventlog.Position
	Stream        string
	Revision      eventlog.Revision
	Type          string
	Time          time.Time
	Actor         Person
	OnBehalfOf    *Person
	CommandID     uuid.UUID
	CorrelationID uuid.UUID
	CausationID   uuid.UUID
	Channel       domain.Channel
	Data          json.RawMessage
}

// HistoryHandler answers [History].
type HistoryHandler struct{ Sources }

// maxHistory is the default page and the largest one.
const maxHistory = 200

// Handle returns the page. Errors: domain.CodeMalformed for a cursor that is not
// one of this stream, domain.CodeNotFound for a conversation that is absent or
// invisible, domain.CodeForbidden for a viewer who does not administer.
func (h HistoryHandler) Handle(ctx context.Context, q History) (HistoryResult, error) {
	list := sumOf("history", q.Conversation)
	from, err := historyStart(q.Cursor, list)
	if err != nil {
		return HistoryResult{}, err
	}
	if err := h.wait(ctx, q.MinPosition, conversations, inboxes, directory); err != nil {
		return HistoryResult{}, err
	}
	if !q.Actor.Administer {
		return HistoryResult{}, h.refuse(ctx, q)
	}
	limit := pageLimit(q.Limit, maxHistory)
	items, more, err := h.read(ctx, q, from, limit)
	if err != nil {
		return HistoryResult{}, err
	}
	if len(items) == 0 {
		return HistoryResult{}, h.absent(ctx, q.Conversation)
	}
	if err := h.addNames(ctx, q.Actor, items); err != nil {
		return HistoryResult{}, err
	}
	out := HistoryResult{Items: items}
	if more {
		next := strconv.FormatInt(int64(items[len(items)-1].Revision)+1, 10)
		out.NextCursor = cursor{list, []string{next}}.String()
	}
	return out, nil
}

// absent answers that there is no such conversation, which holds whether or not
// somebody could look why. Who asks again, looks again.
func (h HistoryHandler) absent(ctx context.Context, id uuid.UUID) error {
	if h.Inspect != nil {
		_ = h.Inspect(ctx, id)
	}
	return noConversation()
}

// refuse answers who does not administer: a viewer learns that it is forbidden,
// anyone else learns nothing.
func (h HistoryHandler) refuse(ctx context.Context, q History) error {
	view := Conversation{Actor: q.Actor, ID: q.Conversation}
	if _, err := ConversationHandler(h).Handle(ctx, view); err != nil {
		return err
	}
	return domain.NewError(domain.CodeForbidden, "Only administrators may read the history.")
}

func historyStart(text string, list []byte) (eventlog.Revision, error) {
	key, err := parseCursor(text, list, 1)
	if err != nil || key == nil {
		return 0, err
	}
	from, err := strconv.ParseUint(key[0], 10, 62)
	if err != nil {
		return 0, badCursor()
	}
	return eventlog.Revision(from), nil
}

// read returns a page of the stream and whether there is more of it. A stream of
// another organization is empty, and so is one that was deleted, or lost its
// beginning otherwise than by a purge, which is what is left then. What the store
// itself put into a stream is no part of the history.
func (h HistoryHandler) read(ctx context.Context, q History, from eventlog.Revision, limit int) ([]HistoryItem, bool, error) {
	purges, err := h.purges(ctx, q.Actor.Organization, []string{q.Conversation.String()})
	if err != nil {
		return nil, false, err
	}
	if gone, err := h.isRemoved(ctx, q.Conversation); err != nil || gone {
		return nil, false, err
	}
	var items []HistoryItem
	next := from
	for e, err := range h.Log.ReadStream(ctx, conversation.Stream(q.Conversation), from, 0) {
		switch {
		case errors.Is(err, eventlog.ErrStreamDeleted):
			return nil, false, nil
		case err != nil:
			return nil, false, fmt.Errorf("read history: %w", classified(err))
		case e.Revision != next && e.Type != purged, e.Type == removed:
			return nil, false, nil
		}
		next = e.Revision + 1
		if e.IsOfStore() {
			continue
		}
		var m domain.Meta
		if err := json.Unmarshal(e.Metadata, &m); err != nil {
			return nil, false, fmt.Errorf("decode metadata: %w", err)
		}
		if m.Organization != q.Actor.Organization {
			return nil, false, nil
		}
		if e.Position < purges[q.Conversation.String()] {
			continue
		}
		if len(items) == limit {
			return items, true, nil
		}
		items = append(items, historyItem(e, m))
	}
	return items, false, nil
}

// The types of the events that end a conversation's stream.
var (
	purged  = conversation.Purged{}.EventType()
	removed = conversation.Removed{}.EventType()
)

func historyItem(e eventlog.Recorded, m domain.Meta) HistoryItem {
	item := HistoryItem{
		Position: e.Position, Stream: e.Stream, Revision: e.Revision, Type: e.Type, Time: m.Time,
		Actor:     Person{Person: m.Actor, Name: m.Actor.ID},
		CommandID: m.CommandID, CorrelationID: m.CorrelationID, CausationID: m.CausationID,
		Channel: m.Channel, Data: e.Data,
	}
	if m.OnBehalfOf != nil {
		item.OnBehalfOf = &Person{Person: *m.OnBehalfOf, Name: m.OnBehalfOf.ID}
	}
	return item
}

const peopleNamed clause = `select p.kind, p.id, p.name from directory.people p
where p.organization = {organization} and p.id in ({ids})`

// addNames replaces ids by names where the directory has them.
func (h HistoryHandler) addNames(ctx context.Context, a access.Actor, items []HistoryItem) error {
	var ids []string
	named := map[domain.Person][]*Person{domain.System: nil}
	for i := range items {
		for _, who := range []*Person{&items[i].Actor, items[i].OnBehalfOf} {
			if who == nil {
				continue
			}
			if _, known := named[who.Person]; !known {
				ids = append(ids, who.ID)
			}
			named[who.Person] = append(named[who.Person], who)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	p := about(a)
	p["ids"] = padded(ids)
	found, err := collect(ctx, h.DB, p, peopleNamed, scanPerson)
	if err != nil {
		return fmt.Errorf("read names: %w", err)
	}
	for _, f := range found {
		for _, who := range named[f.Person] {
			who.Name = f.Name
		}
	}
	return nil
}
