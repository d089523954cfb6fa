package commands_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/conversation"
)

// longTalk is many messages, every third a note, between them contexts that come
// and go, and edits of one in so many.
func longTalk(messages, edits int) (all []event) {
	count := 0
	for n := 1; n <= messages; n++ {
		public := 0
		if n%3 > 0 {
			count++
			public = count
		}
		all = append(all, said(n, public, ada, ada, fmt.Sprint(n)))
		if n%5 == 0 {
			all = append(all, conversation.ContextAttached{Context: bobsOrder}, conversation.ContextDetached{Context: bobsOrder})
		}
		if n%edits == 0 {
			all = append(all, edited(n, public, fmt.Sprint("edited ", n)))
		}
		if n%(7*edits) == 0 {
			all = append(all, conversation.MessageRedacted{Number: n, PublicNumber: public, Internal: public == 0})
		}
	}
	return all
}

// long is a conversation to which very much has happened.
func (w *world) long(history []event) uuid.UUID {
	w.Helper()
	id := w.given()
	for part := range slices.Chunk(history, 400) {
		if _, err := w.Repository.Update(w.Context(), id, w.by(root), func(loaded) ([]event, error) { return part, nil }); err != nil {
			w.Fatal(err)
		}
	}
	return id
}

func TestMessages_are_found_as_they_stand_whatever_their_age(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	history := longTalk(400, 1) // more edits than are remembered
	id := w.long(history)
	want := map[domain.Kind][]conversation.Message{}
	for _, e := range history {
		switch e := e.(type) {
		case conversation.MessageAdded:
			want[domain.KindUser] = append(want[domain.KindUser], e.Message())
			if !e.Internal {
				want[domain.KindCustomerUser] = append(want[domain.KindCustomerUser], e.Message())
			}
		case conversation.MessageChange:
			for _, all := range want {
				if i := slices.IndexFunc(all, func(m conversation.Message) bool { return m.Number == e.Of() }); i >= 0 {
					all[i] = e.To(all[i])
				}
			}
		}
	}
	for kind, all := range want {
		for i := range len(all) {
			got, found, err := w.Message(t.Context(), id, kind, i+1)
			if diff := cmp.Diff(all[i], got); err != nil || !found || diff != "" {
				t.Fatalf("%s %d: found %t, error %v (-want +got):\n%s", kind, i+1, found, err, diff)
			}
		}
		for _, none := range []int{-1, 0, len(all) + 1} {
			if _, found, err := w.Message(t.Context(), id, kind, none); found || err != nil {
				t.Errorf("%s %d is found, or error %v", kind, none, err)
			}
		}
	}
}

func TestOldMessages_cost_few_reads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.long(longTalk(2000, 40))
	log := &meter{Log: w.log}
	w.Repository.Log = log
	for _, number := range []int{1, 2, 300, 999, 1000, 1001, 1500, 1999, 2000} {
		before := log.read.Load()
		if err := redact(root, number)(w, id); err != nil {
			t.Fatalf("redact %d: %v", number, err)
		}
		if read := log.read.Load() - before; read > 500 {
			t.Errorf("message %d costs reading %d events", number, read)
		}
		count := len(w.events(id))
		if err := redact(root, number)(w, id); err != nil || len(w.events(id)) != count {
			t.Errorf("redacting %d again: %v, %d events more", number, err, len(w.events(id))-count)
		}
	}
}
