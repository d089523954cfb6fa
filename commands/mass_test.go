package commands_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/commands"
	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/reader"
)

// codes are what became of each id of a mass command.
func codes(t *testing.T, a commands.MassAnswer, err error) []domain.Code {
	t.Helper()
	if err != nil || a.Position == 0 {
		t.Fatalf("position %d, error %v", a.Position, err)
	}
	all := make([]domain.Code, len(a.Results))
	for i, r := range a.Results {
		all[i] = domain.CodeOf(r.Err)
	}
	return all
}

func TestMassCommands_do_to_each_conversation_what_they_may(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	open, closed := w.given(), w.given(conversation.Closed{})
	ids := []string{open.String(), closed.String(), uuid.NewString()}
	for _, c := range []struct {
		does string
		run  func() (commands.MassAnswer, error)
		want []domain.Code
	}{
		{"close", func() (commands.MassAnswer, error) {
			return commands.CloseConversationsHandler{Conversations: w.Conversations}.Handle(t.Context(),
				commands.CloseConversations{Request: w.by(ada), IDs: ids, Reason: "done"})
		}, []domain.Code{"", domain.CodeConversationClosed, domain.CodeNotFound}},
		{"reopen", func() (commands.MassAnswer, error) {
			return commands.ReopenConversationsHandler{Conversations: w.Conversations}.Handle(t.Context(),
				commands.ReopenConversations{Request: w.by(ada), IDs: ids})
		}, []domain.Code{"", "", domain.CodeNotFound}},
		{"assign", func() (commands.MassAnswer, error) {
			return commands.AssignConversationsHandler{Conversations: w.Conversations}.Handle(t.Context(),
				commands.AssignConversations{Request: w.by(root), IDs: ids, Owner: "eve"})
		}, []domain.Code{"", "", domain.CodeNotFound}},
	} {
		answer, err := c.run()
		if diff := cmp.Diff(c.want, codes(t, answer, err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.does, diff)
		}
	}
	sameEvents(t, []event{
		conversation.Closed{Reason: "done"},
		conversation.Reopened{},
		conversation.OwnerChanged{Owner: "eve"},
		conversation.ParticipantJoined{Person: eve},
		conversation.ContextAttached{Context: domain.PersonRecord(eve)},
	}, w.events(open)[5:])
}

func TestReadConversations_moves_all_cursors_by_one_event(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	two, none := w.given(said(1, 1, bob, bob, "a"), said(2, 0, eve, eve, "note")), w.given()
	written := w.given(said(1, 1, ada, ada, "a"))
	for _, who := range []domain.Person{ada, ada, bob, maxi, olga} {
		want := []domain.Code{"", "", "", domain.CodeNotFound}
		if who == olga {
			want = []domain.Code{domain.CodeNotFound, domain.CodeNotFound, domain.CodeNotFound, domain.CodeNotFound}
		}
		answer, err := commands.ReadConversationsHandler{Conversations: w.Conversations}.Handle(t.Context(),
			commands.ReadConversations{Request: w.by(who), IDs: []string{two.String(), none.String(), written.String(), "rubbish"}})
		if diff := cmp.Diff(want, codes(t, answer, err)); diff != "" {
			t.Errorf("%s reads (-want +got):\n%s", who, diff)
		}
	}
	for who, want := range map[domain.Person][]reader.Event{
		ada:  {reader.AllRead{Organization: acme, Person: ada, Marks: []reader.Mark{{Conversation: two, UpTo: 2}}}},
		bob:  {reader.AllRead{Organization: acme, Person: bob, Marks: []reader.Mark{{Conversation: written, UpTo: 1}}}},
		maxi: nil, olga: nil,
	} {
		if diff := cmp.Diff(want, w.readerEvents(who), cmp.Comparer(sameTime)); diff != "" {
			t.Errorf("what %s has read (-want +got):\n%s", who, diff)
		}
	}
}

// readerEvents are all of the person's reading, as the log holds it.
func (w *world) readerEvents(p domain.Person) (all []reader.Event) {
	w.Helper()
	registry, err := domain.NewRegistry(reader.Types)
	if err != nil {
		w.Fatal(err)
	}
	for r, err := range w.log.ReadStream(w.Context(), reader.Stream(acme, p), 0, 0) {
		if err != nil {
			w.Fatal(err)
		}
		e, err := registry.Decode(r.Type, r.Data)
		if err != nil {
			w.Fatal(err)
		}
		all = append(all, e.(reader.Event))
	}
	return all
}
