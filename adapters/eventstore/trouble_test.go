package eventstore_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"parley/adapters/eventstore"
	"parley/domain/eventlog"
)

// awaitTrouble waits until the store is in trouble as wanted, or in none.
func awaitTrouble(t *testing.T, store *eventstore.Store, what string, wanted func(error) bool) eventlog.Trouble {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); ; <-tick.C {
		trouble := store.Trouble()
		if wanted(trouble.Err) {
			return trouble
		}
		if time.Since(began) > patience {
			t.Fatalf("%s: trouble is %v", what, trouble.Err)
		}
	}
}

func noTrouble(err error) bool { return err == nil }

// refuses is trouble of a kind with a call.
func refuses(refusal eventlog.Refusal, call string) func(error) bool {
	return func(err error) bool {
		refused, ok := errors.AsType[*eventlog.RefusedError](err)
		return ok && refused.Refusal == refusal && refused.Call == call && errors.Is(err, eventlog.ErrUnavailable)
	}
}

// refusing makes the server refuse subscriptions of Parley's streams, or reads.
func (s *server) refusing(subscriptions bool, code codes.Code) {
	s.says(func(said *script) {
		said.read = func(options *streams.ReadReq_Options, _ metadata.MD) error {
			of := options.GetFilter().GetStreamIdentifier().GetPrefix()
			subscribes := len(of) == 1 && of[0] == "parley_"
			if subscribes != subscriptions {
				return nil
			}
			s.refused.Add(1)
			return status.Error(code, "no")
		}
	})
}

// await waits until the server has refused so many more, or a call has ended.
func (s *server) await(n int64, ended <-chan error) {
	s.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for began, before := time.Now(), s.refused.Load(); s.refused.Load() < before+n && len(ended) == 0; <-tick.C {
		if time.Since(began) > patience {
			s.Fatal("nobody asked")
		}
	}
}

func (s *server) agreeing() { s.says(func(said *script) { *said = script{} }) }

var refusals = map[codes.Code]eventlog.Refusal{
	codes.Unauthenticated:    eventlog.RefusedCredentials,
	codes.PermissionDenied:   eventlog.RefusedRights,
	codes.Unimplemented:      eventlog.RefusedAddress,
	codes.Unknown:            eventlog.RefusedCall,
	codes.Internal:           eventlog.RefusedCall,
	codes.InvalidArgument:    eventlog.RefusedCall,
	codes.NotFound:           eventlog.RefusedCall,
	codes.ResourceExhausted:  eventlog.RefusedCall,
	codes.FailedPrecondition: eventlog.RefusedCall,
}

// A follower goes on for as long as it is refused, and the store says so from the
// first time until it works.
func TestTrouble_is_what_followers_are_refused(t *testing.T) {
	t.Parallel()
	for code, refusal := range refusals {
		t.Run(code.String(), func(t *testing.T) {
			t.Parallel()
			s, log := serve(t), &notebook{}
			want := fill(t, s.node, "parley_a", 1)
			store := s.storeWith(eventstore.Config{Logger: log.logger()})
			awaitTrouble(t, store, "at the start", noTrouble)
			s.refusing(true, code)
			began := time.Now()
			got := make(chan struct{})
			go func() {
				defer close(got)
				follow(t, store, eventlog.Start).until(want[0])
			}()
			trouble := awaitTrouble(t, store, "while it is refused", refuses(refusal, "subscribe to $all"))
			if trouble.Since.Before(began) || trouble.Since.After(time.Now()) {
				t.Errorf("it lasts since %v", trouble.Since)
			}
			if n := len(log.with("event store refuses", `call=subscribe to $all`, "refused="+string(refusal), "advice="+refusal.Advice())); n != 1 {
				t.Errorf("it was logged %d times: %v", n, log.with(""))
			}
			s.agreeing()
			<-got
			awaitTrouble(t, store, "when it works", noTrouble)
		})
	}
}

// A call that is refused fails with the reason, and so does one that may be tried
// again but never works.
func TestCalls_fail_with_the_refusal(t *testing.T) {
	t.Parallel()
	for code, refusal := range refusals {
		t.Run(code.String(), func(t *testing.T) {
			t.Parallel()
			s := serve(t)
			at := fill(t, s.node, "parley_a", 2)
			store := s.storeWith(eventstore.Config{Heartbeat: patience}) // which would find it refused, too
			if _, err := store.At(t.Context(), at[0]); err != nil {
				t.Fatal(err)
			}
			s.refusing(false, code)
			for name, call := range map[string]string{"End": "read $all", "ReadAll": "read $all", "ReadStream": "read a stream"} {
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- calls(store)[name](ctx) }()
				s.await(2, ended)
				cancel()
				if err := <-ended; !refuses(refusal, call)(err) {
					t.Errorf("%s: got %v, want it refused for %s", name, err, refusal)
				}
			}
			s.agreeing()
			for name, call := range calls(store) {
				if err := call(t.Context()); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			awaitTrouble(t, store, "when it works", noTrouble)
		})
	}
}

// Nobody need ask for anything: the heartbeat finds out.
func TestTrouble_is_what_the_heartbeat_is_refused(t *testing.T) {
	t.Parallel()
	s := serve(t)
	store := s.storeWith(eventstore.Config{Heartbeat: 20 * time.Millisecond})
	awaitTrouble(t, store, "at the start", noTrouble)
	s.refusing(false, codes.Unauthenticated)
	awaitTrouble(t, store, "while it is refused", refuses(eventlog.RefusedCredentials, "read $all"))
	s.agreeing()
	awaitTrouble(t, store, "when it works", noTrouble)
}

// A subscription that never comes about is trouble, whatever keeps it from that.
func TestTrouble_is_what_followers_wait_for_in_vain(t *testing.T) {
	t.Parallel()
	s := serve(t)
	want := fill(t, s.node, "parley_a", 1)
	store := s.store()
	awaitTrouble(t, store, "at the start", noTrouble)
	s.refusing(true, codes.Aborted)
	got := make(chan struct{})
	go func() {
		defer close(got)
		follow(t, store, eventlog.Start).until(want[0])
	}()
	awaitTrouble(t, store, "while it is in vain", func(err error) bool {
		return errors.Is(err, eventlog.ErrUnavailable) && contains(err, "subscribe to $all")
	})
	s.agreeing()
	<-got
	awaitTrouble(t, store, "when it works", noTrouble)
}

// What one person does wrong says nothing of the store.
func TestTrouble_is_not_what_one_person_asks_for(t *testing.T) {
	t.Parallel()
	s := serve(t)
	store := s.store()
	fill(t, store, "parley_a", 2)
	fill(t, store, "parley_ended", 1)
	tombstone(t, s, "parley_ended")
	appends := func(stream string, expected eventlog.Revision) error {
		_, err := store.Append(t.Context(), stream, expected, []eventlog.NewEvent{event()})
		return err
	}
	if err := appends("parley_a", 5); !isConflict(err) {
		t.Errorf("got %v, want a conflict", err)
	}
	if err := appends("parley_ended", 0); !errors.Is(err, eventlog.ErrStreamDeleted) {
		t.Errorf("got %v, want stream deleted", err)
	}
	for _, code := range []codes.Code{codes.InvalidArgument, codes.FailedPrecondition, codes.Internal, codes.Unknown} {
		s.says(func(said *script) {
			said.write = func(*streams.AppendReq_Options) error { return status.Error(code, "no") }
		})
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		if _, err := store.Append(ctx, "parley_a", 1, []eventlog.NewEvent{event()}); !refuses(eventlog.RefusedCall, "append")(err) {
			t.Errorf("%s: got %v, want it refused", code, err)
		}
		cancel()
	}
	s.agreeing()
	if trouble := store.Trouble(); trouble.Err != nil {
		t.Errorf("the store is in trouble: %v", trouble.Err)
	}
}

func isConflict(err error) bool {
	_, is := errors.AsType[*eventlog.ConflictError](err)
	return is
}

// What would meet every append is the store's trouble, until one is carried out.
func TestTrouble_is_what_every_append_would_meet(t *testing.T) {
	t.Parallel()
	for code, refusal := range map[codes.Code]eventlog.Refusal{
		codes.Unauthenticated: eventlog.RefusedCredentials, codes.PermissionDenied: eventlog.RefusedRights,
		codes.Unavailable: eventlog.RefusedWrites, codes.Aborted: eventlog.RefusedWrites,
	} {
		t.Run(code.String(), func(t *testing.T) {
			t.Parallel()
			s := serve(t)
			store := s.store()
			s.says(func(said *script) {
				said.write = func(*streams.AppendReq_Options) error { return status.Error(code, "no") }
			})
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() {
				_, err := store.Append(ctx, "parley_a", eventlog.NoStream, []eventlog.NewEvent{event()})
				ended <- err
			}()
			awaitTrouble(t, store, "while it is refused", refuses(refusal, "append"))
			cancel()
			if err := <-ended; !refuses(refusal, "append")(err) {
				t.Errorf("got %v, want it refused for %s", err, refusal)
			}
			s.agreeing()
			fill(t, store, "parley_b", 1)
			awaitTrouble(t, store, "when it works", noTrouble)
		})
	}
}

// An outage is trouble from the moment it is noticed until the store serves.
func TestTrouble_is_an_outage(t *testing.T) {
	t.Parallel()
	s, log := serve(t), &notebook{}
	s.stop()
	store := s.storeWith(eventstore.Config{Logger: log.logger()})
	isOutage := func(err error) bool {
		_, refused := errors.AsType[*eventlog.RefusedError](err)
		return errors.Is(err, eventlog.ErrUnavailable) && !refused
	}
	if trouble := store.Trouble(); !isOutage(trouble.Err) || trouble.Since.IsZero() {
		t.Errorf("before there is a server, trouble is %v since %v", trouble.Err, trouble.Since)
	}
	for range 2 {
		s.start()
		awaitTrouble(t, store, "with a server", noTrouble)
		if len(log.with("event store connected")) == 0 {
			t.Error("that it is connected was not logged")
		}
		s.stop()
		awaitTrouble(t, store, "when the server is gone", isOutage)
	}
}

func contains(err error, text string) bool { return err != nil && strings.Contains(err.Error(), text) }
