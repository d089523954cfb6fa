package eventnode_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// told says in words what an operation answered.
func told(err error) string {
	if _, ok := errors.AsType[*eventnode.StreamDeletedError](err); ok {
		return "deleted"
	}
	if wrong, ok := errors.AsType[*eventnode.WrongRevisionError](err); ok {
		return fmt.Sprintf("wrong, at %d", wrong.Current)
	}
	if err != nil {
		return err.Error()
	}
	return "done"
}

// appendExpecting appends n new events.
func appendExpecting(t *testing.T, node *eventnode.Node, stream string, expected eventnode.Expectation, n int) error {
	t.Helper()
	_, err := node.AppendExpecting(t.Context(), stream, expected, wrap(newEvents(n)))
	return err
}

func wrap(events []eventlog.NewEvent) []eventnode.Event {
	wrapped := make([]eventnode.Event, len(events))
	for i := range events {
		wrapped[i].NewEvent = events[i]
	}
	return wrapped
}

// describe writes the metadata of a stream.
func describe(t *testing.T, node *eventnode.Node, stream, metadata string) {
	t.Helper()
	e := eventnode.Event{NewEvent: eventlog.NewEvent{ID: uuid.New(), Type: "$metadata", Data: []byte(metadata)}}
	if _, err := node.AppendExpecting(t.Context(), "$$"+stream, eventnode.Any, []eventnode.Event{e}); err != nil {
		t.Fatal(err)
	}
}

// revisions reads a stream to its end.
func revisions(ctx context.Context, node *eventnode.Node, stream string, backwards bool) (got []eventlog.Revision, err error) {
	records := node.Stream(ctx, stream, 0, 0)
	if backwards {
		records = node.StreamBackwards(ctx, stream, math.MaxInt64, 0)
	}
	for r, err := range records {
		if err != nil {
			return got, err
		}
		got = append(got, r.Revision)
	}
	return got, nil
}

// wantRevisions demands what a stream shows, forwards and backwards.
func wantRevisions(t *testing.T, node *eventnode.Node, stream string, want ...eventlog.Revision) {
	t.Helper()
	for _, backwards := range []bool{false, true} {
		got, err := revisions(t.Context(), node, stream, backwards)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got[:len(got)/2] {
			if backwards {
				got[i], got[len(got)-1-i] = got[len(got)-1-i], got[i]
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("backwards %v (-want +got):\n%s", backwards, diff)
		}
	}
}

func mustDelete(t *testing.T, node *eventnode.Node, stream string) {
	t.Helper()
	if _, err := node.Delete(t.Context(), stream, eventnode.Any); err != nil {
		t.Fatal(err)
	}
}

func TestDelete_hides_a_stream_until_it_is_appended_to_again(t *testing.T) {
	t.Parallel()
	for name, expected := range map[string]eventnode.Expectation{"no stream": eventnode.NoStream, "any": eventnode.Any, "the last revision": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			node := openNode(t, eventnode.Config{Dir: dir})
			mustAppend(t, node, "s", eventlog.NoStream, newEvents(3)...)
			wantRevisions(t, node, "s", 0, 1, 2)
			mustDelete(t, node, "s")
			wantRevisions(t, node, "s")
			if err := appendExpecting(t, node, "s", eventnode.StreamExists, 1); told(err) != "deleted" {
				t.Errorf("an append to a stream that exists is %v", told(err))
			}
			node = reopen(t, node, dir)
			wantRevisions(t, node, "s")
			if err := appendExpecting(t, node, "s", expected, 2); err != nil {
				t.Fatal(err)
			}
			wantRevisions(t, node, "s", 3, 4)
			if said, err := node.Metadata(t.Context(), "s"); err != nil || said.TruncateBefore != 3 || said.Revision != 1 {
				t.Errorf("the metadata is %+v, %v", said, err)
			}
			node = reopen(t, node, dir)
			wantRevisions(t, node, "s", 3, 4)
			if err := appendExpecting(t, node, "s", eventnode.NoStream, 1); told(err) != "wrong, at 4" {
				t.Errorf("another append at no stream is %v", told(err))
			}
		})
	}
}

func reopen(t *testing.T, node *eventnode.Node, dir string) *eventnode.Node {
	t.Helper()
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	return openNode(t, eventnode.Config{Dir: dir})
}

func TestDelete_holds_its_expectation(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir()})
	for _, c := range []struct {
		name     string
		expected eventnode.Expectation
		want     string
	}{
		{"any", eventnode.Any, "done"},
		{"the last revision", 1, "done"},
		{"stream exists", eventnode.StreamExists, "done"},
		{"an earlier revision", 0, "wrong, at 1"},
		{"a later revision", 2, "wrong, at 1"},
		{"no stream", eventnode.NoStream, "wrong, at 1"},
	} {
		for kind, end := range map[string]func(context.Context, string, eventnode.Expectation) (eventlog.Position, error){"delete": node.Delete, "tombstone": node.Tombstone} {
			stream := kind + " at " + c.name
			mustAppend(t, node, stream, eventlog.NoStream, newEvents(2)...)
			at, err := end(t.Context(), stream, c.expected)
			if told(err) != c.want || (err == nil && at != node.Head()) {
				t.Errorf("%s: %s at %d", stream, told(err), at)
			}
		}
	}
	if _, err := node.Delete(t.Context(), "absent", eventnode.StreamExists); told(err) != "wrong, at -1" {
		t.Errorf("deleting an absent stream that exists: %s", told(err))
	}
}

func TestDelete_refuses_a_stream_that_never_had_an_event(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir()})
	describe(t, node, "described", `{"$maxCount":3}`)
	before := node.Head()
	for _, stream := range []string{"absent", "described"} {
		for _, expected := range []eventnode.Expectation{eventnode.Any, eventnode.NoStream, eventnode.StreamExists, 0} {
			if _, err := node.Delete(t.Context(), stream, expected); told(err) != "wrong, at -1" {
				t.Errorf("deleting what is %s at %s: %s", stream, expected, told(err))
			}
		}
	}
	if node.Head() != before {
		t.Error("something was written")
	}
	if err := appendExpecting(t, node, "absent", eventnode.NoStream, 2); err != nil {
		t.Fatal(err)
	}
	wantRevisions(t, node, "absent", 0, 1)
}

func TestRecreation_keeps_what_was_said_of_the_stream(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir()})
	mustAppend(t, node, "s", eventlog.NoStream, newEvents(3)...)
	describe(t, node, "s", `{"$tb":9223372036854775807,"$maxCount":2,"$acl":{"$r":"x"},"mine":[1,2]}`)
	wantRevisions(t, node, "s")
	if err := appendExpecting(t, node, "s", eventnode.Any, 3); err != nil {
		t.Fatal(err)
	}
	wantRevisions(t, node, "s", 4, 5)
	said, err := node.Metadata(t.Context(), "s")
	if err != nil || string(said.Raw) != `{"$acl":{"$r":"x"},"$maxCount":2,"$tb":3,"mine":[1,2]}` || string(said.ACL) != `{"$r":"x"}` {
		t.Errorf("the metadata is %s, %v", said.Raw, err)
	}
}

func TestMetadata_written_to_a_deleted_stream_brings_it_back_empty(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir()})
	mustAppend(t, node, "s", eventlog.NoStream, newEvents(2)...)
	mustDelete(t, node, "s")
	describe(t, node, "s", `{"$maxAge":60}`)
	if said, err := node.Metadata(t.Context(), "s"); err != nil || string(said.Raw) != `{"$maxAge":60,"$tb":2}` {
		t.Errorf("the metadata is %s, %v", said.Raw, err)
	}
	if first, last, err := node.Extent(t.Context(), "s"); first != 2 || last != 1 || err != nil {
		t.Errorf("the stream goes from %d to %d, %v", first, last, err)
	}
	if err := appendExpecting(t, node, "s", eventnode.StreamExists, 1); err != nil {
		t.Error(err)
	}
	wantRevisions(t, node, "s", 2)
}

func TestTombstone_ends_a_stream_for_ever(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	node := openNode(t, eventnode.Config{Dir: dir})
	mustAppend(t, node, "s", eventlog.NoStream, newEvents(2)...)
	describe(t, node, "s", `{"$maxCount":1}`)
	wantRevisions(t, node, "s", 1)
	if _, err := node.Tombstone(t.Context(), "s", 1); err != nil {
		t.Fatal(err)
	}
	wantDead(t, node, "s", "s")
	node = reopen(t, node, dir)
	wantDead(t, node, "s", "s")
	var last eventnode.Record
	for r, err := range node.All(t.Context(), eventlog.Start) {
		if last = r; err != nil {
			t.Fatal(err)
		}
	}
	if last.Type != "$streamDeleted" || last.Revision != math.MaxInt64 || last.Stream != "s" {
		t.Errorf("the log ends with %+v", last)
	}
}

// The real server goes on taking metadata where there is some, and shows none of it.
func TestTombstone_leaves_metadata_that_can_be_set_and_not_read(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	node := openNode(t, eventnode.Config{Dir: dir})
	describe(t, node, "described", `{"$maxCount":1}`)
	describe(t, node, "described", `{"$maxCount":2}`)
	for _, stream := range []string{"described", "bare"} {
		if _, err := node.Tombstone(t.Context(), stream, eventnode.Any); err != nil {
			t.Fatal(err)
		}
	}
	for _, again := range []string{"at once", "after a restart"} {
		for _, metadata := range []string{`{"$tb":9223372036854775807}`, `{"$maxCount":3}`} {
			describe(t, node, "described", metadata)
		}
		wantDead(t, node, "described", "described")
		wantDead(t, node, "bare", "bare", "$$bare")
		node = reopen(t, node, dir)
		if report, err := node.Verify(t.Context(), nil); err != nil || len(report.Findings) > 0 {
			t.Errorf("%s: verification found %v, %v", again, report.Findings, err)
		}
	}
	if err := appendExpecting(t, node, "$$described", 5, 1); err != nil {
		t.Errorf("at its last revision it is refused: %v", err)
	}
	if err := appendExpecting(t, node, "$$described", 5, 1); told(err) != "wrong, at 6" {
		t.Errorf("at another it is %s", told(err))
	}
}

// wantDead demands that a stream cannot be read, nor its metadata, and that the
// named streams take nothing more.
func wantDead(t *testing.T, node *eventnode.Node, stream string, closed ...string) {
	t.Helper()
	for _, expected := range []eventnode.Expectation{eventnode.Any, eventnode.NoStream, eventnode.StreamExists, 1, math.MaxInt64 - 1} {
		for _, name := range closed {
			if err := appendExpecting(t, node, name, expected, 1); told(err) != "deleted" {
				t.Errorf("an append to %s at %s is %s", name, expected, told(err))
			}
		}
		if _, err := node.Delete(t.Context(), stream, expected); told(err) != "deleted" {
			t.Errorf("a deletion at %s is %s", expected, told(err))
		}
		if _, err := node.Tombstone(t.Context(), stream, expected); told(err) != "deleted" {
			t.Errorf("a tombstone at %s is %s", expected, told(err))
		}
	}
	for _, name := range []string{stream, "$$" + stream} {
		for _, backwards := range []bool{false, true} {
			if _, err := revisions(t.Context(), node, name, backwards); told(err) != "deleted" {
				t.Errorf("a read of %s is %s", name, told(err))
			}
		}
		if _, _, err := node.Extent(t.Context(), name); told(err) != "deleted" {
			t.Errorf("the extent of %s is %s", name, told(err))
		}
		if _, err := node.Metadata(t.Context(), name); told(err) != "deleted" {
			t.Errorf("the metadata of %s is %s", name, told(err))
		}
	}
}

func TestTombstone_works_without_a_stream_and_behind_a_deletion(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir()})
	mustAppend(t, node, "deleted", eventlog.NoStream, newEvents(2)...)
	mustDelete(t, node, "deleted")
	for stream, closed := range map[string][]string{"deleted": {"deleted"}, "absent": {"absent", "$$absent"}} {
		if _, err := node.Tombstone(t.Context(), stream, eventnode.NoStream); err != nil {
			t.Fatal(err)
		}
		wantDead(t, node, stream, closed...)
	}
}
