package commands_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/adapters/blobs"
	"parley/adapters/filetype"
	"parley/commands"
	"parley/domain"
	"parley/domain/attachment"
	"parley/domain/blob"
	"parley/domain/conversation"
)

// filing is the commands on files of a world, over a folder.
func filing(w *world) commands.Attachments {
	w.Helper()
	store, err := blobs.NewFolder(w.TempDir())
	if err != nil {
		w.Fatal(err)
	}
	return commands.Attachments{
		Files: w.Files, Directory: w.Directory, Blobs: store, Recognize: filetype.Of, HeadBytes: filetype.HeadBytes,
	}
}

func uploaded(w *world, a commands.Attachments) attachment.File {
	w.Helper()
	up, err := commands.UploadAttachmentHandler{Attachments: a}.Handle(w.Context(), commands.UploadAttachment{
		Request: w.by(ada), Name: "a.txt", Content: strings.NewReader("words"), Size: -1,
	})
	if err != nil {
		w.Fatal(err)
	}
	return up.File
}

// hold holds the file for a conversation as a command does that then crashes.
func hold(w *world, f attachment.File, id uuid.UUID) {
	w.Helper()
	_, err := w.Files.Update(w.Context(), f.ID, w.by(ada), func(l commands.Loaded[attachment.Attachment]) ([]attachment.Event, error) {
		return l.State.Hold(acme, ada, attachment.Held{Conversation: id, Holder: uuid.New(), Call: uuid.New(), At: l.Now})
	})
	if err != nil {
		w.Fatal(err)
	}
}

// isKept cleans up and reports whether the file's content is still there.
func isKept(w *world, a commands.Attachments, f attachment.File, keep time.Duration) bool {
	w.Helper()
	h := commands.CleanUpAttachmentHandler{Attachments: a, Conversations: w.Repository, Keep: keep}
	for range 2 { // the second has nothing left to do
		if err := h.Handle(w.Context(), commands.CleanUpAttachment{Due: attachment.Due{Organization: acme, Attachment: f.ID, Blob: f.Blob}}); err != nil {
			w.Fatal(err)
		}
	}
	content, err := a.Blobs.Open(w.Context(), f.Blob)
	if errors.Is(err, blob.ErrNotFound) {
		return false
	}
	if err != nil {
		w.Fatal(err)
	}
	content.Close()
	return true
}

func withFile(f attachment.File) func(*commands.AddMessage) {
	return func(c *commands.AddMessage) { c.Attachments = []string{f.ID.String()} }
}

func TestCleanUp_discards_what_waits_too_long_and_nothing_that_is_on_a_message(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, id := filing(w), w.given()
	fresh, old, used := uploaded(w, a), uploaded(w, a), uploaded(w, a)
	if err := say(ada, withFile(used))(w, id); err != nil {
		t.Fatal(err)
	}
	if !isKept(w, a, fresh, time.Hour) || isKept(w, a, old, 0) || !isKept(w, a, used, 0) {
		t.Error("what is fresh or on a message must be kept, and nothing else")
	}
	wantCode(t, say(ada, withFile(old))(w, id), domain.CodeInvalid)
}

func TestCleanUp_bars_a_file_that_a_crash_left_held(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, id := filing(w), w.given()
	for name, about := range map[string]uuid.UUID{"of a conversation": id, "of a start that never came": uuid.New()} {
		f := uploaded(w, a)
		hold(w, f, about)
		if !isKept(w, a, f, time.Hour) {
			t.Errorf("%s: a file that may be about to be on a message is gone", name)
		}
		if isKept(w, a, f, 0) {
			t.Errorf("%s: the file is kept for ever", name)
		}
		all := w.events(about)
		if barred, is := all[len(all)-1].(conversation.AttachmentBarred); !is || barred.Attachment != f.ID {
			t.Errorf("%s: the last event is %+v", name, all[len(all)-1])
		}
		// The command comes to life again: what it was about to append is refused.
		_, err := w.Repository.Update(t.Context(), id, w.by(ada), func(l loaded) ([]event, error) {
			if about != id {
				return nil, nil
			}
			return l.State.AddMessage(conversation.NewMessage{Author: ada, From: ada, Body: "x", Attachments: attachment.Files{f}}, w.by(ada).Actor.Workflow, l.Now)
		})
		if about == id {
			wantCode(t, err, domain.CodeInvalid)
		}
	}
}

// What a purged file was called goes with its content; a cold instance then finds
// nothing but its end.
func TestCleanUp_takes_all_of_a_purged_file_out_of_its_stream(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, id := filing(w), w.given()
	f, other := uploaded(w, a), uploaded(w, a)
	for _, s := range []step{say(ada, withFile(f)), discard(root), purge(root)} {
		if err := s(w, id); err != nil {
			t.Fatal(err)
		}
	}
	if isKept(w, a, f, time.Hour) || !isKept(w, a, other, time.Hour) {
		t.Error("the purged conversation's file must be gone, and no other")
	}
	var types []string
	for r, err := range w.log.ReadStream(t.Context(), attachment.Stream(f.ID), 0, 0) {
		if err != nil {
			t.Fatal(err)
		}
		types = append(types, r.Type)
	}
	if want := []string{"attachment.discarded.v1", "attachment.removed.v1"}; !slices.Equal(types, want) {
		t.Errorf("the stream has %q, want %q", types, want)
	}
}
