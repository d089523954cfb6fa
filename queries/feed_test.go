package queries_test

import (
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/eventlog"
	"parley/projections/projectiontest"
	"parley/queries"
)

func (f *fixture) feed(q queries.Feed) queries.FeedResult {
	f.Helper()
	out, err := queries.NewFeedHandler(f.sources).Handle(f.Context(), q)
	if err != nil {
		f.Fatal(err)
	}
	return out
}

func TestFeed_holds_the_events_of_the_organization_only(t *testing.T) {
	t.Parallel()
	f := withLog(t)
	c := f.world.Of(projectiontest.Organization)[0]
	message := conversation.MessageAdded{}.EventType()
	for _, q := range []struct {
		name   string
		feed   queries.Feed
		wanted func(eventlog.Recorded, domain.Meta) bool
	}{
		{"all", queries.Feed{}, func(eventlog.Recorded, domain.Meta) bool { return true }},
		{"of a type", queries.Feed{Type: []string{message}}, func(e eventlog.Recorded, _ domain.Meta) bool { return e.Type == message }},
		{"of a conversation", queries.Feed{Conversation: []uuid.UUID{c.ID}}, func(e eventlog.Recorded, _ domain.Meta) bool {
			return e.Stream == conversation.Stream(c.ID)
		}},
	} {
		q.feed.Actor = f.administrator()
		var got []uuid.UUID
		for {
			out := f.feed(q.feed)
			for _, item := range out.Items {
				got = append(got, item.ID)
			}
			if q.feed.After == out.Next {
				break
			}
			q.feed.After = out.Next
		}
		if diff := gocmp.Diff(f.recorded(q.wanted), got); diff != "" {
			t.Errorf("feed %s (-want +got):\n%s", q.name, diff)
		}
		if tail := f.end(); q.feed.After != tail {
			t.Errorf("feed %s ends at %d, want the tail %d", q.name, q.feed.After, tail)
		}
	}
}

func TestFeed_waits_for_what_is_yet_to_come(t *testing.T) {
	t.Parallel()
	f := withLogOf(t, 20)
	end := f.end()
	answers := make(chan queries.FeedResult, 1)
	go func() {
		out, err := queries.NewFeedHandler(f.sources).Handle(t.Context(),
			queries.Feed{Actor: f.administrator(), After: end, Wait: time.Minute, Type: []string{conversation.Renamed{}.EventType()}})
		if err != nil {
			t.Error(err)
		}
		answers <- out
	}()
	c := f.world.Of(projectiontest.Organization)[0]
	metadata := []byte(`{"organization":"acme"}`)
	f.append(conversation.Stream(c.ID), eventlog.Revision(c.Revision-1),
		eventlog.NewEvent{ID: uuid.New(), Type: conversation.Closed{}.EventType(), Data: []byte(`{}`), Metadata: metadata})
	id := uuid.New()
	at := f.append(conversation.Stream(c.ID), eventlog.Revision(c.Revision),
		eventlog.NewEvent{ID: id, Type: conversation.Renamed{}.EventType(), Data: []byte(`{"name":"x"}`), Metadata: metadata})
	select {
	case out := <-answers:
		if len(out.Items) != 1 || out.Items[0].ID != id || out.Next != at {
			t.Errorf("got %d items up to %d, want the event at %d", len(out.Items), out.Next, at)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the feed did not answer")
	}
}

func TestFeed_answers_empty_when_the_wait_is_over(t *testing.T) {
	t.Parallel()
	f := withLogOf(t, 20)
	out := f.feed(queries.Feed{Actor: f.administrator(), Type: []string{"nothing.at-all.v1"}, Wait: 50 * time.Millisecond})
	if tail := f.end(); len(out.Items) != 0 || out.Next != tail {
		t.Errorf("got %d items up to %d, want none up to %d", len(out.Items), out.Next, tail)
	}
}

func TestFeed_is_for_administrators(t *testing.T) {
	t.Parallel()
	f := withLogOf(t, 20)
	_, err := queries.NewFeedHandler(f.sources).Handle(t.Context(), queries.Feed{Actor: f.actor(domain.User("p1"), access.System)})
	if domain.CodeOf(err) != domain.CodeForbidden {
		t.Errorf("got %v, want %s", err, domain.CodeForbidden)
	}
}
