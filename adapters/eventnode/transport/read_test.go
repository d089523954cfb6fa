package transport_test

import (
	"errors"
	"io"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/go-cmp/cmp"

	"parley/adapters/eventnode/transport"
)

func TestRead_of_a_stream_includes_where_it_starts(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("s", esdb.NoStream{}, newEvents(5)...)
	f.append("other", esdb.NoStream{}, newEvents(1)...)
	for _, c := range []struct {
		name      string
		from      esdb.StreamPosition
		direction esdb.Direction
		count     uint64
		want      []string
	}{
		{"from the start", esdb.Start{}, esdb.Forwards, math.MaxUint64, []string{"s@0", "s@1", "s@2", "s@3", "s@4"}},
		{"forwards from a revision", esdb.Revision(3), esdb.Forwards, 10, []string{"s@3", "s@4"}},
		{"forwards, counted", esdb.Revision(1), esdb.Forwards, 2, []string{"s@1", "s@2"}},
		{"forwards from behind the end", esdb.Revision(5), esdb.Forwards, 2, nil},
		{"backwards from the end", esdb.End{}, esdb.Backwards, 2, []string{"s@4", "s@3"}},
		{"backwards from a revision", esdb.Revision(1), esdb.Backwards, 10, []string{"s@1", "s@0"}},
		{"backwards from behind the end", esdb.Revision(99), esdb.Backwards, 1, []string{"s@4"}},
	} {
		read, err := f.client.ReadStream(f.ctx, "s", esdb.ReadStreamOptions{From: c.from, Direction: c.direction}, c.count)
		if diff := cmp.Diff(c.want, drain(t, read, err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestRead_of_a_missing_stream_says_so(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	read, err := f.client.ReadStream(f.ctx, "absent", esdb.ReadStreamOptions{}, 10)
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	if _, err := read.Recv(); code(err) != esdb.ErrorCodeResourceNotFound {
		t.Errorf("got %v, want not found", err)
	}
}

func TestRead_gives_back_what_was_appended(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	before := time.Now().Add(-time.Millisecond)
	text, binary := newEvents(1)[0], newEvents(1)[0]
	binary.ContentType, binary.Data = esdb.ContentTypeBinary, []byte{0, 1, 255}
	result := f.append("s", esdb.NoStream{}, text, binary)
	read, err := f.client.ReadStream(f.ctx, "s", esdb.ReadStreamOptions{}, 10)
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	for i, want := range []esdb.EventData{text, binary} {
		got, err := read.Recv()
		if err != nil {
			t.Fatal(err)
		}
		e := got.Event
		if e.EventID != want.EventID || e.EventType != want.EventType || !slices.Equal(e.Data, want.Data) || !slices.Equal(e.UserMetadata, want.Metadata) {
			t.Errorf("event %d: got %+v", i, e)
		}
		if wantType := []string{"application/json", "application/octet-stream"}[i]; e.ContentType != wantType {
			t.Errorf("event %d: got content type %s, want %s", i, e.ContentType, wantType)
		}
		if e.CreatedDate.Before(before) || e.CreatedDate.After(time.Now()) {
			t.Errorf("event %d was created at %s", i, e.CreatedDate)
		}
		if e.Position.Commit != e.Position.Prepare || (i == 1 && e.Position.Commit != result.CommitPosition) {
			t.Errorf("event %d is at %+v, appended at %+v", i, e.Position, result)
		}
	}
	if _, err := read.Recv(); !errors.Is(err, io.EOF) {
		t.Errorf("got %v, want the end", err)
	}
}

func TestRead_of_all_includes_its_start_forwards_only(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("a", esdb.NoStream{}, newEvents(2)...)
	middle := f.append("b", esdb.NoStream{}, newEvents(1)...)
	f.append("a", esdb.Revision(1), newEvents(1)...)
	at := esdb.Position{Commit: middle.CommitPosition, Prepare: middle.PreparePosition}
	for _, c := range []struct {
		name      string
		from      esdb.AllPosition
		direction esdb.Direction
		count     uint64
		want      []string
	}{
		{"from the start", esdb.Start{}, esdb.Forwards, math.MaxUint64, []string{"a@0", "a@1", "b@0", "a@2"}},
		{"forwards from a position", at, esdb.Forwards, 10, []string{"b@0", "a@2"}},
		{"forwards, counted", at, esdb.Forwards, 1, []string{"b@0"}},
		{"backwards from a position", at, esdb.Backwards, 10, []string{"a@1", "a@0"}},
		{"backwards from the end", esdb.End{}, esdb.Backwards, 2, []string{"a@2", "b@0"}},
		{"backwards from the start", esdb.Start{}, esdb.Backwards, 2, nil},
		{"forwards from the end", esdb.End{}, esdb.Forwards, 2, nil},
	} {
		read, err := f.client.ReadAll(f.ctx, esdb.ReadAllOptions{From: c.from, Direction: c.direction}, c.count)
		if diff := cmp.Diff(c.want, drain(t, read, err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
