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

func mute(who domain.Person) step {
	return func(w *world, id uuid.UUID) error {
		_, err := commands.MuteConversationHandler{Conversations: w.Conversations}.Handle(w.Context(), commands.MuteConversation{Request: w.by(who), ID: id})
		return err
	}
}

func unmute(who domain.Person) step {
	return func(w *world, id uuid.UUID) error {
		_, err := commands.UnmuteConversationHandler{Conversations: w.Conversations}.Handle(w.Context(), commands.UnmuteConversation{Request: w.by(who), ID: id})
		return err
	}
}

// muted are those who take part and have muted the conversation, as its owner is
// told.
func (w *world) muted(id uuid.UUID) (all []domain.Person) {
	w.Helper()
	a, err := commands.UpdateConversationHandler{Conversations: w.Conversations}.Handle(w.Context(), commands.UpdateConversation{Request: w.by(root), ID: id})
	if err != nil {
		w.Fatal(err)
	}
	for _, p := range a.Participants {
		if p.Muted {
			all = append(all, p.Person.Person)
		}
	}
	return all
}

func TestMute(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given(conversation.ParticipantJoined{Person: eve})
	before := len(w.events(id))
	for _, c := range []struct {
		name string
		step step
		code domain.Code
		want []domain.Person
	}{
		{"a participant mutes", mute(eve), "", []domain.Person{eve}},
		{"a customer user mutes", mute(bob), "", []domain.Person{bob, eve}},
		{"again, nothing happens", mute(eve), "", []domain.Person{bob, eve}},
		{"who takes no part may not", mute(root), domain.CodeForbidden, []domain.Person{bob, eve}},
		{"who takes no part has nothing to unmute", unmute(maxi), domain.CodeForbidden, []domain.Person{bob, eve}},
		{"who does not see it does not find it", mute(olga), domain.CodeNotFound, []domain.Person{bob, eve}},
		{"a participant unmutes", unmute(bob), "", []domain.Person{eve}},
		{"again, nothing happens", unmute(bob), "", []domain.Person{eve}},
		{"leaving ends it", takeOut(eve, eve), "", nil},
		{"for ever", add(root, eve), "", nil},
		{"but not another time", mute(eve), "", []domain.Person{eve}},
		{"a closed one can be muted, too", func(w *world, id uuid.UUID) error {
			if err := shut(ada, "")(w, id); err != nil {
				return err
			}
			return mute(ada)(w, id)
		}, "", []domain.Person{ada, eve}},
	} {
		wantCode(t, c.step(w, id), c.code)
		if diff := cmp.Diff(c.want, w.muted(id)); diff != "" {
			t.Errorf("%s: muted (-want +got):\n%s", c.name, diff)
		}
	}
	if now := len(w.events(id)); now != before+3 {
		t.Errorf("the conversation has %d events more, want those of leaving, joining and closing", now-before)
	}
	if diff := cmp.Diff([]reader.Event{
		reader.ConversationMuted{Organization: acme, Person: eve, Conversation: id, Stay: 1},
		reader.ConversationMuted{Organization: acme, Person: eve, Conversation: id, Stay: 2},
	}, w.readerEvents(eve), cmp.Comparer(sameTime)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestMute_repeats_by_its_key(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given()
	h := commands.MuteConversationHandler{Conversations: w.Conversations}
	first, err := h.Handle(t.Context(), commands.MuteConversation{Request: w.keyed(ada, "k"), ID: id})
	wantCode(t, err, "")
	wantCode(t, unmute(ada)(w, id), "")
	again, err := h.Handle(t.Context(), commands.MuteConversation{Request: w.keyed(ada, "k"), ID: id})
	if wantCode(t, err, ""); again.Position < first.Position || len(w.muted(id)) > 0 {
		t.Errorf("repeated: position %d after %d, muted by %v", again.Position, first.Position, w.muted(id))
	}
}
