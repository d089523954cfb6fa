package queries

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/attachment"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// Feed asks for the organization's events behind a position, and waits for one
// when there is none yet.
type Feed struct {
	Actor        access.Actor
	Log          uuid.UUID         // which log the position is of; zero: not said
	After        eventlog.Position // exclusive
	Type         []string          // empty: all
	Conversation []uuid.UUID       // empty: all streams
	Wait         time.Duration     // how long to wait for a first item
	MinPosition  eventlog.Position // from where on a purge must be known
}

// FeedResult is a run of events in log order. Next is where to go on: it also
// passes events that were filtered out, and those of others.
type FeedResult struct {
	Items []FeedItem
	Next  eventlog.Position
	Log   uuid.UUID         // the id of the log's first event; zero while it has none
	Head  eventlog.Position // how far the log has been followed, at or above Next
	// Replaced is closed once another log is in the place of the one that answered.
	Replaced <-chan struct{}
}

// FeedItem is one event of the organization.
type FeedItem struct {
	ID       uuid.UUID
	Stream   string
	Revision eventlog.Revision
	Position eventlog.Position
	Type     string
	Data     json.RawMessage
	Meta     domain.Meta
}

// FeedHandler answers [Feed]. What others write into the same log costs it next to
// nothing: behind the last event of ours that was heard, it does not ask the log.
type FeedHandler struct {
	Sources
	books *logbooks
}

// NewFeedHandler returns the handler; it forgets a log once another takes its
// place.
func NewFeedHandler(s Sources) FeedHandler {
	return FeedHandler{Sources: s, books: newLogbooks(s.Log, s.Heard)}
}

// Handle returns the run as soon as it has an item, or an empty one when the wait
// is over. Errors: domain.CodeForbidden for an actor who does not administer, a
// [LogChangedError] for a position that is none of the log's, also where another
// log comes meanwhile. With an error the result has no items and goes on where it
// began.
func (h FeedHandler) Handle(ctx context.Context, q Feed) (FeedResult, error) {
	if !q.Actor.Administer {
		return FeedResult{}, domain.NewError(domain.CodeForbidden, "Only administrators may read the feed.")
	}
	book := h.books.now.Load()
	out := FeedResult{Next: q.After, Replaced: book.ended}
	err := h.answer(ctx, q, book, &out)
	if err == nil && len(out.Items) == 0 {
		out.Next, _ = book.reach(out.Next)
	}
	out.Head = max(out.Next, book.head())
	if err == nil && book.isOver() {
		err = eventlog.ErrLogChanged // and what was heard meanwhile is of another one
	}
	if err != nil {
		out.Items, out.Next = nil, q.After
		return out, h.refused(ctx, book, err)
	}
	book.places.Note(out.Next)
	return out, nil
}

// answer reads what is there, then waits for what is to come.
func (h FeedHandler) answer(ctx context.Context, q Feed, book *logbook, out *FeedResult) (err error) {
	waiting, cancel := context.WithTimeout(ctx, q.Wait)
	defer cancel()
	if out.Log, err = book.admit(ctx, q.Log, q.After); err != nil {
		return err
	}
	if err := h.wait(ctx, q.MinPosition, conversations); err != nil {
		return err
	}
	wanted := q.wanted()
	if err := h.stored(ctx, waiting, book, out, wanted); err != nil {
		return err
	}
	if len(out.Items) > 0 || waiting.Err() != nil {
		return nil
	}
	err = h.coming(waiting, out, wanted)
	if ctx.Err() == nil && waiting.Err() != nil {
		return nil // the wait is over, which is an answer
	}
	return err
}

// stored adds the next items of the log as it stands. It reads at least one page,
// however short the wait, unless it is known that there is nothing.
func (h FeedHandler) stored(ctx, waiting context.Context, book *logbook, out *FeedResult, wanted filter) error {
	for {
		if _, none := book.reach(out.Next); none {
			return nil
		}
		read, err := book.search(ctx, out.Next, eventlog.MaxBatchEvents, func(e eventlog.Recorded) { out.pass(e, wanted) })
		if err != nil {
			return err
		}
		if err := h.leaveOut(ctx, out); err != nil {
			return err
		}
		if read < eventlog.MaxBatchEvents || len(out.Items) > 0 || waiting.Err() != nil {
			return nil
		}
	}
}

// coming adds the first items that are yet to come.
func (h FeedHandler) coming(waiting context.Context, out *FeedResult, wanted filter) error {
	subscription, err := h.Log.Follow(waiting, out.Next, domain.StreamPrefix)
	if err != nil {
		return err
	}
	defer subscription.Close()
	for len(out.Items) == 0 {
		batch, err := subscription.Next(waiting)
		if err != nil {
			return err
		}
		heard := FeedResult{Next: out.Next}
		for _, e := range batch.Events {
			heard.pass(e, wanted)
		}
		if err := h.leaveOut(waiting, &heard); err != nil {
			return err
		}
		out.Items, out.Next = heard.Items, max(heard.Next, batch.Position)
	}
	return nil
}

// leaveOut leaves out what was purged: the log may still hold it.
func (h FeedHandler) leaveOut(ctx context.Context, r *FeedResult) error {
	if err := h.withoutPurged(ctx, r); err != nil {
		return err
	}
	return h.withoutPurgedFiles(ctx, r)
}

// withoutPurgedFiles leaves out what has been taken out of the streams of files.
func (h FeedHandler) withoutPurgedFiles(ctx context.Context, r *FeedResult) error {
	begins := map[string]eventlog.Revision{}
	for _, item := range r.Items {
		if _, known := begins[item.Stream]; known || !strings.HasPrefix(item.Stream, fileStreams) {
			continue
		}
		begin, err := h.begin(ctx, item.Stream)
		if err != nil {
			return err
		}
		begins[item.Stream] = begin
	}
	r.Items = slices.DeleteFunc(r.Items, func(item FeedItem) bool { return item.Revision < begins[item.Stream] })
	return nil
}

// begin returns the first revision that a stream still has: one that was deleted
// has none.
func (h FeedHandler) begin(ctx context.Context, stream string) (eventlog.Revision, error) {
	for e, err := range h.Log.ReadStream(ctx, stream, 0, 1) {
		if err == nil || !errors.Is(err, eventlog.ErrStreamDeleted) {
			return e.Revision, err
		}
	}
	return eventlog.TombstoneRevision, nil
}

// withoutPurged leaves out what was before a conversation was purged.
func (h FeedHandler) withoutPurged(ctx context.Context, r *FeedResult) error {
	ids := map[string]bool{}
	for _, item := range r.Items {
		if id, is := strings.CutPrefix(item.Stream, conversationStreams); is {
			ids[id] = true
		}
	}
	if len(ids) == 0 {
		return nil
	}
	purges, err := h.purges(ctx, r.Items[0].Meta.Organization, slices.Sorted(maps.Keys(ids)))
	if err != nil || len(purges) == 0 {
		return err
	}
	r.Items = slices.DeleteFunc(r.Items, func(item FeedItem) bool {
		return item.Position < purges[strings.TrimPrefix(item.Stream, conversationStreams)]
	})
	return nil
}

// How the names of the streams of conversations and files begin; their ids follow.
var (
	conversationStreams = strings.TrimSuffix(conversation.Stream(uuid.Nil), uuid.Nil.String())
	fileStreams         = strings.TrimSuffix(attachment.Stream(uuid.Nil), uuid.Nil.String())
)

// pass goes behind an event, and takes it along if it is wanted. One whose
// metadata cannot be read, and one of the store itself, belongs to no organization.
func (r *FeedResult) pass(e eventlog.Recorded, wanted filter) {
	r.Next = e.Position
	var m domain.Meta
	if !e.IsOfStore() && json.Unmarshal(e.Metadata, &m) == nil && wanted(e, m) {
		r.Items = append(r.Items, FeedItem{
			ID: e.ID, Stream: e.Stream, Revision: e.Revision, Position: e.Position,
			Type: e.Type, Data: e.Data, Meta: m,
		})
	}
}

// filter reports whether an event belongs to a feed.
type filter func(eventlog.Recorded, domain.Meta) bool

func (q Feed) wanted() filter {
	var streams []string
	for _, id := range q.Conversation {
		streams = append(streams, conversation.Stream(id))
	}
	return func(e eventlog.Recorded, m domain.Meta) bool {
		return m.Organization == q.Actor.Organization &&
			(len(q.Type) == 0 || slices.Contains(q.Type, e.Type)) &&
			(len(streams) == 0 || slices.Contains(streams, e.Stream))
	}
}
