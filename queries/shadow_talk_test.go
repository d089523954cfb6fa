package queries_test

import (
	"strconv"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"parley/commands"
	"parley/domain"
	"parley/domain/conversation"
)

// talk lets a conversation happen whose parts have nothing to do with each other
// and with the mirror: what any history could come to.
func (w *town) talk(id uuid.UUID) {
	w.talks = append(w.talks, id)
	events := w.history()
	_, err := w.conversations.Update(w.t.Context(), id, w.request(),
		func(commands.Loaded[conversation.Conversation]) ([]conversation.Event, error) { return events, nil })
	if err != nil {
		w.r.Fatal(err)
	}
}

func (w *town) history() []conversation.Event {
	at := domain.Now()
	events := []conversation.Event{conversation.Started{
		Organization: w.organization, Name: "talk", Owner: w.one(personIDs, "owner"),
		CustomerUser: w.one(personIDs, "customer user"), Customer: w.one(customerIDs, "customer"), At: at,
	}}
	for i, p := range rapid.SliceOfNDistinct(rapid.Custom(someone), 0, 4, rapid.ID).Draw(w.r, "participants") {
		events = append(events, conversation.ParticipantJoined{Person: p, At: at}, conversation.MessageAdded{
			Number: i + 1, PublicNumber: i + 1, Body: "word " + strconv.Itoa(i), From: p, Author: p, At: at,
		})
		if rapid.IntRange(0, 3).Draw(w.r, "leaves") == 0 {
			events = append(events, conversation.ParticipantLeft{Person: p, At: at})
		}
	}
	for _, record := range rapid.SliceOfNDistinct(rapid.Custom(something), 0, 3, rapid.ID).Draw(w.r, "contexts") {
		events = append(events, conversation.ContextAttached{Context: record, At: at})
	}
	if rapid.IntRange(0, 5).Draw(w.r, "deleted") == 0 {
		events = append(events, conversation.Deleted{At: at})
	}
	return events
}

func someone(r *rapid.T) domain.Person {
	return domain.Person{
		Kind: rapid.SampledFrom([]domain.Kind{domain.KindUser, domain.KindCustomerUser}).Draw(r, "kind"),
		ID:   rapid.SampledFrom(personIDs).Draw(r, "person"),
	}
}

func something(r *rapid.T) domain.Record {
	if rapid.Bool().Draw(r, "a person") {
		return domain.PersonRecord(someone(r))
	}
	return domain.Record{Type: "order", ID: rapid.SampledFrom(recordIDs).Draw(r, "record")}
}
