package attachment_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/attachment"
)

// The end of a purged file needs nothing that was before it.
func TestDiscard_of_a_purged_file_is_its_end(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 6, 3, 7, 23, 24, 0, time.UTC)
	blob, about := uuid.New(), uuid.New()
	var whole, cut attachment.Attachment
	does := func(events []attachment.Event, err error) attachment.Event {
		t.Helper()
		if err != nil || len(events) != 1 {
			t.Fatalf("%d events, %v", len(events), err)
		}
		attachment.Aggregate.Apply(&whole, events[0])
		return events[0]
	}
	does(whole.Begin("acme", domain.User("ada"), blob, at))
	does(whole.Finish(attachment.File{ID: uuid.New(), Name: "secret", Blob: blob}, at))
	does(whole.Hold("acme", domain.User("ada"), attachment.Held{Conversation: about, Call: uuid.New(), At: at}))
	end := does(whole.Discard(blob, about, attachment.Purged, at))
	attachment.Aggregate.Apply(&cut, end)
	if diff := cmp.Diff(whole, cut); diff != "" || !attachment.Aggregate.Final(end) || !cut.IsDiscarded(blob) {
		t.Errorf("the end is %+v (-of all +of it alone):\n%s", end, diff)
	}
	if _, err := cut.Begin("acme", domain.User("ada"), uuid.New(), at); domain.CodeOf(err) != domain.CodeConflict {
		t.Errorf("it begins again: %v", err)
	}
	if wrong := cut.CheckUse("acme", domain.User("ada"), uuid.New()); wrong == "" {
		t.Error("it can be put on a message")
	}
	removed := does(whole.Remove(blob, at))
	if attachment.Aggregate.Final(removed) || whole.IsDiscarded(blob) {
		t.Errorf("removed it is %+v", whole)
	}
}

// An upload that was given up is not forgotten before its blob is removed.
func TestDiscard_of_a_purged_file_keeps_what_is_yet_to_be_removed(t *testing.T) {
	t.Parallel()
	var a attachment.Attachment
	at, blob, other, about := time.Now(), uuid.New(), uuid.New(), uuid.New()
	for _, e := range []attachment.Event{
		attachment.UploadBegun{Organization: "acme", Blob: other, At: at},
		attachment.UploadBegun{Organization: "acme", Blob: blob, At: at},
		attachment.Uploaded{Organization: "acme", File: attachment.File{Blob: blob}, At: at},
		attachment.Discarded{Blob: other, Reason: attachment.Refused, At: at},
		attachment.Held{Conversation: about, Blob: blob, At: at},
	} {
		attachment.Aggregate.Apply(&a, e)
	}
	events, err := a.Discard(blob, about, attachment.Purged, at)
	if err != nil || len(events) != 1 || attachment.Aggregate.Final(events[0]) {
		t.Fatalf("%+v, %v", events, err)
	}
	attachment.Aggregate.Apply(&a, events[0])
	if !a.IsDiscarded(blob) || !a.IsDiscarded(other) {
		t.Errorf("of the two blobs it knows %+v", a.Blobs)
	}
}
