package eventstore_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"parley/adapters/eventstore"
	"parley/domain/eventlog"
)

// fill appends so many events one by one to a stream and returns their places.
func fill(t *testing.T, log eventlog.Log, stream string, n int) (at []eventlog.Position) {
	t.Helper()
	expected := eventlog.NoStream
	for range n {
		done, err := log.Append(t.Context(), stream, expected, []eventlog.NewEvent{event()})
		if err != nil {
			t.Fatal(err)
		}
		expected, at = done.Revision, append(at, done.Position)
	}
	return at
}

// asked are the ways to name a position from outside.
var asked = map[string]func(ctx context.Context, log eventlog.Log, after eventlog.Position) error{
	"ReadAll": func(ctx context.Context, log eventlog.Log, after eventlog.Position) (err error) {
		for _, err = range log.ReadAll(ctx, after, "parley_", 0) {
		}
		return err
	},
	"ReadAll without a prefix": func(ctx context.Context, log eventlog.Log, after eventlog.Position) (err error) {
		for _, err = range log.ReadAll(ctx, after, "", 0) {
		}
		return err
	},
	"Follow": func(ctx context.Context, log eventlog.Log, after eventlog.Position) error {
		sub, err := log.Follow(ctx, after, "parley_")
		if err != nil {
			return err
		}
		defer sub.Close()
		_, err = sub.Next(ctx)
		return err
	},
	"At": func(ctx context.Context, log eventlog.Log, after eventlog.Position) error {
		_, err := log.At(ctx, after)
		return err
	},
}

// servers are how a server refuses a number that is no position.
var servers = map[string]func(s *server){
	"23.10": (*server).asOf2310,
	"24.10": func(s *server) {
		s.says(func(said *script) {
			said.read = func(options *streams.ReadReq_Options, header metadata.MD) error {
				if s.strict(options, header) == nil {
					return nil
				}
				return status.Error(codes.InvalidArgument, "invalid position")
			}
		})
	},
}

func TestPosition_that_is_no_events_is_refused(t *testing.T) {
	t.Parallel()
	for version, as := range servers {
		s := serve(t)
		at := fill(t, s.node, "parley_a", 3)
		as(s)
		store := s.store()
		for name, ask := range asked {
			for what, number := range map[string]eventlog.Position{
				"between two events": at[0] + 1, "before the first": 7, "above the end": at[2] + 1, "far above the end": at[2] << 10,
			} {
				t.Run(fmt.Sprintf("%s, %s, %s", version, name, what), func(t *testing.T) {
					t.Parallel()
					if err := ask(t.Context(), store, number); !errors.Is(err, eventlog.ErrNoSuchPosition) {
						t.Errorf("got %v, want no such position", err)
					}
				})
			}
		}
	}
}

// A follower of the live log shares what is already being followed; a wrong number
// is refused there, too.
func TestPosition_is_checked_before_the_trunk_is_joined(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.asOf2310()
	store := s.store()
	at := fill(t, store, "parley_a", 3)
	live := follow(t, store, eventlog.Start)
	live.until(at[2])
	for _, number := range []eventlog.Position{at[1] + 1, at[2] + 1} {
		if err := asked["Follow"](t.Context(), store, number); !errors.Is(err, eventlog.ErrNoSuchPosition) {
			t.Errorf("following behind %d: got %v, want no such position", number, err)
		}
	}
	for _, number := range at[:2] {
		if err := asked["Follow"](t.Context(), store, number); err != nil {
			t.Errorf("following behind %d: %v", number, err)
		}
	}
}

// Whether a number is a position is not decided by a server that answers nothing
// at all.
func TestPosition_is_not_refused_while_the_end_is_not_answered(t *testing.T) {
	t.Parallel()
	s := serve(t)
	at := fill(t, s.node, "parley_a", 3)
	store := s.store()
	if _, err := store.End(t.Context()); err != nil {
		t.Fatal(err)
	}
	asks := make(chan struct{}, 1000)
	s.says(func(said *script) {
		said.read = func(options *streams.ReadReq_Options, _ metadata.MD) error {
			if options.GetSubscription() == nil {
				asks <- struct{}{}
				return errHandler
			}
			return nil
		}
	})
	done := make(chan error, 1)
	go func() { done <- asked["ReadAll"](t.Context(), store, at[1]) }()
	for range 10 {
		<-asks
	}
	s.says(func(said *script) { said.read = nil })
	if err := <-done; err != nil {
		t.Errorf("got %v, want what is there", err)
	}
}

// Followers are behind the leader: what decides about positions is asked of the
// leader alone.
func TestPosition_is_asked_of_the_leader(t *testing.T) {
	t.Parallel()
	s := serve(t)
	at := fill(t, s.node, "parley_a", 2)
	s.says(func(said *script) {
		said.read = func(options *streams.ReadReq_Options, header metadata.MD) error {
			if leader := header.Get("requires-leader"); options.GetSubscription() == nil && (len(leader) != 1 || leader[0] != "true") {
				return status.Errorf(codes.Unauthenticated, "the leader is not asked for: %v", header)
			}
			return nil
		}
	})
	store := s.store()
	for name, ask := range asked {
		if err := ask(t.Context(), store, at[1]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAt(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.asOf2310()
	store := s.store()
	at := fill(t, store, "parley_a", 2)
	gone := fill(t, store, "parley_b", 1)
	last := fill(t, store, "other", 1)
	tombstone(t, s, "parley_b")
	fill(t, store, "other_", 1)
	if _, err := s.node.Scavenge(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for _, want := range []eventlog.Position{at[0], at[1], last[0]} {
		if got, err := store.At(t.Context(), want); err != nil || got.Position != want {
			t.Errorf("got the event at %d, %v; want that at %d", got.Position, err, want)
		}
	}
	fresh := s.store() // knows no position
	if _, err := fresh.At(t.Context(), gone[0]); !errors.Is(err, eventlog.ErrGone) {
		t.Errorf("got %v of a scavenged event, want gone", err)
	}
	if err := asked["ReadAll"](t.Context(), fresh, gone[0]); err != nil {
		t.Errorf("reading behind a scavenged event: %v", err)
	}
	if _, err := store.At(t.Context(), eventlog.Start); !errors.Is(err, eventlog.ErrNoSuchPosition) {
		t.Errorf("got %v at the start, want no such position", err)
	}
}

// tombstone ends a stream for ever.
func tombstone(t *testing.T, s *server, stream string) {
	t.Helper()
	if _, err := s.node.Tombstone(t.Context(), stream, -2); err != nil {
		t.Fatal(err)
	}
}

// reader reads a subscription.
type reader struct {
	*testing.T
	sub  eventlog.Subscription
	at   eventlog.Position
	seen []uuid.UUID
}

// follow follows what is Parley's.
func follow(t *testing.T, store *eventstore.Store, after eventlog.Position) *reader {
	t.Helper()
	sub, err := store.Follow(t.Context(), after, "parley_")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sub.Close)
	return &reader{T: t, sub: sub}
}

// until reads until it has come to a position and is live.
func (r *reader) until(position eventlog.Position) {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	for {
		batch, err := r.sub.Next(ctx)
		if err != nil {
			r.Fatalf("next at %d: %v", r.at, err)
		}
		for _, e := range batch.Events {
			r.seen = append(r.seen, e.ID)
		}
		if r.at = batch.Position; batch.Live && r.at >= position {
			return
		}
	}
}
