package eventstore_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/metadata"

	"parley/adapters/eventnode"
	"parley/adapters/eventstore"
	"parley/domain/eventlog"
)

// folderOf returns the folder of a node with so many events, closed.
func folderOf(t *testing.T, events int) string {
	t.Helper()
	dir := t.TempDir()
	node, err := eventnode.Open(eventnode.Config{Dir: dir, FirstPosition: firstPosition, Stride: stride, ScrubBytesPerSecond: -1})
	if err != nil {
		t.Fatal(err)
	}
	fill(t, node, "parley_before", events)
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// twin returns a copy of a folder.
func twin(t *testing.T, dir string) string {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return copied
}

// replaceable is a server whose log is replaced while a store uses it.
type replaceable struct {
	*server
	store  *eventstore.Store
	former *reader
	hooks  atomic.Int32
}

// startReplaceable serves a folder's log, to which so many events are appended by
// the store, whose follower has seen them all.
func startReplaceable(t *testing.T, dir string, appended int) *replaceable {
	t.Helper()
	r := &replaceable{server: &server{T: t}}
	r.config.Writable = true
	r.open(openNode(t, dir))
	r.store = r.storeWith(eventstore.Config{SecondLook: time.Millisecond})
	r.store.OnReplaced(func() { r.hooks.Add(1) })
	end, err := r.store.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if appended > 0 {
		end = fill(t, r.store, "parley_lost", appended)[appended-1]
	}
	r.former = follow(t, r.store, eventlog.Start)
	r.former.until(end)
	return r
}

// wantReplaced demands that all that began before has ended, and that what begins
// now is answered by the log that is there.
func (r *replaceable) wantReplaced() {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	for {
		_, err := r.former.sub.Next(ctx)
		if err == nil {
			continue
		}
		if !errors.Is(err, eventlog.ErrLogChanged) {
			r.Errorf("the follower ended with %v, want that the log was replaced", err)
		}
		break
	}
	if _, err := r.former.sub.Next(ctx); !errors.Is(err, eventlog.ErrLogChanged) {
		r.Errorf("the follower goes on with %v", err)
	}
	var there []eventlog.Position
	for e, err := range r.store.ReadAll(ctx, eventlog.Start, "", 0) {
		if err != nil {
			r.Fatal(err)
		}
		there = append(there, e.Position)
	}
	if n := r.hooks.Load(); n != 1 {
		r.Errorf("%d times it was said that the log was replaced", n)
	}
	if trouble := r.store.Trouble(); trouble.Err != nil {
		r.Errorf("trouble is %v", trouble.Err)
	}
	end := fill(r.T, r.store, "parley_after", 1)[0]
	next := follow(r.T, r.store, eventlog.Start)
	next.until(end)
	if len(next.seen) != len(there)+1 {
		r.Errorf("a new follower saw %d events of %d", len(next.seen), len(there)+1)
	}
}

func TestReplaced_by_an_older_copy(t *testing.T) {
	t.Parallel()
	for name, later := range map[string]int{"with nothing written since": 0, "with less than was lost": 2, "with as much": 5, "with more": 9} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := folderOf(t, 3)
			older := openNode(t, twin(t, dir))
			r := startReplaceable(t, dir, 5)
			r.asOf2310()
			if later > 0 {
				fill(t, older, "parley_later", later)
			}
			r.replace(older)
			r.wantReplaced()
		})
	}
}

func TestReplaced_by_another_log(t *testing.T) {
	t.Parallel()
	for name, events := range map[string]int{"with no events": 0, "with less events": 1, "with more events": 20} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := startReplaceable(t, folderOf(t, 3), 0)
			r.replace(openNode(t, folderOf(t, events)))
			r.wantReplaced()
		})
	}
}

// The log's first event tells, too, when nothing else is known.
func TestReplaced_before_anything_was_read(t *testing.T) {
	t.Parallel()
	s, replaced := &server{T: t}, make(chan struct{})
	s.open(openNode(t, folderOf(t, 3)))
	store := s.storeWith(eventstore.Config{SecondLook: time.Millisecond, Heartbeat: patience}) // which would read
	store.OnReplaced(func() { close(replaced) })
	awaitTrouble(t, store, "with the first log", noTrouble)
	s.replace(openNode(t, folderOf(t, 5)))
	select {
	case <-replaced:
	case <-time.After(patience):
		t.Error("it was taken for the same log")
	}
}

// What is gone proves nothing: the other of the two decides.
func TestReplaced_is_not_a_log_of_which_events_are_gone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ ended []string }{
		"the first":          {[]string{"parley_before"}},
		"the last":           {[]string{"parley_lost"}},
		"the first and last": {[]string{"parley_before", "parley_lost"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := startReplaceable(t, folderOf(t, 3), 2)
			r.asOf2310()
			r.stop()
			for _, stream := range c.ended {
				tombstone(t, r.server, stream)
			}
			end := fill(t, r.node, "parley_more", 2)[1]
			if _, err := r.node.Scavenge(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			r.start()
			r.former.until(end)
			fill(t, r.store, "parley_after", 1)
			if n := r.hooks.Load(); n != 0 {
				t.Error("it was taken for another log")
			}
		})
	}
}

// One look proves nothing: a server may be behind. Until the second one, nobody is
// answered, and that is an outage.
func TestReplaced_is_believed_at_the_second_look_only(t *testing.T) {
	t.Parallel()
	dir := folderOf(t, 3)
	older := openNode(t, twin(t, dir))
	r := startReplaceable(t, dir, 2)
	whole := r.node
	store := r.storeWith(eventstore.Config{SecondLook: time.Hour})
	store.OnReplaced(func() { t.Error("it was taken for another log") })
	if _, err := store.At(t.Context(), r.former.at); err != nil {
		t.Fatal(err)
	}
	r.replace(older)
	awaitTrouble(t, store, "with an older log", func(err error) bool {
		return err != nil && errors.Is(err, eventlog.ErrUnavailable) && contains(err, "another log")
	})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := store.End(ctx); !errors.Is(err, eventlog.ErrUnavailable) {
		t.Errorf("got %v, want unavailable", err)
	}
	r.replace(whole)
	if got, err := store.At(t.Context(), r.former.at); err != nil || got.Position != r.former.at {
		t.Errorf("got the event at %d, %v", got.Position, err)
	}
}

// A server that has caught up by the second look holds the same log.
func TestReplaced_is_not_believed_when_the_second_look_shows_the_same(t *testing.T) {
	t.Parallel()
	r := startReplaceable(t, folderOf(t, 3), 2)
	last, refusals := r.former.at, 0
	r.stop()
	r.says(func(said *script) {
		said.read = func(options *streams.ReadReq_Options, _ metadata.MD) error {
			r.mu.Lock()
			defer r.mu.Unlock()
			if options.GetAll().GetPosition().GetCommitPosition() != uint64(last) || options.GetSubscription() != nil || refusals == 2 {
				return nil
			}
			refusals++
			return errHandler
		}
	})
	r.start()
	end := fill(t, r.store, "parley_after", 1)[0]
	r.former.until(end)
	if n := r.hooks.Load(); n != 0 || refusals != 2 {
		t.Errorf("after %d refusals it was taken for another log", refusals)
	}
}

// Who waits for a connection when the log is found to be another one began before.
func TestReplaced_ends_who_waits(t *testing.T) {
	t.Parallel()
	r := startReplaceable(t, folderOf(t, 3), 2)
	asked, wait := make(chan struct{}, 100), make(chan struct{})
	r.stop()
	r.says(func(said *script) {
		said.read = func(options *streams.ReadReq_Options, _ metadata.MD) error {
			asked <- struct{}{}
			<-wait
			return nil
		}
	})
	r.replace(openNode(t, folderOf(t, 1)))
	<-asked
	ended := make(chan error, 10)
	waiting := calls(r.store)
	for _, call := range waiting {
		go func() { ended <- call(t.Context()) }()
	}
	sub := follow(t, r.store, eventlog.Start).sub
	close(wait)
	for range waiting {
		// Whoever was not yet waiting belongs to the new log, and is answered.
		if err := <-ended; err != nil && !errors.Is(err, eventlog.ErrLogChanged) {
			t.Errorf("a waiting call ended with %v", err)
		}
	}
	if _, err := sub.Next(t.Context()); !errors.Is(err, eventlog.ErrLogChanged) {
		t.Errorf("a subscription that began before ended with %v", err)
	}
	r.wantReplaced()
}
