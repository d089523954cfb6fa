package attachment_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/attachment"
)

func TestRelease_leaves_alone_what_is_discarded(t *testing.T) {
	t.Parallel()
	var a attachment.Attachment
	at := time.Date(2026, 6, 3, 7, 23, 24, 0, time.UTC)
	does := func(events []attachment.Event, err error) (n int) {
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			attachment.Aggregate.Apply(&a, e)
		}
		return len(events)
	}
	blob, about, calls := uuid.New(), uuid.New(), []uuid.UUID{uuid.New(), uuid.New()}
	does(a.Begin("acme", domain.User("ada"), blob, at))
	does(a.Finish(attachment.File{ID: uuid.New(), Blob: blob}, at))
	for _, call := range calls {
		does(a.Hold("acme", domain.User("ada"), attachment.Held{Conversation: about, Call: call, At: at}))
	}
	if does(a.Release(calls[0], at)) != 1 {
		t.Error("a held file is not released")
	}
	does(a.Discard(blob, about, attachment.Purged, at))
	if does(a.Release(calls[1], at)) != 0 {
		t.Error("a discarded file is released")
	}
	does(a.Remove(blob, at))
	if does(a.Release(calls[1], at)) != 0 {
		t.Error("a removed file is released")
	}
}
