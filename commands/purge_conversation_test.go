package commands_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/google/uuid"

	"parley/commands"
	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

func purge(who domain.Person) step {
	return func(w *world, id uuid.UUID) error {
		_, err := commands.PurgeConversationHandler{Conversations: w.Conversations}.Handle(w.Context(), commands.PurgeConversation{Request: w.by(who), ID: id})
		return err
	}
}

func TestPurge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given(conversation.OwnerChanged{Owner: "max"}, said(1, 1, bob, bob, "secret"), conversation.Closed{})
	for _, c := range []struct {
		name string
		step step
		code domain.Code
	}{
		{"what is not deleted is not purged", purge(root), domain.CodeConflict},
		{"nor by a user, who may not", purge(ada), domain.CodeForbidden},
		{"nor by who does not see it", purge(olga), domain.CodeNotFound},
		{"it is deleted", discard(root), ""},
		{"who may delete may not purge", purge(maxi), domain.CodeForbidden},
		{"who may not delete does not find it", purge(ada), domain.CodeNotFound},
		{"an administrator purges", purge(root), ""},
		{"again, nothing happens", purge(root), ""},
		{"nobody else finds it", purge(maxi), domain.CodeNotFound},
		{"it is not restored", bringBack(root), domain.CodeNotFound},
		{"nor deleted", discard(root), domain.CodeNotFound},
		{"nor written in", say(bob), domain.CodeNotFound},
		{"nor read", read(ada, 1), domain.CodeNotFound},
		{"nor muted", mute(ada), domain.CodeNotFound},
	} {
		if err := c.step(w, id); domain.CodeOf(err) != c.code {
			t.Errorf("%s: %q (%v), want %q", c.name, domain.CodeOf(err), err, c.code)
		}
	}
	sameEvents(t, []event{conversation.Purged{Organization: acme}}, w.events(id))
	other := newInstance(t, w.log) // which never saw anything else
	if err := other.View(t.Context(), id, func(l loaded) {
		if !l.State.Purged || l.State.Name != "" || l.State.LastPublic != nil {
			t.Errorf("another instance has %+v", l.State)
		}
	}); err != nil {
		t.Fatal(err)
	}
}

func TestPurge_reaches_an_instance_that_held_the_conversation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given(said(1, 1, bob, bob, "secret"), conversation.Deleted{})
	other := newInstance(t, w.log)
	held := other.must(t, id, request(), func(loaded) ([]event, error) { return nil, nil })
	wantCode(t, purge(root)(w, id), "")
	now := other.must(t, id, request(), func(loaded) ([]event, error) { return nil, nil })
	if held.State.Purged || !now.State.Purged || now.State.LastPublic != nil {
		t.Errorf("the other instance held %+v and has %+v", held.State, now.State)
	}
}

func TestPurge_ends_what_keys_repeat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := commands.StartConversation{Request: w.keyed(bob, "start"), Name: new("x"), Message: &commands.FirstMessage{Body: "secret"}}
	begin := commands.StartConversationHandler{Conversations: w.Conversations}
	a, err := begin.Handle(t.Context(), start)
	wantCode(t, err, "")
	add := commands.AddMessage{Request: w.keyed(bob, "add"), ID: a.ID, Body: "secret"}
	_, err = commands.AddMessageHandler{Conversations: w.Conversations}.Handle(t.Context(), add)
	wantCode(t, err, "")
	wantCode(t, discard(root)(w, a.ID), "")
	h, ask := commands.PurgeConversationHandler{Conversations: w.Conversations}, commands.PurgeConversation{Request: w.keyed(root, "purge"), ID: a.ID}
	first, err := h.Handle(t.Context(), ask)
	wantCode(t, err, "")
	again, err := h.Handle(t.Context(), ask)
	if wantCode(t, err, ""); again != first {
		t.Errorf("the repeated purge answers %v, want %v", again, first)
	}
	_, err = begin.Handle(t.Context(), start)
	wantCode(t, err, domain.CodeNotFound)
	_, err = commands.AddMessageHandler{Conversations: w.Conversations}.Handle(t.Context(), add)
	wantCode(t, err, domain.CodeNotFound)
	sameEvents(t, []event{conversation.Purged{Organization: acme}}, w.events(a.ID))
}

// clinging is a log that does not truncate while it clings.
type clinging struct {
	eventlog.Log
	clings bool
}

func (c *clinging) Truncate(ctx context.Context, stream string, before eventlog.Revision) error {
	if c.clings {
		return errors.Join(eventlog.ErrUnavailable, errors.New("crashed"))
	}
	return c.Log.Truncate(ctx, stream, before)
}

// purgedOnce is a read model with one purge in it.
type purgedOnce struct{ id uuid.UUID }

func (p purgedOnce) Purged(_ context.Context, after eventlog.Position, _ int) ([]uuid.UUID, eventlog.Position, error) {
	if after > 0 {
		return nil, after, nil
	}
	return []uuid.UUID{p.id}, 1, nil
}

func TestPurge_that_was_cut_short_is_finished(t *testing.T) {
	t.Parallel()
	for name, heal := range map[string]func(w *world, id uuid.UUID) error{
		"by the repetition of the command": purge(root),
		"by the purger, after a start": func(w *world, id uuid.UUID) error {
			ctx, cancel := context.WithCancel(w.Context())
			p := commands.Purger{Purged: purgedOnce{id}, Conversations: w.Repository, Logger: slog.New(slog.DiscardHandler)}
			done := make(chan struct{})
			go func() { defer close(done); p.Run(ctx, nil) }()
			eventually(w.T, "the stream is truncated", func() bool { return len(w.events(id)) == 1 })
			cancel()
			<-done
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			log := &clinging{Log: w.log, clings: true}
			i := newInstance(t, log)
			w.Repository = i.Repository
			id := w.given(said(1, 1, bob, bob, "secret"), conversation.Deleted{})
			wantCode(t, purge(root)(w, id), domain.CodeUnavailable)
			if n := len(w.events(id)); n < 2 {
				t.Fatalf("the stream has %d events, want all", n)
			}
			wantCode(t, bringBack(root)(w, id), domain.CodeNotFound)
			log.clings = false
			wantCode(t, heal(w, id), "")
			sameEvents(t, []event{conversation.Purged{Organization: acme}}, w.events(id))
		})
	}
}
