package commands_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"parley/commands"
	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
	"parley/domain/notification"
)

// outbox is a mail system that takes everything.
type outbox struct{ taken []notification.Notice }

func (o *outbox) Send(_ context.Context, n notification.Notice) error {
	o.taken = append(o.taken, n)
	return nil
}

// owed is a notification of bob about the event of a conversation's stream at a
// revision.
func (w *world) owed(r *commands.Repository[notification.Notification, notification.Event], id uuid.UUID, revision int) notification.Due {
	w.Helper()
	for e, err := range w.log.ReadStream(w.Context(), conversation.Stream(id), eventlog.Revision(revision), 1) {
		if err != nil {
			w.Fatal(err)
		}
		due := notification.Due{Organization: acme, Notification: notification.ID(e.ID), Conversation: id, Revision: int64(revision)}
		_, err := r.Update(w.Context(), due.Notification, w.by(root), func(n commands.Loaded[notification.Notification]) ([]notification.Event, error) {
			return n.State.Decide(notification.Decided{
				Organization: acme, Source: e.ID, SourceAt: n.Now, Conversation: id, At: n.Now,
				Recipients: []notification.Recipient{{Person: bob, Address: "bob@x.example", Reason: notification.ReasonParticipant}},
			})
		})
		if err != nil {
			w.Fatal(err)
		}
		return due
	}
	w.Fatalf("there is no event %d", revision)
	return notification.Due{}
}

func TestDeliverNotification_says_what_the_message_says_now(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mails, repository := &outbox{}, commands.NewRepository(notification.Aggregate, w.Repository.Deps)
	h := commands.DeliverNotificationHandler{
		Notifications: repository, Conversations: w.Repository, Directory: w.Directory, Mailer: mails,
	}
	id := w.given(lately(said(1, 1, ada, ada, "first")), lately(said(2, 0, ada, ada, "note")), lately(said(3, 2, ada, ada, "second")), lately(said(4, 3, ada, ada, "third")))
	last := len(w.events(id)) - 1
	first, second, third := w.owed(repository, id, last-3), w.owed(repository, id, last-1), w.owed(repository, id, last)
	for _, s := range []step{rewrite(ada, 3, "edited"), redact(root, 4), say(bob)} {
		if err := s(w, id); err != nil {
			t.Fatal(err)
		}
	}
	for _, due := range []notification.Due{first, second, third} {
		if err := h.Handle(t.Context(), commands.DeliverNotification{Due: due}); err != nil {
			t.Fatal(err)
		}
	}
	want := map[int]string{1: "first", 2: "edited"}
	for _, n := range mails.taken {
		if want[n.Number] != n.Body || n.ConversationName != "Late" || n.From != "Name of ada" || n.Name != "Name of bob" {
			t.Errorf("told %+v", n)
		}
	}
	if len(mails.taken) != len(want) {
		t.Errorf("%d mails were sent, want %d", len(mails.taken), len(want))
	}
	err := repository.View(t.Context(), third.Notification, func(n commands.Loaded[notification.Notification]) {
		if d := n.State.Deliveries[0]; d.State != notification.GivenUp || d.Attempts != 1 {
			t.Errorf("the mail of the redacted message is %+v", d)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if domain.CodeOf(h.Handle(t.Context(), commands.DeliverNotification{Due: third})) != "" || len(mails.taken) != len(want) {
		t.Error("the mail of the redacted message is taken up again")
	}
}
