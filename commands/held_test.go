package commands_test

import (
	"testing"

	"github.com/google/uuid"

	"parley/commands"
	"parley/domain"
	"parley/domain/conversation"
)

// What is held back is what would change something: refusals, no-ops and
// repetitions are answered as ever, and nothing is appended.
func TestHeld_commands_are_refused_last(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given()
	handle := func(req commands.Request, id uuid.UUID, body string) (commands.MessageAnswer, error) {
		return commands.AddMessageHandler{Conversations: w.Conversations}.Handle(t.Context(), commands.AddMessage{Request: req, ID: id, Body: body})
	}
	first, err := handle(w.keyed(ada, "k"), id, "one")
	if err != nil {
		t.Fatal(err)
	}
	held := func(r commands.Request) commands.Request {
		r.Held = domain.NewError("held", "Too many.")
		return r
	}
	for _, c := range []struct {
		says string
		req  commands.Request
		id   uuid.UUID
		body string
		want domain.Code
	}{
		{"what would be done", w.by(ada), id, "two", "held"},
		{"under a new key", w.keyed(ada, "k2"), id, "two", "held"},
		{"what is not there", w.by(ada), uuid.New(), "two", domain.CodeNotFound},
		{"what one may not see", w.by(olga), id, "two", domain.CodeNotFound},
		{"what is invalid", w.by(ada), id, " ", domain.CodeInvalid},
		{"a repetition", w.keyed(ada, "k"), id, "one", ""},
	} {
		a, err := handle(held(c.req), c.id, c.body)
		if got := domain.CodeOf(err); got != c.want || err == nil && a.ID != first.ID {
			t.Errorf("%s: %q, %+v, want %q", c.says, got, a, c.want)
		}
	}
	if _, err := handle(w.keyed(ada, "k2"), id, "two"); err != nil {
		t.Errorf("the key of what was held back: %v", err)
	}
	if err := shut(ada, "")(w, id); err != nil {
		t.Fatal(err)
	}
	_, err = handle(held(w.by(ada)), id, "three")
	wantCode(t, err, domain.CodeConversationClosed)
	count := 0
	err = w.Repository.View(t.Context(), id, func(l commands.Loaded[conversation.Conversation]) { count = l.State.MessageCount })
	if err != nil || count != 2 {
		t.Errorf("%d messages (%v), want 2", count, err)
	}
}
