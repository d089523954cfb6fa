package stream_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"parley/adapters/stream"
	"parley/domain/eventlog"
	"parley/projections/projectiontest"
)

// The log has nothing for the consumer, which learns that once in each term.
func TestRouter_tells_a_consumer_that_nothing_is_waiting(t *testing.T) {
	t.Parallel()
	log := openLog(t)
	r := &recorder{name: "idle"}
	stop := start(t, stream.Config{Log: log, Lead: new(alone).lead, Consumers: []stream.Consumer{r}})
	eventually(t, "it is told", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.lives == 1
	})
	want := appendEvents(t, log, 3)
	eventually(t, "events come", func() bool { n, _ := r.count(); return n == len(want) })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

func TestRouter_begins_a_new_term_when_the_log_is_replaced(t *testing.T) {
	t.Parallel()
	first, second := openLog(t), openLog(t)
	appendEvents(t, first, 5)
	log := projectiontest.NewReplaceable(first)
	r := &recorder{name: "r"}
	start(t, stream.Config{Log: log, Lead: new(alone).lead, Consumers: []stream.Consumer{r}})
	eventually(t, "it has caught up", func() bool { n, _ := r.count(); return n == 5 })
	r.mu.Lock()
	r.at = eventlog.Start // as who compares would find
	r.mu.Unlock()
	appendEvents(t, second, 2)
	log.Replace(second)
	eventually(t, "the new log is followed", func() bool { n, _ := r.count(); return n == 7 })
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.terms != 2 || len(r.causes) != 1 || !errors.Is(r.causes[0], eventlog.ErrLogChanged) {
		t.Errorf("want one new term because the log was replaced, got %d terms, causes %v", r.terms, r.causes)
	}
}

// nowhere is a log that does not know a position.
type nowhere struct {
	eventlog.Log
	once sync.Once
}

func (n *nowhere) Follow(ctx context.Context, after eventlog.Position, prefix string) (s eventlog.Subscription, err error) {
	n.once.Do(func() { s = unknown{} })
	if s != nil {
		return s, nil
	}
	return n.Log.Follow(ctx, after, prefix)
}

type unknown struct{}

func (unknown) Next(context.Context) (eventlog.Batch, error) {
	return eventlog.Batch{}, eventlog.ErrNoSuchPosition
}
func (unknown) Close() {}

func TestRouter_tells_a_consumer_that_its_position_is_none(t *testing.T) {
	t.Parallel()
	node := openLog(t)
	want := appendEvents(t, node, 5)
	r := &recorder{name: "r"}
	start(t, stream.Config{Log: &nowhere{Log: node}, Lead: new(alone).lead, Consumers: []stream.Consumer{r}})
	eventually(t, "the events come", func() bool { n, _ := r.count(); return n == len(want) })
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.terms != 2 || !errors.Is(r.causes[0], eventlog.ErrNoSuchPosition) {
		t.Errorf("want the consumer told, got causes %v", r.causes)
	}
}
