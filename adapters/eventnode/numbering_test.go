package eventnode_test

import (
	"errors"
	"testing"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

func TestOpen_numbers_a_new_log_as_it_is_told(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		first, stride uint64
		want          [2]eventlog.Position // of the first two events
	}{
		{0, 0, [2]eventlog.Position{1, 2}},
		{0, 1, [2]eventlog.Position{1<<32 + 1, 1<<32 + 2}},
		{0, 977, [2]eventlog.Position{1<<32 + 977, 1<<32 + 2*977}},
		{50, 0, [2]eventlog.Position{50, 51}},
		{50, 7, [2]eventlog.Position{50, 57}},
		{0, eventnode.MaxStride, [2]eventlog.Position{1<<32 + 1<<20, 1<<32 + 2<<20}},
	} {
		node := openNode(t, eventnode.Config{Dir: t.TempDir(), FirstPosition: c.first, Stride: c.stride})
		for i, want := range c.want {
			if got := mustAppend(t, node, "parley_a", eventlog.Revision(i-1), newEvents(1)...); got.Position != want {
				t.Errorf("from %d by %d: event %d is at %d, want %d", c.first, c.stride, i, got.Position, want)
			}
		}
	}
	if _, err := eventnode.Open(eventnode.Config{Dir: t.TempDir(), Stride: eventnode.MaxStride + 1}); err == nil {
		t.Error("a stride above the largest was taken")
	}
}

func TestOpen_takes_the_numbering_that_a_log_has_or_none_and_refuses_another(t *testing.T) {
	t.Parallel()
	for _, made := range []eventnode.Config{{}, {Stride: 977}, {FirstPosition: 50, Stride: 7}} {
		dir := t.TempDir()
		made.Dir = dir
		closeAfter(t, made, func(node *eventnode.Node) { mustAppend(t, node, "parley_a", eventlog.NoStream, newEvents(1)...) })
		first, stride := max(1, made.FirstPosition), max(1, made.Stride)
		if made.FirstPosition == 0 && made.Stride > 0 {
			first = 1<<32 + made.Stride
		}
		for _, same := range []eventnode.Config{{}, {Stride: stride}, {FirstPosition: first}, {FirstPosition: first, Stride: stride}} {
			same.Dir = dir
			closeAfter(t, same, func(*eventnode.Node) {})
		}
		for _, other := range []eventnode.Config{{Stride: stride + 1}, {FirstPosition: first + 1}, {FirstPosition: first, Stride: stride + 3}} {
			other.Dir = dir
			_, err := eventnode.Open(other)
			if refused, ok := errors.AsType[*eventnode.NumberingError](err); !ok || refused.First != first || refused.Stride != stride {
				t.Errorf("made %+v, opened %+v: %v", made, other, err)
			}
		}
	}
}

func TestBackup_keeps_the_numbering(t *testing.T) {
	t.Parallel()
	node, to := openNode(t, eventnode.Config{Dir: t.TempDir(), Stride: 977}), t.TempDir()
	mustAppend(t, node, "parley_a", eventlog.NoStream, newEvents(3)...)
	if _, err := node.Backup(t.Context(), to, nil); err != nil {
		t.Fatal(err)
	}
	closeAfter(t, eventnode.Config{Dir: to, Stride: 977}, func(copied *eventnode.Node) {
		if copied.Head() != node.Head() {
			t.Errorf("the copy ends at %d, want %d", copied.Head(), node.Head())
		}
	})
}
