package commands_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/commands"
	"parley/domain/notification"
	"parley/domain/settings"
)

// decided is the notification of a message of ada's, which bob is to be told of.
func (w *world) decided(notifications *commands.Repository[notification.Notification, notification.Event]) (notification.Undecided, notification.Notification) {
	w.Helper()
	m := notification.Undecided{Organization: acme, Source: uuid.New(), Author: ada, From: ada, People: []notification.Reachable{
		{Person: ada, Known: true, Enabled: true, Email: "a@acme.example"}, {Person: bob, Known: true, Enabled: true, Email: "b@shop.example"},
	}}
	h := commands.DecideNotificationHandler{Notifications: notifications, Directory: w.Directory}
	if err := h.Handle(w.Context(), commands.DecideNotification{Message: m}); err != nil {
		w.Fatal(err)
	}
	return m, w.notified(notifications, m)
}

func (w *world) notified(notifications *commands.Repository[notification.Notification, notification.Event], m notification.Undecided) (n notification.Notification) {
	w.Helper()
	err := notifications.View(w.Context(), notification.ID(m.Source), func(l commands.Loaded[notification.Notification]) {
		n = *notification.Aggregate.Copy(l.State)
	})
	if err != nil {
		w.Fatal(err)
	}
	return n
}

func TestNotifications_are_decided_to_nobody_and_given_up_while_conversations_are_off(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	notifications := commands.NewRepository(notification.Aggregate, w.Repository.Deps)
	owed, before := w.decided(notifications)
	if len(before.Deliveries) != 1 {
		t.Fatalf("while they are on, %d are told, want bob", len(before.Deliveries))
	}
	w.set(settings.Change{Enabled: new(false)})
	if _, after := w.decided(notifications); !after.Decided || len(after.Deliveries) != 0 {
		t.Errorf("decided: %t, to %+v, want nobody", after.Decided, after.Deliveries)
	}
	deliver := commands.DeliverNotificationHandler{Notifications: notifications, Directory: w.Directory}
	due := notification.Due{Organization: acme, Notification: notification.ID(owed.Source)}
	if err := deliver.Handle(t.Context(), commands.DeliverNotification{Due: due}); err != nil {
		t.Fatal(err)
	}
	w.set(settings.Change{Enabled: new(true)})
	if diff := cmp.Diff(notification.GivenUp, w.notified(notifications, owed).Deliveries[0].State); diff != "" {
		t.Errorf("what was owed (-want +got):\n%s", diff)
	}
}
