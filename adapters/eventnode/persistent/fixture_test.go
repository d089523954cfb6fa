package persistent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"parley/adapters/eventnode"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait of a test; a wait that needs it has hung.
const patience = 30 * time.Second

// fixture is a node and its groups.
type fixture struct {
	*testing.T
	ctx    context.Context
	dir    string
	node   *eventnode.Node
	groups *Groups
	clock  *manualClock // nil: the wall clock
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{T: t, dir: t.TempDir()}
	var cancel context.CancelFunc
	f.ctx, cancel = context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	f.open()
	t.Cleanup(func() {
		f.groups.Close()
		if err := f.node.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func (f *fixture) open() {
	f.Helper()
	node, err := eventnode.Open(eventnode.Config{Dir: f.dir, FirstPosition: 1000, Stride: 7})
	f.must(err)
	f.node = node
	f.regroup()
}

func (f *fixture) regroup() {
	opts := Options{Compile: func(filter Filter) (Matcher, error) {
		if len(filter.Prefixes) == 0 {
			return nil, errors.New("no prefix")
		}
		return func(r *eventnode.Record) bool { return strings.HasPrefix(r.Stream, filter.Prefixes[0]) }, nil
	}}
	if f.clock != nil {
		opts.Clock = f.clock
	}
	f.groups = New(f.node, opts)
}

// restart stops everything in order and opens it again.
func (f *fixture) restart() {
	f.Helper()
	f.groups.Close()
	f.must(f.node.Close())
	f.open()
}

// crash takes the node away first, so that the groups can write nothing more.
func (f *fixture) crash() {
	f.Helper()
	f.must(f.node.Close())
	f.groups.Close()
	f.open()
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// append appends n events to a stream, whatever is in it.
func (f *fixture) append(stream string, n int) {
	f.Helper()
	for n > 0 {
		events := make([]eventnode.Event, min(n, 500))
		for i := range events {
			events[i] = newEvent("test.happened.v1", []byte(`{}`))
		}
		_, err := f.node.AppendExpecting(f.ctx, stream, eventnode.Any, events)
		f.must(err)
		n -= len(events)
	}
}

// create makes a group that begins at the start, as change wants it.
func (f *fixture) create(source Source, change func(*Proposal)) {
	f.Helper()
	p := Proposal{Source: source, Group: "g", Settings: DefaultSettings()}
	if change != nil {
		change(&p)
	}
	f.must(f.groups.Create(f.ctx, p))
}

func (f *fixture) connect(source Source, buffer int) *Consumer {
	f.Helper()
	c, err := f.groups.Connect(f.ctx, source, "g", Identity{}, buffer)
	f.must(err)
	return c
}

// next demands the next events, written as stream@revision, and a + for each retry.
func (f *fixture) next(c *Consumer, want ...string) []Event {
	f.Helper()
	var got []string
	var events []Event
	for range want {
		e, err := c.Next(f.ctx)
		f.must(err)
		r := e.record()
		got = append(got, fmt.Sprintf("%s@%d%s", r.Stream, r.Revision, strings.Repeat("+", int(e.Retries))))
		events = append(events, e)
	}
	if !slices.Equal(got, want) {
		f.Fatalf("got %v, want %v", got, want)
	}
	return events
}

func (f *fixture) ack(c *Consumer, events ...Event) {
	f.Helper()
	f.must(c.Ack(f.ctx, ids(events)...))
}

func (f *fixture) nack(c *Consumer, action Action, events ...Event) {
	f.Helper()
	f.must(c.Nack(f.ctx, action, "no", ids(events)...))
}

func ids(events []Event) (all []uuid.UUID) {
	for i := range events {
		all = append(all, events[i].Original.ID)
	}
	return all
}

func (f *fixture) info(source Source) Info {
	f.Helper()
	i, err := f.groups.Info(f.ctx, source, "g")
	f.must(err)
	return i
}

// until waits for a group to be as wanted.
func (f *fixture) until(source Source, what string, ok func(Info) bool) {
	f.Helper()
	for {
		i := f.info(source)
		if ok(i) {
			return
		}
		select {
		case <-f.ctx.Done():
			f.Fatalf("the group is not %s: %+v", what, i)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// stored returns the last checkpoint on disk, or -1.
func (f *fixture) stored(source Source) int64 {
	f.Helper()
	r, ok, err := (records{f.node, key{source, "g"}}).last(f.ctx, key{source, "g"}.checkpoints())
	f.must(err)
	if !ok {
		return -1
	}
	var at int64
	f.must(json.Unmarshal(r.Data, &at))
	return at
}

// count returns how many events a stream has.
func (f *fixture) count(stream string) (n int) {
	f.Helper()
	for _, err := range f.node.Stream(f.ctx, stream, 0, 0) {
		f.must(err)
		n++
	}
	return n
}

// manualClock stands still until it is told to move.
type manualClock struct {
	mu     sync.Mutex
	now    time.Time
	alarms map[chan time.Time]time.Time
}

func newManualClock() *manualClock {
	return &manualClock{now: time.Unix(1e9, 0), alarms: map[chan time.Time]time.Time{}}
}

func (c *manualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *manualClock) After(d time.Duration) (<-chan time.Time, func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	due := make(chan time.Time, 1)
	if d <= 0 {
		due <- c.now
		return due, func() {}
	}
	c.alarms[due] = c.now.Add(d)
	return due, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.alarms, due)
	}
}

func (c *manualClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	for due, at := range c.alarms {
		if !at.After(c.now) {
			due <- c.now
			delete(c.alarms, due)
		}
	}
}
