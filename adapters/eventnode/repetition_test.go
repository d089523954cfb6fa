package eventnode_test

import (
	"slices"
	"testing"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// repetition is an append of what may have been appended before.
type repetition struct {
	name     string
	expected eventnode.Expectation
	events   []eventlog.NewEvent
	want     string
	at       eventlog.Revision // when it is done
}

// The rules of repetition are those of the real server's commit check.
func TestAppend_recognises_what_it_has_done(t *testing.T) {
	t.Parallel()
	stored, other := newEvents(4), newEvents(4)
	first, second := stored[:2], stored[2:]
	body := slices.Clone(first)
	body[0].Data = []byte(`{"another":"body"}`)
	attempts := []repetition{
		{"the first at no stream", eventnode.NoStream, first, "done", 1},
		{"both at once at no stream", eventnode.NoStream, stored, "done", 3},
		{"the second at its revision", 1, second, "done", 3},
		{"the first by any", eventnode.Any, first, "done", 1},
		{"the second by any", eventnode.Any, second, "done", 3},
		{"the second by any, the other way round", eventnode.Any, []eventlog.NewEvent{second[1], second[0]}, "done", 2},
		{"the first where the stream exists", eventnode.StreamExists, first, "done", 1},
		{"another body under the same ids", eventnode.NoStream, body, "done", 1},
		{"others at no stream", eventnode.NoStream, other[:2], "wrong, at 3", 0},
		{"others at an earlier revision", 1, other[:1], "wrong, at 3", 0},
		{"the second at another revision", 0, second, "wrong, at 3", 0},
		{"known, then unknown", eventnode.NoStream, []eventlog.NewEvent{first[0], other[0]}, "wrong, at 3", 0},
		{"known, then unknown, by any", eventnode.Any, []eventlog.NewEvent{first[0], other[0]}, "wrong, at 3", 0},
		{"known, then beyond the end", 1, append(slices.Clone(second), other[0]), "wrong, at 3", 0},
		{"behind the end", 9, other[:1], "wrong, at 3", 0},
		{"nothing at an earlier revision", 1, nil, "wrong, at 3", 0},
		{"nothing by any", eventnode.Any, nil, "done", 3},
	}
	node := openNode(t, eventnode.Config{Dir: t.TempDir()})
	mustAppend(t, node, "s", eventlog.NoStream, first...)
	mustAppend(t, node, "s", 1, second...)
	for _, hidden := range []bool{false, true} {
		if hidden {
			mustDelete(t, node, "s")
		}
		for _, a := range attempts {
			want := a.want
			switch {
			case hidden && a.expected == eventnode.StreamExists:
				want = "deleted"
			case hidden && (a.name == "nothing by any" || a.name == "others at no stream"):
				continue // these bring the stream back
			}
			before := node.Head()
			appended, err := node.AppendExpecting(t.Context(), "s", a.expected, wrap(a.events))
			if told(err) != want || (want == "done" && appended.Revision != a.at) {
				t.Errorf("hidden %v, %s: %s at %d, want %s at %d", hidden, a.name, told(err), appended.Revision, want, a.at)
			}
			if node.Head() != before && a.events != nil {
				t.Errorf("hidden %v, %s: something was written", hidden, a.name)
			}
		}
	}
	if _, err := node.AppendExpecting(t.Context(), "s", eventnode.NoStream, wrap([]eventlog.NewEvent{other[0], first[0]})); err != nil {
		t.Errorf("others at no stream are refused by a deleted stream: %v", err)
	}
	wantRevisions(t, node, "s", 4, 5)
}

func TestAppend_of_the_same_ids_to_another_stream_is_another(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir()})
	events := newEvents(2)
	for _, stream := range []string{"a", "b"} {
		if _, err := node.AppendExpecting(t.Context(), stream, eventnode.Any, wrap(events)); err != nil {
			t.Fatal(err)
		}
		wantRevisions(t, node, stream, 0, 1)
	}
}

func TestAppend_without_events_brings_a_deleted_stream_back(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir()})
	mustAppend(t, node, "s", eventlog.NoStream, newEvents(2)...)
	mustDelete(t, node, "s")
	if appended, err := node.AppendExpecting(t.Context(), "s", eventnode.Any, nil); err != nil || appended.Revision != 1 {
		t.Fatalf("%+v, %v", appended, err)
	}
	if first, last, err := node.Extent(t.Context(), "s"); first != 2 || last != 1 || err != nil {
		t.Errorf("the stream goes from %d to %d, %v", first, last, err)
	}
}

func TestAppend_to_a_stream_that_exists_accepts_one_that_is_only_described(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir()})
	if err := appendExpecting(t, node, "s", eventnode.StreamExists, 1); told(err) != "wrong, at -1" {
		t.Errorf("an append to a stream that is not there is %s", told(err))
	}
	describe(t, node, "s", `{"$maxCount":3}`)
	if err := appendExpecting(t, node, "s", eventnode.StreamExists, 2); err != nil {
		t.Error(err)
	}
}
