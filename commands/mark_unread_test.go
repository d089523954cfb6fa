package commands_test

import (
	"testing"

	"github.com/google/uuid"

	"parley/commands"
	"parley/domain"
)

func unread(who domain.Person, from ...int) step {
	return func(w *world, id uuid.UUID) error {
		c := commands.MarkUnread{Request: w.by(who), ID: id}
		for _, n := range from {
			c.From = &n
		}
		_, err := commands.MarkUnreadHandler{Conversations: w.Conversations}.Handle(w.Context(), c)
		return err
	}
}

// told is how far somebody has read and has to read, as they are told.
func (w *world) told(who domain.Person, id uuid.UUID) (readUpTo, unread int) {
	w.Helper()
	a, err := w.Show(w.Context(), w.by(who).Actor, id)
	if err != nil {
		w.Fatal(err)
	}
	for _, p := range a.Participants {
		if p.Person.Person == who {
			readUpTo = p.ReadUpTo
		}
	}
	return readUpTo, a.Unread
}

func TestMarkUnread(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given(said(1, 1, bob, bob, "a"), said(2, 0, ada, ada, "note"), said(3, 2, ada, ada, "b"), said(4, 3, bob, bob, "c"))
	for _, c := range []struct {
		name         string
		step         step
		who          domain.Person
		read, unread int
		code         domain.Code
	}{
		{"the last one is unread already", unread(ada), ada, 3, 1, ""},
		{"back over one's own", unread(ada, 2), ada, 1, 3, ""},
		{"not forward", unread(ada, 4), ada, 1, 3, ""},
		{"reading moves forward again, over a part of one's own", read(ada, 2), ada, 2, 2, ""},
		{"reading to the end", read(ada, 4), ada, 4, 0, ""},
		{"the last one", unread(ada), ada, 3, 1, ""},
		{"beyond the last", unread(ada, 99), ada, 3, 1, ""},
		{"to the start", unread(ada, 1), ada, 0, 4, ""},
		{"writing moves to the end", say(ada), ada, 5, 0, ""},
		{"a customer user, in public numbers", unread(bob, 2), bob, 1, 3, ""},
		{"zero is no number", unread(ada, 0), ada, 5, 0, domain.CodeInvalid},
		{"who takes no part leaves no trace", unread(maxi, 1), maxi, 0, 0, ""},
	} {
		wantCode(t, c.step(w, id), c.code)
		if read, unread := w.told(c.who, id); read != c.read || unread != c.unread {
			t.Errorf("%s: read up to %d with %d unread, want %d with %d", c.name, read, unread, c.read, c.unread)
		}
	}
	wantCode(t, unread(olga, 1)(w, id), domain.CodeNotFound)
	if events := w.readerEvents(maxi); len(events) > 0 {
		t.Errorf("who takes no part left %v", events)
	}
}

func TestCursors_of_customer_users_are_told_in_the_numbering_of_whoever_looks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given(said(1, 0, ada, ada, "note"), said(2, 1, ada, ada, "a"), said(3, 0, ada, ada, "note"), said(4, 2, bob, bob, "b"), said(5, 3, ada, ada, "c"))
	for _, upTo := range []struct{ public, overall int }{{2, 4}, {3, 5}} {
		wantCode(t, read(bob, upTo.public)(w, id), "")
		if got, _ := w.told(bob, id); got != upTo.public {
			t.Errorf("bob is told that he has read up to %d, want %d", got, upTo.public)
		}
		a, err := w.Show(t.Context(), w.by(ada).Actor, id)
		if err != nil || a.Participants[1].ReadUpTo != upTo.overall {
			t.Errorf("ada is told %v of bob (error %v), want %d", a.Participants, err, upTo.overall)
		}
	}
}
