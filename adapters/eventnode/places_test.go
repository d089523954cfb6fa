package eventnode_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// spaced is a log of six events at 1000, 1010 … 1050, the first two and the fourth
// of a stream whose first two have been scavenged.
func spaced(t *testing.T) *eventnode.Node {
	node := openNode(t, eventnode.Config{Dir: t.TempDir(), FirstPosition: 1000, Stride: 10})
	mustAppend(t, node, "parley_a", eventlog.NoStream, newEvents(2)...)
	mustAppend(t, node, "other", eventlog.NoStream, newEvents(1)...)
	mustAppend(t, node, "parley_a", 1, newEvents(1)...)
	setMetadata(t, node, "parley_a", `{"$tb":2}`)
	mustAppend(t, node, "parley_b", eventlog.NoStream, newEvents(1)...)
	if sum, err := node.Scavenge(t.Context(), nil); err != nil || sum.Events != 2 {
		t.Fatalf("scavenged %+v, %v", sum, err)
	}
	return node
}

// no is every kind of number that is no event's.
var no = []eventlog.Position{1, 2, 999, 1001, 1009, 1011, 1049, 1051, 1060, 5000, math.MaxInt64, math.MaxInt64 + 1, math.MaxUint64}

func TestReadAll_and_Follow_begin_at_the_start_or_behind_an_event_and_nowhere_else(t *testing.T) {
	t.Parallel()
	node := spaced(t)
	for after, want := range map[eventlog.Position][]eventlog.Position{
		eventlog.Start: {1030, 1050}, 1000: {1030, 1050}, 1010: {1030, 1050}, 1020: {1030, 1050}, 1030: {1050}, 1040: {1050}, 1050: nil,
	} {
		var read, followed []eventlog.Position
		for e, err := range node.ReadAll(t.Context(), after, "parley_", 0) {
			if read = append(read, e.Position); err != nil {
				t.Errorf("reading from %d: %v", after, err)
			}
		}
		batch, err := followOnce(t, node, after)
		for _, e := range batch.Events {
			followed = append(followed, e.Position)
		}
		if err != nil || batch.Position != 1050 || !cmp.Equal(read, want) || !cmp.Equal(followed, want) {
			t.Errorf("from %d: read %v, followed %v up to %d, %v, want %v", after, read, followed, batch.Position, err, want)
		}
	}
	for _, after := range no {
		for e, err := range node.ReadAll(t.Context(), after, "parley_", 0) {
			if !errors.Is(err, eventlog.ErrNoSuchPosition) || errors.Is(err, eventlog.ErrUnavailable) {
				t.Errorf("reading from %d gave %d, %v", after, e.Position, err)
			}
		}
		if batch, err := followOnce(t, node, after); !errors.Is(err, eventlog.ErrNoSuchPosition) || errors.Is(err, eventlog.ErrUnavailable) {
			t.Errorf("following from %d gave %+v, %v", after, batch, err)
		}
	}
}

// followOnce returns what a new subscription says first, for each prefix the same.
func followOnce(t *testing.T, node *eventnode.Node, after eventlog.Position) (batch eventlog.Batch, err error) {
	t.Helper()
	sub, err := node.Follow(t.Context(), after, "parley_")
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	return sub.Next(t.Context())
}

// A number stays refused though the log goes on: nothing is at it but by chance.
func TestFollow_above_the_end_fails_though_the_log_grows(t *testing.T) {
	t.Parallel()
	node := spaced(t)
	sub, err := node.Follow(t.Context(), 1060, "")
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	mustAppend(t, node, "parley_b", 0, newEvents(2)...)
	for range 2 {
		if batch, err := sub.Next(t.Context()); !errors.Is(err, eventlog.ErrNoSuchPosition) {
			t.Fatalf("got %+v, %v", batch, err)
		}
	}
}

func TestAt_gives_the_event_or_says_that_it_is_gone_or_never_was(t *testing.T) {
	t.Parallel()
	node := spaced(t)
	for position, stream := range map[eventlog.Position]string{1020: "other", 1030: "parley_a", 1040: "$$parley_a", 1050: "parley_b"} {
		if e, err := node.At(t.Context(), position); err != nil || e.Position != position || e.Stream != stream {
			t.Errorf("at %d is %+v, %v, want one of %s", position, e, err, stream)
		}
	}
	for _, position := range []eventlog.Position{1000, 1010} {
		if e, err := node.At(t.Context(), position); !errors.Is(err, eventlog.ErrGone) {
			t.Errorf("at %d is %+v, %v, want it gone", position, e, err)
		}
	}
	for _, position := range append(no, eventlog.Start) {
		if e, err := node.At(t.Context(), position); !errors.Is(err, eventlog.ErrNoSuchPosition) {
			t.Errorf("at %d is %+v, %v, want no such position", position, e, err)
		}
	}
}

func TestAt_reads_no_more_than_the_event(t *testing.T) {
	t.Parallel()
	node := quiet(t, seeded(t, 100))
	before := node.Health().Read
	if _, err := node.At(t.Context(), node.Head()); err != nil {
		t.Fatal(err)
	}
	if read := node.Health().Read - before; read != 1 {
		t.Errorf("%d events were read", read)
	}
}

func TestEnd_is_the_last_event_of_all_whoever_wrote_it(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir(), FirstPosition: 10, Stride: 5})
	for i, stream := range []string{"", "parley_a", "$noise", "other"} {
		want := eventlog.Start
		if stream != "" {
			want = mustAppend(t, node, stream, eventlog.NoStream, newEvents(2)...).Position
		}
		if end, err := node.End(t.Context()); err != nil || end != want {
			t.Errorf("%d: the end is %d, %v, want %d", i, end, err, want)
		}
	}
}

func TestAllBackwards_takes_only_an_event_or_what_is_above_the_end(t *testing.T) {
	t.Parallel()
	node := spaced(t)
	for before, want := range map[eventlog.Position][]eventlog.Position{
		eventlog.Start: nil, 1000: nil, 1020: nil, 1030: {1020}, 1050: {1040, 1030, 1020}, 1051: {1050, 1040, 1030, 1020}, math.MaxUint64: {1050, 1040, 1030, 1020},
	} {
		var got []eventlog.Position
		for r, err := range node.AllBackwards(t.Context(), before) {
			if got = append(got, r.Position); err != nil {
				t.Errorf("before %d: %v", before, err)
			}
		}
		if !cmp.Equal(got, want) {
			t.Errorf("before %d: got %v, want %v", before, got, want)
		}
	}
	for _, before := range no[:7] {
		for _, err := range node.AllBackwards(t.Context(), before) {
			if !errors.Is(err, eventlog.ErrNoSuchPosition) {
				t.Errorf("before %d: %v", before, err)
			}
		}
	}
}

// The store's own error would say that nothing was decided.
func TestPort_says_of_a_tombstoned_stream_that_it_is_deleted_for_ever(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir()})
	mustAppend(t, node, "parley_a", eventlog.NoStream, newEvents(2)...)
	if _, err := node.Tombstone(t.Context(), "parley_a", eventnode.Any); err != nil {
		t.Fatal(err)
	}
	answers := map[string]error{"truncate": node.Truncate(t.Context(), "parley_a", 1)}
	for _, err := range node.ReadStream(t.Context(), "parley_a", 0, 0) {
		answers["read"] = err
	}
	_, answers["append"] = node.Append(t.Context(), "parley_a", 1, newEvents(1))
	_, answers["append anew"] = node.Append(t.Context(), "parley_a", eventlog.NoStream, newEvents(1))
	for call, err := range answers {
		if !errors.Is(err, eventlog.ErrStreamDeleted) || errors.Is(err, eventlog.ErrUnavailable) {
			t.Errorf("%s: %v", call, err)
		}
	}
	if len(answers) != 4 {
		t.Errorf("only these answered: %v", answers)
	}
	last, err := node.At(t.Context(), node.Head())
	if err != nil || last.Type != eventlog.TombstoneType || last.Revision != eventlog.TombstoneRevision || !last.IsOfStore() {
		t.Errorf("the tombstone is %+v, %v", last, err)
	}
}

// A stream that was deleted and may be written again has not ended.
func TestPort_does_not_say_of_a_deleted_stream_that_it_is_deleted_for_ever(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir()})
	mustAppend(t, node, "parley_a", eventlog.NoStream, newEvents(2)...)
	mustDelete(t, node, "parley_a")
	for _, err := range node.ReadStream(t.Context(), "parley_a", 0, 0) {
		t.Errorf("read: %v", err)
	}
	if at, err := node.Append(t.Context(), "parley_a", eventlog.NoStream, newEvents(1)); err != nil || at.Revision != 2 {
		t.Errorf("append: %+v, %v", at, err)
	}
}
