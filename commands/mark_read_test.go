package commands_test

import (
	"testing"

	"github.com/google/uuid"

	"parley/commands"
	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/reader"
)

// cursor is how far the person has read in the conversation by reading.
func (w *world) cursor(p domain.Person, id uuid.UUID) (cursor int) {
	w.Helper()
	err := w.Readers.View(w.Context(), reader.ID(acme, p), func(l commands.Loaded[reader.Reader]) { cursor = l.State.Cursor(id, 0) })
	if err != nil {
		w.Fatal(err)
	}
	return cursor
}

func TestMarkRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given(said(1, 1, bob, bob, "a"), said(2, 0, eve, eve, "note"), said(3, 2, eve, eve, "b"))
	for _, c := range []struct {
		name string
		step step
		who  domain.Person
		want int
		code domain.Code
	}{
		{"a participant reads up to what was shown", read(ada, 1), ada, 1, ""},
		{"beyond the last message counts as the last", read(ada, 99), ada, 3, ""},
		{"below the cursor nothing happens", read(ada, 2), ada, 3, ""},
		{"a customer user reads in public numbers", read(bob, 99), bob, 2, ""},
		{"a viewer who takes no part leaves no trace", read(maxi, 3), maxi, 0, ""},
		{"who does not see it does not find it", read(olga, 1), olga, 0, domain.CodeNotFound},
		{"a negative number is invalid", read(ada, -1), ada, 3, domain.CodeInvalid},
	} {
		wantCode(t, c.step(w, id), c.code)
		if got := w.cursor(c.who, id); got != c.want {
			t.Errorf("%s: cursor %d, want %d", c.name, got, c.want)
		}
	}
	if events := len(w.events(id)); events != 8 {
		t.Errorf("the conversation has %d events, want the 8 that it had: reading leaves its revision", events)
	}
}

func TestMarkRead_answers_with_a_position_where_its_effect_is_visible(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given(said(1, 1, bob, bob, "a"))
	var last eventlog.Position
	for _, who := range []domain.Person{ada, ada, maxi} {
		done, err := commands.MarkReadHandler{Conversations: w.Conversations}.Handle(t.Context(),
			commands.MarkRead{Request: w.by(who), ID: id, UpTo: 1})
		if err != nil || done.Position == 0 {
			t.Fatalf("position %d, error %v", done.Position, err)
		}
		if who == ada && done.Position < last {
			t.Errorf("position %d is before the mark's own %d", done.Position, last)
		}
		last = done.Position
	}
}

func TestMarkAllRead_moves_every_cursor_in_as_few_events_as_fit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	marks := make([]reader.Mark, reader.MaxMarks+1)
	for i := range marks {
		marks[i] = reader.Mark{Conversation: uuid.New(), UpTo: i + 1}
	}
	h := commands.MarkAllReadHandler{Conversations: w.Conversations}
	for range 2 { // the second time, nothing is behind
		done, err := h.Handle(t.Context(), commands.MarkAllRead{Request: w.keyed(ada, "k"), Marks: marks})
		if err != nil || done.Position == 0 {
			t.Fatalf("position %d, error %v", done.Position, err)
		}
	}
	for _, m := range []reader.Mark{marks[0], marks[reader.MaxMarks]} {
		if got := w.cursor(ada, m.Conversation); got != m.UpTo {
			t.Errorf("cursor %d, want %d", got, m.UpTo)
		}
	}
	events := 0
	for _, err := range w.log.ReadStream(t.Context(), reader.Stream(acme, ada), 0, 0) {
		if err != nil {
			t.Fatal(err)
		}
		events++
	}
	if events != 2 {
		t.Errorf("%d events, want 2", events)
	}
}

func TestMarkAllRead_without_marks_changes_nothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := (commands.MarkAllReadHandler{Conversations: w.Conversations}).Handle(t.Context(), commands.MarkAllRead{Request: w.by(ada)}); err != nil {
		t.Fatal(err)
	}
}
