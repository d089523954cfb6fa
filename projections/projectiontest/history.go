package projectiontest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"parley/domain"
	"parley/domain/eventlog"
)

// Organization is that of events that name none.
const Organization = "acme"

// Epoch is the time of the first event of a history whose events have no time;
// each further one comes a second later.
var Epoch = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

// Event is one event of a history. Of Meta only what matters must be given: the
// organization is [Organization], the actor [domain.System] and the time that of
// its place in the history unless it says otherwise.
type Event struct {
	Stream string
	Data   domain.Event
	Meta   domain.Meta
	// Raw, when set, is stored in place of Data's JSON: for damaged events. Type
	// replaces Data's type likewise.
	Raw, Type string
}

// Nowhere is the metadata of an event of which no organization is known.
var Nowhere = domain.Meta{Organization: nowhere}

const nowhere = "-"

// Tombstone returns the end of a stream that somebody deleted for ever.
func Tombstone(stream string) Event { return Event{Stream: stream, Type: eventlog.TombstoneType} }

// Record returns the history as a log would hold it: positions 10, 20, 30 …,
// revisions per stream, ids that depend on the place alone.
func Record(tb testing.TB, history ...Event) []eventlog.Recorded {
	tb.Helper()
	revisions := map[string]eventlog.Revision{}
	recorded := make([]eventlog.Recorded, len(history))
	for i, e := range history {
		at := Epoch.Add(time.Duration(i) * time.Second)
		r := eventlog.Recorded{
			ID:       domain.DeriveID("history", fmt.Sprint(i)),
			Stream:   e.Stream,
			Revision: revisions[e.Stream],
			Position: eventlog.Position(10 * (i + 1)), RecordedAt: at,
			Type: e.Type, Data: []byte(e.Raw), Metadata: encode(tb, complete(e.Meta, i, at)),
		}
		if e.Type == "" {
			r.Type = e.Data.EventType()
		}
		switch {
		case e.Type == eventlog.TombstoneType:
			r.Revision, r.Data, r.Metadata = eventlog.TombstoneRevision, nil, nil
		case e.Raw == "":
			r.Data = encode(tb, e.Data)
		}
		revisions[e.Stream]++
		recorded[i] = r
	}
	return recorded
}

func complete(m domain.Meta, place int, at time.Time) domain.Meta {
	switch m.Organization {
	case "":
		m.Organization = Organization
	case nowhere:
		m.Organization = ""
	}
	if m.Actor.IsZero() {
		m.Actor = domain.System
	}
	if m.Time.IsZero() {
		m.Time = at
	}
	if m.Channel == "" {
		m.Channel = domain.ChannelAPI
	}
	if m.CommandID == [16]byte{} {
		m.CommandID = domain.DeriveID("command", fmt.Sprint(place))
		m.CorrelationID, m.CausationID = m.CommandID, m.CommandID
	}
	return m
}

func encode(tb testing.TB, v any) []byte {
	tb.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		tb.Fatalf("encode %T: %v", v, err)
	}
	return data
}

// registry joins manifests.
func registry(tb testing.TB, manifests [][]domain.Type) *domain.Registry {
	tb.Helper()
	r, err := domain.NewRegistry(manifests...)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// recording is a log that holds a history and nothing else ever.
type recording []eventlog.Recorded

func (r recording) ReadAll(_ context.Context, after eventlog.Position, prefix string, limit int) iter.Seq2[eventlog.Recorded, error] {
	return func(yield func(eventlog.Recorded, error) bool) {
		for _, e := range r {
			if e.Position <= after || !strings.HasPrefix(e.Stream, prefix) {
				continue
			}
			if !yield(e, nil) {
				return
			}
			if limit--; limit == 0 {
				return
			}
		}
	}
}

func (r recording) End(context.Context) (eventlog.Position, error) {
	if len(r) == 0 {
		return eventlog.Start, nil
	}
	return r[len(r)-1].Position, nil
}

func (r recording) At(_ context.Context, position eventlog.Position) (eventlog.Recorded, error) {
	for _, e := range r {
		if e.Position == position {
			return e, nil
		}
	}
	return eventlog.Recorded{}, eventlog.ErrNoSuchPosition
}

func (r recording) Trouble() eventlog.Trouble { return eventlog.Trouble{} }

func (r recording) OnReplaced(func()) {}

var errRecording = errors.New("a recorded history can only be read as a whole")

func (r recording) Append(context.Context, string, eventlog.Revision, []eventlog.NewEvent) (eventlog.Appended, error) {
	return eventlog.Appended{}, errRecording
}

func (r recording) ReadStream(context.Context, string, eventlog.Revision, int) iter.Seq2[eventlog.Recorded, error] {
	return func(yield func(eventlog.Recorded, error) bool) { yield(eventlog.Recorded{}, errRecording) }
}

func (r recording) Truncate(context.Context, string, eventlog.Revision) error { return errRecording }

func (r recording) Follow(context.Context, eventlog.Position, string) (eventlog.Subscription, error) {
	return nil, errRecording
}
