package eventnode_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

func TestMetadata_limits_what_a_stream_shows(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir(), FirstPosition: 10, Stride: 3})
	for _, c := range []struct {
		metadata string
		want     []eventlog.Revision
	}{
		{`{}`, []eventlog.Revision{0, 1, 2, 3, 4}},
		{`{"$maxCount":2}`, []eventlog.Revision{3, 4}},
		{`{"$maxCount":9}`, []eventlog.Revision{0, 1, 2, 3, 4}},
		{`{"$tb":3}`, []eventlog.Revision{3, 4}},
		{`{"$tb":5}`, nil},
		{`{"$tb":99}`, nil},
		{`{"$tb":4,"$maxCount":3}`, []eventlog.Revision{4}},
		{`{"$tb":1,"$maxCount":3}`, []eventlog.Revision{2, 3, 4}},
		{`{"$maxAge":3600}`, []eventlog.Revision{0, 1, 2, 3, 4}},
		{`{"$maxCount":0}`, []eventlog.Revision{0, 1, 2, 3, 4}},
		{`{"$maxCount":2,"$maxAge":-1}`, []eventlog.Revision{0, 1, 2, 3, 4}},
		{`{"$maxCount":"2"}`, []eventlog.Revision{0, 1, 2, 3, 4}},
		{`[1]`, []eventlog.Revision{0, 1, 2, 3, 4}},
		{`no json`, []eventlog.Revision{0, 1, 2, 3, 4}},
		{`null`, []eventlog.Revision{0, 1, 2, 3, 4}},
	} {
		mustAppend(t, node, c.metadata, eventlog.NoStream, newEvents(5)...)
		describe(t, node, c.metadata, c.metadata)
		wantRevisions(t, node, c.metadata, c.want...)
	}
	shown := 0
	for _, err := range node.All(t.Context(), eventlog.Start) {
		if err != nil {
			t.Fatal(err)
		}
		shown++
	}
	if shown != 15*6 {
		t.Errorf("%d events are shown in all, want %d", shown, 15*6)
	}
}

func TestMetadata_tells_what_was_written(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir()})
	if none, err := node.Metadata(t.Context(), "s"); err != nil || none.Revision != eventlog.NoStream || none.Raw != nil {
		t.Errorf("without metadata it is %+v, %v", none, err)
	}
	const raw = `{"$maxCount":7,"$maxAge":60,"$tb":2,"$cacheControl":30,"$acl":{"$r":["a"]},"own":true}`
	describe(t, node, "s", `{}`)
	describe(t, node, "s", raw)
	got, err := node.Metadata(t.Context(), "s")
	want := eventnode.Metadata{
		MaxCount: 7, MaxAge: time.Minute, TruncateBefore: 2, CacheControl: 30 * time.Second,
		ACL: []byte(`{"$r":["a"]}`), Raw: []byte(raw), Revision: 1,
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	wantRevisions(t, node, "$$s", 1)
}

func TestMetadata_hides_events_that_have_grown_too_old(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir()})
	mustAppend(t, node, "s", eventlog.NoStream, newEvents(1200)...)
	began := time.Now()
	describe(t, node, "s", `{"$maxAge":1}`)
	for {
		got, err := revisions(t.Context(), node, "s", false)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) == 0 {
			break
		}
		if time.Since(began) > 30*time.Second {
			t.Fatalf("%d events of an age of 1 s are still shown", len(got))
		}
		time.Sleep(10 * time.Millisecond)
	}
	mustAppend(t, node, "s", 1199, newEvents(1)...)
	wantRevisions(t, node, "s", 1200)
	if first, last, err := node.Extent(t.Context(), "s"); first != 0 || last != 1200 || err != nil {
		t.Errorf("the stream goes from %d to %d, %v", first, last, err)
	}
}

func TestStream_counts_only_what_it_shows(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir()})
	mustAppend(t, node, "s", eventlog.NoStream, newEvents(1200)...)
	describe(t, node, "s", `{"$tb":550}`)
	for _, c := range []struct {
		from        eventlog.Revision
		limit       int
		first, last eventlog.Revision
		back        bool
	}{
		{0, 3, 550, 552, false},
		{600, 0, 600, 1199, false},
		{1150, 7, 1150, 1156, false},
		{552, 10, 552, 550, true},
		{1199, 0, 1199, 550, true},
		{1199, 650, 1199, 550, true},
	} {
		records := node.Stream(t.Context(), "s", c.from, c.limit)
		if c.back {
			records = node.StreamBackwards(t.Context(), "s", c.from, c.limit)
		}
		var got []eventlog.Revision
		for r, err := range records {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, r.Revision)
		}
		if len(got) == 0 || got[0] != c.first || got[len(got)-1] != c.last {
			t.Errorf("%+v gave %d events", c, len(got))
		}
	}
	for range node.StreamBackwards(t.Context(), "s", 549, 0) {
		t.Error("a truncated event was read backwards")
	}
}

// A reader's memory of a stream must never be older than what its writer has been
// told is done.
func TestStandings_are_never_older_than_an_answer(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir()})
	const streams, rounds = 4, 60
	var group sync.WaitGroup
	stop := make(chan struct{})
	for s := range streams {
		stream := fmt.Sprintf("s-%d", s)
		mustAppend(t, node, stream, eventlog.NoStream, newEvents(rounds)...)
		group.Go(func() { // keeps the memory filled while it is made to forget
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := revisions(t.Context(), node, stream, false); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	var writers sync.WaitGroup
	for s := range streams {
		writers.Go(func() {
			stream := fmt.Sprintf("s-%d", s)
			for round := range rounds {
				describe(t, node, stream, fmt.Sprintf(`{"$tb":%d}`, round))
				if said, err := node.Metadata(t.Context(), stream); err != nil || said.TruncateBefore != eventlog.Revision(round) {
					t.Errorf("after round %d the metadata is %s, %v", round, said.Raw, err)
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	group.Wait()
}
