package eventstore_test

import (
	"context"
	"errors"
	"testing"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// A stream that was deleted and is written again goes on with its numbering: the
// answer tells where.
func TestAppend_tells_the_revision_of_a_stream_that_was_deleted(t *testing.T) {
	t.Parallel()
	s := serve(t)
	store := s.store()
	fill(t, store, "parley_a", 3)
	if _, err := s.node.Delete(t.Context(), "parley_a", eventnode.Any); err != nil {
		t.Fatal(err)
	}
	again := []eventlog.NewEvent{event(), event()}
	for range 2 { // and so does the same append again
		got, err := store.Append(t.Context(), "parley_a", eventlog.NoStream, again)
		if err != nil || got.Revision != 4 {
			t.Errorf("got revision %d, %v; want 4", got.Revision, err)
		}
	}
	if _, err := store.Append(t.Context(), "parley_a", 4, []eventlog.NewEvent{event()}); err != nil {
		t.Errorf("going on from the answer: %v", err)
	}
}

// A stream that has ended is no outage, and nobody asks for it again.
func TestStream_that_was_deleted_for_ever_is_told_as_such(t *testing.T) {
	t.Parallel()
	s := serve(t)
	store := s.store()
	fill(t, store, "parley_a", 3)
	tombstone(t, s, "parley_a")
	for name, ask := range map[string]func(ctx context.Context) error{
		"appending": func(ctx context.Context) error {
			_, err := store.Append(ctx, "parley_a", 2, []eventlog.NewEvent{event()})
			return err
		},
		"beginning it anew": func(ctx context.Context) error {
			_, err := store.Append(ctx, "parley_a", eventlog.NoStream, []eventlog.NewEvent{event()})
			return err
		},
		"reading": func(ctx context.Context) (err error) {
			for _, err = range store.ReadStream(ctx, "parley_a", 0, 0) {
			}
			return err
		},
		"truncating": func(ctx context.Context) error { return store.Truncate(ctx, "parley_a", 1) },
	} {
		if err := ask(t.Context()); !errors.Is(err, eventlog.ErrStreamDeleted) || errors.Is(err, eventlog.ErrUnavailable) {
			t.Errorf("%s: got %v, want stream deleted", name, err)
		}
	}
}
