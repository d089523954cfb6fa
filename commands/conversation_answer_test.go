package commands_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/commands"
	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
)

func (w *world) factsOf(id uuid.UUID, p domain.Person) (f access.Facts) {
	w.Helper()
	var state *conversation.Conversation
	err := w.Repository.View(w.Context(), id, func(l loaded) { state = conversation.Aggregate.Copy(l.State) })
	if err != nil {
		w.Fatal(err)
	}
	if f, err = w.Directory.Facts(w.Context(), state, w.by(p).Actor); err != nil {
		w.Fatal(err)
	}
	return f
}

// renamed shows the conversation by renaming it.
func (w *world) renamed(id uuid.UUID, name string) commands.ConversationAnswer {
	w.Helper()
	a, err := commands.UpdateConversationHandler{Conversations: w.Conversations}.Handle(w.Context(),
		commands.UpdateConversation{Request: w.by(ada), ID: id, Name: &name})
	if err != nil {
		w.Fatal(err)
	}
	return a
}

func TestConversationAnswer_shows_how_far_each_participant_has_read_in_the_lookers_numbering(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given(said(1, 1, bob, bob, "a"), said(2, 0, ada, ada, "note"), said(3, 2, bob, bob, "b"))
	if err := read(boss, 2)(w, id); err != nil {
		t.Fatal(err)
	}
	a := w.renamed(id, "x")
	got := map[domain.Person]int{}
	for _, p := range a.Participants {
		got[p.Person.Person] = p.ReadUpTo
	}
	if diff := cmp.Diff(map[domain.Person]int{ada: 2, bob: 3}, got); diff != "" {
		t.Errorf("read up to (-want +got):\n%s", diff)
	}
	if a.Unread != 1 || a.MessageCount != 3 {
		t.Errorf("ada: unread %d of %d, want 1 of 3", a.Unread, a.MessageCount)
	}
}

func TestConversationAnswer_clears_the_link_of_a_removed_record_and_keeps_names(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given(conversation.SourceChanged{Source: &bobsOrder}, conversation.ContextAttached{Context: bobsOrder})
	w.removeRecord(bobsOrder)
	w.removePerson(bob)
	a := w.renamed(id, "x")
	if a.Source == nil || a.Source.Label != "1001" || a.Source.URL != "" {
		t.Errorf("source is shown as %+v, want its label without a link", a.Source)
	}
	if a.CustomerUser.Name != "Name of bob" {
		t.Errorf("a removed person is called %q", a.CustomerUser.Name)
	}
}

func TestConversationAnswer_shows_a_customer_user_nothing_that_is_not_theirs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, err := w.start(w.keyed(bob, "k"), func(c *commands.StartConversation) {
		c.Name, c.Message = new("x"), &commands.FirstMessage{Body: "hello"}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []step{
		attach(root, olgasOrder), attach(root, domain.PersonRecord(olga)),
		update(root, func(c *commands.UpdateConversation) { c.Source = &olgasOrder }),
		say(ada, func(c *commands.AddMessage) { c.Internal = new(true) }),
	} {
		if err := s(w, a.ID); err != nil {
			t.Fatal(err)
		}
	}
	again, err := w.start(w.keyed(bob, "k"), func(c *commands.StartConversation) {
		c.Name, c.Message = new("x"), &commands.FirstMessage{Body: "hello"}
	})
	if err != nil {
		t.Fatal(err)
	}
	if again.Source == nil || again.Source.URL != "" || again.Source.Label != "1002" {
		t.Errorf("source is shown as %+v, want its label without a link", again.Source)
	}
	if len(again.Contexts) != 2 || len(again.Participants) != 1 || again.Participants[0].Person.Person != bob {
		t.Errorf("contexts %v, participants %v; want ada and bob, and bob", again.Contexts, again.Participants)
	}
	if again.MessageCount != 1 || again.Unread != 0 || again.LastMessage.Body != "hello" || again.LastMessage.Author != nil {
		t.Errorf("an internal note shows: %+v", again)
	}
	var state *conversation.Conversation
	if err := w.Repository.View(t.Context(), a.ID, func(l loaded) { state = conversation.Aggregate.Copy(l.State) }); err != nil {
		t.Fatal(err)
	}
	if !again.UpdatedAt.Equal(state.PublicUpdatedAt) || !state.UpdatedAt.After(again.UpdatedAt) {
		t.Errorf("updated at %v, want the time without the note %v", again.UpdatedAt, state.PublicUpdatedAt)
	}
}
