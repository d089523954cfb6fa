package queries_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/adapters/adaptertest/logtest"
	"parley/adapters/adaptertest/replacedtest"
	"parley/adapters/eventnode"
	"parley/domain"
	"parley/domain/attachment"
	"parley/domain/conversation"
	"parley/domain/eventlog"
	"parley/projections/projectiontest"
	"parley/queries"
)

// shared is a feed over a log that others write to as well.
type shared struct {
	*fixture
	log     *replacedtest.Log
	handler queries.FeedHandler
}

// onSharedLog returns a feed whose log can be replaced, by an instance that starts
// when it ends with what others wrote.
func onSharedLog(t *testing.T) *shared {
	t.Helper()
	s := &shared{fixture: withLogOf(t, 20)}
	s.log = replacedtest.New(s.sources.Log)
	s.sources.Log = s.log
	s.foreign(20)
	s.start()
	return s
}

// start is a new instance: it has heard of nothing yet.
func (s *shared) start() {
	s.Helper()
	s.follow()
	s.log.AwaitFollower()
	s.handler = queries.NewFeedHandler(s.sources)
}

// foreign appends events of others and returns the position of the last.
func (s *shared) foreign(n int) (at eventlog.Position) {
	s.Helper()
	for range n {
		at = s.append("others-"+uuid.NewString(), eventlog.NoStream, eventlog.NewEvent{ID: uuid.New(), Type: "theirs", Data: []byte(`{}`), Metadata: []byte(`{}`)})
	}
	return at
}

// own appends an event of the organization's.
func (s *shared) own() eventlog.Position {
	s.Helper()
	return s.append("parley_own-"+uuid.NewString(), eventlog.NoStream, eventlog.NewEvent{
		ID: uuid.New(), Type: conversation.Closed{}.EventType(), Data: []byte(`{}`), Metadata: []byte(`{"organization":"acme"}`),
	})
}

// poll asks for what is behind a position and says how often the log was asked.
func (s *shared) poll(after eventlog.Position) (out queries.FeedResult, asked int64) {
	s.Helper()
	before := s.log.Calls()
	out, err := s.handler.Handle(s.Context(), queries.Feed{Actor: s.administrator(), After: after})
	if err != nil {
		s.Fatal(err)
	}
	return out, s.log.Calls() - before
}

// heard returns once the follower has passed a position.
func (s *shared) heard(position eventlog.Position) {
	s.Helper()
	if err := s.follower.Wait(s.Context(), position); err != nil {
		s.Fatal(err)
	}
}

// last reads the feed to its end and returns the position of the last event.
func (s *shared) last() (at eventlog.Position) {
	s.Helper()
	for {
		out, _ := s.poll(at)
		if len(out.Items) == 0 {
			return at
		}
		at = out.Next
	}
}

// wantChanged fails the test unless the error says that the log is another one.
func wantChanged(t *testing.T, what string, err error) *queries.LogChangedError {
	t.Helper()
	changed, is := errors.AsType[*queries.LogChangedError](err)
	if !is || domain.CodeOf(err) != domain.CodeLogChanged {
		t.Fatalf("%s: got %v, want %s", what, err, domain.CodeLogChanged)
	}
	return changed
}

func TestFeed_refuses_what_is_no_position_of_the_log(t *testing.T) {
	t.Parallel()
	s := onSharedLog(t)
	last, end := s.last(), s.end()
	first := projectiontest.Record(t, s.world.Events...)[0].ID
	for name, q := range map[string]queries.Feed{
		"between two events":            {After: last + 1},
		"between two of others":         {After: end - 1},
		"before the first":              {After: 5},
		"above the end":                 {After: end + logtest.Stride},
		"far above the end":             {After: 1<<64 - 1},
		"of another log":                {After: last, Log: uuid.New()},
		"the start, but of another log": {Log: uuid.New()},
		"between two, of this log":      {After: last + 1, Log: first},
	} {
		q.Actor = s.administrator()
		for _, q.Wait = range []time.Duration{0, time.Minute} {
			_, err := s.handler.Handle(t.Context(), q)
			if changed := wantChanged(t, name, err); changed.Log != first || changed.Head != end {
				t.Errorf("%s: log %s up to %d, want %s up to %d", name, changed.Log, changed.Head, first, end)
			}
		}
	}
	for name, q := range map[string]queries.Feed{
		"of an event of ours": {After: last, Log: first},
		"of one of others":    {After: end},
	} {
		q.Actor = s.administrator()
		if out, err := s.handler.Handle(t.Context(), q); err != nil || out.Log != first || out.Head != end {
			t.Errorf("%s: got log %s up to %d, %v", name, out.Log, out.Head, err)
		}
	}
}

func TestFeed_asks_nothing_of_the_log_while_only_others_write(t *testing.T) {
	t.Parallel()
	s := onSharedLog(t)
	end := s.end()
	s.poll(end)
	for range 3 {
		if out, asked := s.poll(end); asked != 0 || len(out.Items) > 0 || out.Next < end || out.Head != out.Next {
			t.Errorf("asked the log %d times, and came to %d of %d", asked, out.Next, out.Head)
		}
		s.foreign(10)
	}
	at := s.own()
	s.heard(at)
	if out, _ := s.poll(end); len(out.Items) != 1 || out.Next != at {
		t.Errorf("got %d items up to %d, want the one at %d", len(out.Items), out.Next, at)
	}
	if out, asked := s.poll(at); asked != 0 || out.Next != at {
		t.Errorf("behind the last event the log is asked %d times, next is %d, want %d", asked, out.Next, at)
	}
}

func TestFeed_tells_nothing_that_the_store_itself_wrote(t *testing.T) {
	t.Parallel()
	s := onSharedLog(t)
	last := s.last()
	at := s.append("parley_own-"+uuid.NewString(), eventlog.NoStream, eventlog.NewEvent{
		ID: uuid.New(), Type: "$ended", Data: []byte(`{}`), Metadata: []byte(`{"organization":"acme"}`),
	})
	s.heard(at)
	if out, _ := s.poll(last); len(out.Items) > 0 || out.Next != at {
		t.Errorf("got %+v up to %d, want nothing up to %d", out.Items, out.Next, at)
	}
}

// A subscriber that stopped behind the last event comes back to another instance,
// which has not heard of that event.
func TestFeed_searches_what_others_wrote_but_once(t *testing.T) {
	t.Parallel()
	s := onSharedLog(t)
	last, end := s.last(), s.end()
	s.start()
	if out, asked := s.poll(last); len(out.Items) > 0 || out.Next != end || asked == 0 {
		t.Errorf("got %d items up to %d, want none up to %d (asked %d times)", len(out.Items), out.Next, end, asked)
	}
	for _, after := range []eventlog.Position{last, end} {
		if out, asked := s.poll(after); asked != 0 || len(out.Items) > 0 || out.Next != end {
			t.Errorf("from %d the log is asked %d times, and next is %d, want %d", after, asked, out.Next, end)
		}
	}
	at := s.own()
	s.heard(at)
	if out, _ := s.poll(last); len(out.Items) != 1 || out.Next != at {
		t.Errorf("got %d items up to %d, want the one at %d", len(out.Items), out.Next, at)
	}
}

func TestFeed_of_a_log_without_events_of_ours_has_no_name(t *testing.T) {
	t.Parallel()
	s := &shared{fixture: fixtureOf(t, 20), log: replacedtest.New(openNode(t))}
	s.sources.Log = s.log
	end := s.foreign(10)
	s.start()
	s.poll(eventlog.Start)
	if out, asked := s.poll(eventlog.Start); asked != 0 || out.Log != uuid.Nil || out.Next != end {
		t.Errorf("asked the log %d times; it is %s up to %d, want none up to %d", asked, out.Log, out.Next, end)
	}
	at := s.own()
	s.heard(at)
	if out, _ := s.poll(eventlog.Start); len(out.Items) != 1 || out.Log != out.Items[0].ID {
		t.Errorf("the log with one event is %s: %+v", out.Log, out.Items)
	}
}

func TestFeed_that_waits_ends_when_the_log_is_replaced(t *testing.T) {
	t.Parallel()
	other := openNode(t)
	s := onSharedLog(t)
	last, end := s.last(), s.end()
	theirs := eventlog.NewEvent{ID: uuid.New(), Type: "x.v1", Data: []byte(`{}`), Metadata: []byte(`{"organization":"acme"}`)}
	if _, err := other.Append(t.Context(), "parley_own-"+uuid.NewString(), eventlog.NoStream, []eventlog.NewEvent{theirs}); err != nil {
		t.Fatal(err)
	}
	refused := make(chan error, 1)
	before, _ := s.poll(end)
	go func() {
		_, err := s.handler.Handle(t.Context(), queries.Feed{Actor: s.administrator(), After: last, Wait: time.Minute})
		refused <- err
	}()
	s.log.AwaitFollower()
	s.log.Replace(other)
	if changed := wantChanged(t, "a poll that waited", <-refused); changed.Log != theirs.ID {
		t.Errorf("the new log is %s, want %s", changed.Log, theirs.ID)
	}
	select {
	case <-before.Replaced:
	default:
		t.Error("who had an answer of the former log is not told")
	}
	for _, after := range []eventlog.Position{last, end} {
		_, err := s.handler.Handle(t.Context(), queries.Feed{Actor: s.administrator(), After: after})
		wantChanged(t, "a position of the former log", err)
	}
	if out, _ := s.poll(eventlog.Start); len(out.Items) != 1 || out.Items[0].ID != theirs.ID {
		t.Errorf("the new log holds %+v", out.Items)
	}
}

// Its stream tells what is left of a file; one that is gone tells that nothing is.
func TestFeed_leaves_out_a_file_whose_stream_was_deleted(t *testing.T) {
	t.Parallel()
	f := withLogOf(t, 20)
	handler := queries.NewFeedHandler(f.sources)
	for name, remove := range map[string]func(*eventnode.Node, context.Context, string, eventnode.Expectation) (eventlog.Position, error){
		"for good": (*eventnode.Node).Tombstone, "softly": (*eventnode.Node).Delete,
	} {
		before, stream := f.end(), attachment.Stream(uuid.New())
		f.append(stream, eventlog.NoStream, eventlog.NewEvent{
			ID: uuid.New(), Type: "attachment.uploaded.v1", Data: []byte(`{}`), Metadata: []byte(`{"organization":"acme"}`),
		})
		q := queries.Feed{Actor: f.administrator(), After: before, Wait: time.Minute}
		if out, err := handler.Handle(t.Context(), q); err != nil || len(out.Items) != 1 {
			t.Fatalf("%s: before, the feed has %d events, %v", name, len(out.Items), err)
		}
		end, err := remove(f.sources.Log.(*eventnode.Node), t.Context(), stream, eventnode.Any)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.follower.Wait(t.Context(), end); err != nil {
			t.Fatal(err)
		}
		q.Wait = 0
		if out, err := handler.Handle(t.Context(), q); err != nil || len(out.Items) != 0 || out.Next < before {
			t.Errorf("%s: the feed has %d events, %v", name, len(out.Items), err)
		}
	}
}

func TestFeed_hands_out_nothing_that_it_could_not_check(t *testing.T) {
	t.Parallel()
	f := withLogOf(t, 20)
	if err := f.sources.DB.(io.Closer).Close(); err != nil {
		t.Fatal(err)
	}
	out, err := queries.NewFeedHandler(f.sources).Handle(t.Context(), queries.Feed{Actor: f.administrator()})
	if err == nil || len(out.Items) != 0 || out.Next != eventlog.Start {
		t.Errorf("without the database the feed has %d events up to %d, %v", len(out.Items), out.Next, err)
	}
}
