package queries

import (
	"context"
	"encoding/json"
	"fmt"
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
	After        eventlog.Position // exclusive
	Type         []string          // empty: all
	Conversation []uuid.UUID       // empty: all streams
	Wait         time.Duration     // how long to wait for a first item
	MinPosition  eventlog.Position // from where on a purge must be known; the log itself is always read
}

// FeedResult is a run of events in log order. Next is where to go on: it also
// passes events that were filtered out.
type FeedResult struct {
	Items []FeedItem
	Next  eventlog.Position
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

// FeedHandler answers [Feed].
type FeedHandler struct{ Sources }

// Handle returns the run as soon as it has an item, or an empty one when the
// wait is over. An actor who does not administer is domain.CodeForbidden.
func (h FeedHandler) Handle(ctx context.Context, q Feed) (FeedResult, error) {
	if !q.Actor.Administer {
		return FeedResult{}, domain.NewError(domain.CodeForbidden, "Only administrators may read the feed.")
	}
	if err := h.wait(ctx, q.MinPosition, conversations); err != nil {
		return FeedResult{}, err
	}
	waiting, cancel := context.WithTimeout(ctx, q.Wait)
	defer cancel()
	wanted := q.wanted()
	out, err := h.stored(ctx, waiting, q.After, wanted)
	if err == nil && len(out.Items) == 0 && waiting.Err() == nil {
		out, err = h.coming(waiting, out.Next, wanted)
	}
	if err != nil && ctx.Err() == nil && waiting.Err() != nil {
		err = nil // the wait is over, which is an answer
	}
	if err != nil {
		return FeedResult{}, fmt.Errorf("read feed: %w", classified(err))
	}
	return out, nil
}

// stored returns the next items of the log as it stands. It reads at least one
// page, however short the wait.
func (h FeedHandler) stored(ctx, waiting context.Context, after eventlog.Position, wanted filter) (FeedResult, error) {
	out := FeedResult{Next: after}
	for {
		read := 0
		for e, err := range h.Log.ReadAll(ctx, out.Next, domain.StreamPrefix, eventlog.MaxBatchEvents) {
			if err != nil {
				return out, err
			}
			out.pass(e, wanted)
			read++
		}
		if err := h.leaveOut(ctx, &out); err != nil {
			return out, err
		}
		if read < eventlog.MaxBatchEvents || len(out.Items) > 0 || waiting.Err() != nil {
			return out, nil
		}
	}
}

// coming returns the first items that are yet to come.
func (h FeedHandler) coming(waiting context.Context, after eventlog.Position, wanted filter) (FeedResult, error) {
	out := FeedResult{Next: after}
	subscription, err := h.Log.Follow(waiting, after, domain.StreamPrefix)
	if err != nil {
		return out, err
	}
	defer subscription.Close()
	for len(out.Items) == 0 {
		batch, err := subscription.Next(waiting)
		if err != nil {
			return out, err
		}
		for _, e := range batch.Events {
			out.pass(e, wanted)
		}
		out.Next = max(out.Next, batch.Position)
		if err := h.leaveOut(waiting, &out); err != nil {
			return out, err
		}
	}
	return out, nil
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
		for e, err := range h.Log.ReadStream(ctx, item.Stream, 0, 1) {
			if err != nil {
				return err
			}
			begins[item.Stream] = e.Revision
		}
	}
	r.Items = slices.DeleteFunc(r.Items, func(item FeedItem) bool { return item.Revision < begins[item.Stream] })
	return nil
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
// metadata cannot be read belongs to no organization.
func (r *FeedResult) pass(e eventlog.Recorded, wanted filter) {
	r.Next = e.Position
	var m domain.Meta
	if json.Unmarshal(e.Metadata, &m) == nil && wanted(e, m) {
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
