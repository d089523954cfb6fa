package main_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
	"google.golang.org/grpc"

	"parley/adapters/adaptertest/chaostest"
	"parley/adapters/adaptertest/logtest"
	"parley/adapters/eventnode/transport"
	"parley/adapters/eventstore"
	"parley/domain/eventlog"
)

// turnstile counts the subscriptions to the load's streams: those that are open and
// all there were.
type turnstile struct{ open, all atomic.Int64 }

func (c *turnstile) intercept(srv any, call grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	counted := &countedStream{ServerStream: call, by: c}
	defer counted.leave()
	return handler(srv, counted)
}

// countedStream is a call that may be a subscription.
type countedStream struct {
	grpc.ServerStream
	by         *turnstile
	subscribes bool
}

// RecvMsg implements grpc.ServerStream.
func (s *countedStream) RecvMsg(m any) error {
	err := s.ServerStream.RecvMsg(m)
	if read, ok := m.(*streams.ReadReq); ok && isOfLoad(read.GetOptions()) && !s.subscribes {
		s.subscribes = true
		s.by.open.Add(1)
		s.by.all.Add(1)
	}
	return err
}

// isOfLoad reports whether a read is a subscription to the load's streams.
func isOfLoad(options *streams.ReadReq_Options) bool {
	prefixes := options.GetFilter().GetStreamIdentifier().GetPrefix()
	return options.GetSubscription() != nil && slices.Contains(prefixes, loadPrefix)
}

func (s *countedStream) leave() {
	if s.subscribes {
		s.by.open.Add(-1)
	}
}

// startCounted serves a node and counts the subscriptions to it.
func startCounted(t *testing.T) (*wire, *turnstile) {
	t.Helper()
	c := &turnstile{}
	w := &wire{config: transport.Config{Writable: true, Options: []grpc.ServerOption{grpc.ChainStreamInterceptor(c.intercept)}}}
	w.open(t, logtest.Spaced(t.TempDir()))
	return w, c
}

// openPatient opens a client that takes no busy server for a dead one: connecting
// anew would be counted.
func openPatient(t *testing.T, w *wire) *eventstore.Store {
	t.Helper()
	store, err := eventstore.Open(eventstore.Config{ConnectionString: w.connection(), Heartbeat: recovery})
	return opened(t, store, err)
}

// Followers that are near the head of the log cost the server one subscription,
// however many they are; the last one ends it.
func TestEventStore_followers_near_the_head_share_one_subscription(t *testing.T) {
	t.Parallel()
	w, count := startCounted(t)
	store := openPatient(t, w)
	l := startLoad(t, store, 4, 11)
	l.awaitProgress("eleven followers")
	l.appending()
	l.appends.Wait()
	l.share(w, count)
	for range 20 {
		appendFilled(t, store, 1, 0)
	}
	truth := positionsOf(t, w.node)
	l.awaitAll(len(truth))
	before := count.all.Load()
	for _, at := range truth[len(truth)-20:] {
		sub, err := store.Follow(t.Context(), at, loadPrefix)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sub.Next(t.Context()); err != nil {
			t.Error(err)
		}
		sub.Close()
	}
	if after := count.all.Load(); after != before {
		t.Errorf("%d more subscriptions were made for those who joined near the head", after-before)
	}
	l.finish(w.node)
	l.await("the subscription ends with the last follower", func() bool { return count.open.Load() == 0 })
}

// awaitAll waits until every follower has had so many events.
func (l *load) awaitAll(n int) {
	l.Helper()
	l.await("all have it", func() bool {
		return !slices.ContainsFunc(l.followers, func(f *tracker) bool { return len(f.positions()) < n })
	})
}

// share waits until one subscription serves all followers, and those that the test
// reads. The second time all have had an event through what they shared the first
// time, so what is counted is that.
func (l *load) share(w *wire, count *turnstile, read ...*tracker) {
	l.Helper()
	for range 2 {
		l.await("all share a subscription", func() bool {
			appendFilled(l.T, l.log, 1, 0)
			l.awaitAll(len(positionsOf(l.T, w.node)))
			for _, f := range read {
				f.readTo(l.T, w.node)
			}
			return count.open.Load() == 1
		})
	}
}

// positions are those of the events that the follower has had.
func (f *tracker) positions() []eventlog.Position {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.seen)
}

// A follower that is not read for so long that it is overrun holds up nobody. It
// gets what it missed by a subscription of its own, and then shares again.
func TestEventStore_a_slow_follower_loses_nothing_and_harms_nobody(t *testing.T) {
	t.Parallel()
	w, count := startCounted(t)
	store := openPatient(t, w)
	l := startLoad(t, store, 0, 3)
	slow := l.unread()
	l.share(w, count, slow)
	before := count.all.Load()
	for range 14 { // more than is kept for those who share
		appendFilled(t, store, 100, 9<<10)
		l.awaitAll(len(positionsOf(t, w.node)))
	}
	l.share(w, count, slow)
	if after := count.all.Load(); after != before+1 {
		t.Errorf("%d more subscriptions were made, want one for the slow follower", after-before)
	}
	if diff := cmp.Diff(positionsOf(t, w.node), slow.seen); diff != "" {
		t.Errorf("the slow follower differs from the log (-log +seen):\n%s", diff)
	}
	l.finish(w.node)
}

// unread returns a follower that only the test reads.
func (l *load) unread() *tracker {
	l.Helper()
	sub, err := l.log.Follow(l.Context(), eventlog.Start, loadPrefix)
	if err != nil {
		l.Fatal(err)
	}
	l.Cleanup(sub.Close)
	return &tracker{sub: sub}
}

// readTo reads until the follower is where the log ends now.
func (f *tracker) readTo(t *testing.T, log eventlog.Log) {
	t.Helper()
	tail, err := log.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for len(f.seen) == 0 || f.seen[len(f.seen)-1] < tail {
		batch, err := f.sub.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range batch.Events {
			f.seen = append(f.seen, e.Position)
		}
	}
}

// appendFilled appends events of so many bytes each to a stream of their own.
func appendFilled(t *testing.T, log eventlog.Log, events, bytes int) {
	t.Helper()
	batch := make([]eventlog.NewEvent, events)
	for i := range batch {
		batch[i] = eventlog.NewEvent{ID: uuid.New(), Type: "load.appended.v1", Data: []byte(`"` + strings.Repeat("x", bytes) + `"`)}
	}
	if _, err := log.Append(t.Context(), loadPrefix+uuid.NewString(), eventlog.NoStream, batch); err != nil {
		t.Errorf("append: %v", err)
	}
}

// positionsOf are the positions of the log's events.
func positionsOf(t *testing.T, log eventlog.Log) (positions []eventlog.Position) {
	t.Helper()
	for e, err := range log.ReadAll(t.Context(), eventlog.Start, loadPrefix, 0) {
		if err != nil {
			t.Fatalf("read log: %v", err)
		}
		positions = append(positions, e.Position)
	}
	return positions
}

// visit is what a follower had that came and went.
type visit struct {
	after, reached eventlog.Position
	seen           []eventlog.Position
}

// Followers start at zero, anywhere or near the head and leave again while appends
// go on, and all connections are cut again and again. One is not read meanwhile, so
// it is overrun each time. None gets anything twice or misses anything.
func TestEventStore_followers_come_and_go_while_connections_are_cut(t *testing.T) {
	t.Parallel()
	w, count := startCounted(t)
	store := openStore(t, w.address)
	l := startLoad(t, store, 8, 4)
	visiting, leave := context.WithCancel(t.Context())
	var visitors sync.WaitGroup
	visits := make([][]visit, 6)
	for i := range visits {
		visitors.Go(func() {
			for visiting.Err() == nil {
				visits[i] = append(visits[i], l.visit(visiting))
			}
		})
	}
	slow := l.unread()
	for range chaostest.Cycles(3, 20) {
		slow.readTo(t, w.node)
		for range 10 {
			appendFilled(t, store, 16, 60<<10)
		}
		w.stop(t)
		w.start(t)
		l.awaitProgress("after a cut")
	}
	leave()
	visitors.Wait()
	l.await("those who stay share a subscription", func() bool { return count.open.Load() == 1 })
	l.finish(w.node)
	truth := positionsOf(t, w.node)
	slow.readTo(t, w.node)
	for _, v := range append(slices.Concat(visits...), visit{reached: truth[len(truth)-1], seen: slow.seen}) {
		v.wantPartOf(t, truth)
	}
	l.report(fmt.Sprintf("connections cut under followers that stay and %d that come and go", len(slices.Concat(visits...))))
}

// visit follows from somewhere for a while.
func (l *load) visit(ctx context.Context) (v visit) {
	if known := l.followers[0].positions(); len(known) > 0 && rand.IntN(4) > 0 {
		v.after = known[max(0, len(known)-1-rand.IntN(len(known)*3/2))]
	}
	v.reached = v.after
	sub, err := l.log.Follow(ctx, v.after, loadPrefix)
	if err != nil {
		return v
	}
	defer sub.Close()
	for range rand.IntN(40) {
		batch, err := sub.Next(ctx)
		if err != nil {
			return v
		}
		for _, e := range batch.Events {
			v.seen = append(v.seen, e.Position)
		}
		v.reached = batch.Position
	}
	return v
}

// wantPartOf demands that a visit had exactly the events between its beginning and
// its end.
func (v visit) wantPartOf(t *testing.T, truth []eventlog.Position) {
	t.Helper()
	behind := func(p eventlog.Position) int {
		return sort.Search(len(truth), func(i int) bool { return truth[i] > p })
	}
	if diff := cmp.Diff(truth[behind(v.after):behind(v.reached)], v.seen, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("a visit from %d to %d differs from the log (-log +seen):\n%s", v.after, v.reached, diff)
	}
}
