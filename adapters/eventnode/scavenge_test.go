package eventnode_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// setMetadata sets a stream's metadata.
func setMetadata(t *testing.T, node *eventnode.Node, stream, metadata string) {
	t.Helper()
	event := eventnode.Event{NewEvent: eventlog.NewEvent{ID: uuid.New(), Type: "$metadata", Data: []byte(metadata)}}
	if _, err := node.AppendExpecting(t.Context(), "$$"+stream, eventnode.Any, []eventnode.Event{event}); err != nil {
		t.Fatal(err)
	}
}

// scavengeable returns a log of streams that lose something, and of one that does
// not.
func scavengeable(t *testing.T) *eventnode.Node {
	t.Helper()
	node := openNode(t, eventnode.Config{Dir: t.TempDir(), ScrubBytesPerSecond: -1})
	for _, stream := range []string{"counted", "aged", "cut", "deleted", "again", "ended", "parley_kept"} {
		mustAppend(t, node, stream, eventlog.NoStream, newEvents(10)...)
	}
	setMetadata(t, node, "counted", `{"$maxCount":3}`)
	setMetadata(t, node, "counted", `{"$maxCount":4}`)
	setMetadata(t, node, "aged", `{"$maxAge":1000000}`)
	setMetadata(t, node, "cut", `{"$tb":7}`)
	for _, stream := range []string{"deleted", "again"} {
		if _, err := node.Delete(t.Context(), stream, eventnode.Any); err != nil {
			t.Fatal(err)
		}
	}
	mustAppend(t, node, "again", 9, newEvents(2)...)
	if _, err := node.Tombstone(t.Context(), "ended", eventnode.Any); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, node, "parley_last", eventlog.NoStream, newEvents(1)...)
	return node
}

var scavengedStreams = []string{"counted", "$$counted", "aged", "cut", "deleted", "again", "ended", "parley_kept", "parley_last"}

// streamsOf returns what every stream reads, both ways.
func streamsOf(t *testing.T, node *eventnode.Node) map[string][]string {
	t.Helper()
	read := map[string][]string{}
	for _, stream := range scavengedStreams {
		for r, err := range node.Stream(t.Context(), stream, 0, 0) {
			read[stream] = append(read[stream], fmt.Sprint(r.Revision, r.Type, string(r.Data), err))
		}
		for r, err := range node.StreamBackwards(t.Context(), stream, 1<<40, 0) {
			read[stream] = append(read[stream], fmt.Sprint(r.Revision, r.Type, string(r.Data), err))
		}
	}
	return read
}

func TestScavenge_removes_what_metadata_says_and_nothing_reads_differently(t *testing.T) {
	t.Parallel()
	node := scavengeable(t)
	before := streamsOf(t, node)
	sum, err := node.Scavenge(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	// counted 6 and 1 of its metadata, cut 7, deleted 10, again 10 and 1, ended 10
	if want := 6 + 1 + 7 + 10 + 10 + 1 + 10; sum.Events != want {
		t.Errorf("%d events were removed, want %d", sum.Events, want)
	}
	if diff := cmp.Diff(before, streamsOf(t, node)); diff != "" {
		t.Errorf("streams read differently (-before +after):\n%s", diff)
	}
	wantPassedOver(t, node, sum.Events)
	if again, err := node.Scavenge(t.Context(), nil); err != nil || again.Events != 0 {
		t.Errorf("a second one removed %d events, %v", again.Events, err)
	}
}

// wantPassedOver demands that every reader passes over what was removed, and that
// nobody takes it for damage, now and after a restart.
func wantPassedOver(t *testing.T, node *eventnode.Node, removed int) {
	t.Helper()
	all := int(node.Head()) - removed
	forwards, backwards, followed := 0, 0, 0
	for _, err := range node.All(t.Context(), eventlog.Start) {
		if err != nil {
			t.Fatal(err)
		}
		forwards++
	}
	for _, err := range node.AllBackwards(t.Context(), math.MaxUint64) {
		if err != nil {
			t.Fatal(err)
		}
		backwards++
	}
	for cursor := node.Cursor(eventlog.Start); ; {
		page, err := cursor.Pull(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if followed += len(page.Records); page.Live {
			break
		}
	}
	if forwards != all || backwards != all || followed != all {
		t.Errorf("%d are read forwards, %d backwards, %d followed, want %d", forwards, backwards, followed, all)
	}
	if report, err := node.Verify(t.Context(), nil); err != nil || len(report.Findings) > 0 {
		t.Errorf("verification found %v, %v", report.Findings, err)
	}
}

// A page of nothing but removed events does not end a follower's reading.
func TestFollow_passes_over_pages_that_were_scavenged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	closeAfter(t, eventnode.Config{Dir: dir}, func(node *eventnode.Node) {
		mustAppend(t, node, "old", eventlog.NoStream, newEvents(1500)...)
		mustAppend(t, node, "parley_new", eventlog.NoStream, newEvents(1)...)
		if _, err := node.Delete(t.Context(), "old", eventnode.Any); err != nil {
			t.Fatal(err)
		}
		mustAppend(t, node, "parley_new", 0, newEvents(1)...)
		if sum, err := node.Scavenge(t.Context(), nil); err != nil || sum.Events != 1500 {
			t.Fatalf("removed %d, %v", sum.Events, err)
		}
	})
	node := openNode(t, eventnode.Config{Dir: dir})
	sub, err := node.Follow(t.Context(), eventlog.Start, "parley_")
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	for seen := 0; seen < 2; {
		batch, err := sub.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		seen += len(batch.Events)
	}
	wantPassedOver(t, node, 1500)
}

func TestScavenge_goes_on_beside_appends_and_survives_a_restart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	removed := 0
	closeAfter(t, eventnode.Config{Dir: dir}, func(node *eventnode.Node) {
		mustAppend(t, node, "cut", eventlog.NoStream, newEvents(1000)...)
		setMetadata(t, node, "cut", `{"$tb":900}`)
		acknowledged := underLoad(t, node, func() {
			sum, err := node.Scavenge(t.Context(), nil)
			if err != nil {
				t.Error(err)
			}
			removed = sum.Events
		})
		if removed < 899 || len(acknowledged) == 0 {
			t.Errorf("%d events were removed, %d appended", removed, len(acknowledged))
		}
	})
	node := openNode(t, eventnode.Config{Dir: dir})
	wantPassedOver(t, node, removed)
	for r, err := range node.Stream(t.Context(), "cut", 0, 1) {
		if err != nil || r.Revision != 900 {
			t.Errorf("the stream begins with %d, %v", r.Revision, err)
		}
	}
}

// What was removed is in none of the log's files once it is closed.
func TestScavenge_overwrites_what_it_removes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	short, long := newEvents(1)[0], newEvents(1)[0]
	short.Data, long.Data = []byte(`"a secret"`), []byte(`"`+strings.Repeat("a secret ", 10_000)+`"`)
	closeAfter(t, eventnode.Config{Dir: dir}, func(node *eventnode.Node) {
		mustAppend(t, node, "cut", eventlog.NoStream, short, long)
		mustAppend(t, node, "kept", eventlog.NoStream, newEvents(1)...)
	})
	closeAfter(t, eventnode.Config{Dir: dir}, func(node *eventnode.Node) { // the main file has it now
		setMetadata(t, node, "cut", `{"$tb":2}`)
		if sum, err := node.Scavenge(t.Context(), nil); err != nil || sum.Events != 2 {
			t.Fatalf("removed %d, %v", sum.Events, err)
		}
	})
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil || strings.Contains(string(content), "secret") {
			t.Errorf("%s still has it, %v", file, err)
		}
	}
}

func TestScavenge_ends_with_the_node(t *testing.T) {
	t.Parallel()
	node := scavengeable(t)
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := node.Scavenge(t.Context(), nil); !errors.Is(err, eventlog.ErrClosed) {
		t.Errorf("got %v", err)
	}
}
