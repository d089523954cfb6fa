package notifications_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/domain/notification"
	"parley/domain/reader"
	"parley/domain/sqldb"
	"parley/projections/notifications"
	"parley/projections/projectiontest"
	"parley/queries"
)

var (
	about = uuid.MustParse("0197a000-0000-7000-8000-000000000001")
	day   = time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
	anna  = domain.User("anna")
	bert  = domain.CustomerUser("bert")

	manifests = [][]domain.Type{conversation.Types, reader.Types, directory.Types, notification.Types, notification.NotifierTypes}
)

func person(p domain.Person, enabled bool) projectiontest.Event {
	return projectiontest.Event{
		Stream: directory.PersonStream(projectiontest.Organization, p),
		Data: directory.PersonMirrored{
			Organization: projectiontest.Organization, Kind: p.Kind, ID: p.ID, Name: p.ID,
			Email: p.ID + "@a.example", Locale: "en", Enabled: enabled,
		},
	}
}

func joined(p domain.Person) projectiontest.Event {
	return projectiontest.Event{Stream: conversation.Stream(about), Data: conversation.ParticipantJoined{Person: p, At: day}}
}

func said(number int, channel domain.Channel) projectiontest.Event {
	return projectiontest.Event{
		Stream: conversation.Stream(about), Meta: domain.Meta{Channel: channel},
		Data: conversation.MessageAdded{Number: number, PublicNumber: number, Body: "x", From: anna, Author: anna, At: day},
	}
}

func turned(running bool) projectiontest.Event {
	e := projectiontest.Event{Stream: notification.NotifierStream(""), Data: notification.Paused{At: day}}
	if running {
		e.Data = notification.Resumed{At: day}
	}
	return e
}

func TestMessages_wait_for_a_decision_only_while_the_notifier_runs_and_not_when_imported(t *testing.T) {
	t.Parallel()
	tables := projectiontest.Run(t, notifications.Projection, manifests,
		said(1, domain.ChannelAPI), // before mail was ever configured
		turned(true), said(2, domain.ChannelAPI), said(3, domain.ChannelImport),
		turned(false), said(4, domain.ChannelAPI),
		turned(true), said(5, domain.ChannelWeb),
	)
	if diff := cmp.Diff([]string{"1", "4"}, tables.Select("undecided", "revision")); diff != "" {
		t.Errorf("the wrong messages wait (-want +got):\n%s", diff)
	}
}

func TestQueue_hands_out_what_waits_and_what_is_due(t *testing.T) {
	t.Parallel()
	history := []projectiontest.Event{
		turned(true), person(anna, true), person(bert, true), person(domain.User("gone"), false),
		joined(anna), joined(bert), joined(domain.User("gone")), joined(domain.User("left")),
		{Stream: conversation.Stream(about), Data: conversation.ParticipantLeft{Person: domain.User("left"), At: day}},
		said(1, domain.ChannelAPI), joined(domain.User("late")), said(2, domain.ChannelAPI),
	}
	projectiontest.Each(t, func(t *testing.T, db sqldb.DB) {
		projectiontest.Fill(t, db, notifications.Projection, manifests, history...)
		queue := queries.NotificationQueue{Sources: queries.Sources{DB: db}}
		waiting, err := queue.Undecided(t.Context(), 10)
		if err != nil || len(waiting) != 2 {
			t.Fatalf("%d wait, %v", len(waiting), err)
		}
		first := waiting[0]
		want := []notification.Reachable{
			{Person: bert, Known: true, Enabled: true, Email: "bert@a.example", Locale: "en"},
			{Person: anna, Known: true, Enabled: true, Email: "anna@a.example", Locale: "en"},
			{Person: domain.User("gone"), Known: true, Email: "gone@a.example", Locale: "en"},
		}
		if diff := cmp.Diff(want, first.People); diff != "" || first.Author != anna || first.Conversation != about {
			t.Errorf("the first is %+v (-want +got):\n%s", first, diff)
		}
		if late := waiting[1].People[len(want)]; late.Person != domain.User("late") {
			t.Errorf("the last who is told of the second message is %v", late.Person)
		}
	})
}

func TestMentions_wait_beside_participants_and_those_of_an_edit_alone(t *testing.T) {
	t.Parallel()
	outsider := domain.User("outsider")
	mentioning := said(2, domain.ChannelAPI)
	e := mentioning.Data.(conversation.MessageAdded)
	e.Mentions = []domain.Person{bert, outsider}
	mentioning.Data = e
	imported := mentioning
	imported.Meta.Channel = domain.ChannelImport
	edited := func(mentions ...domain.Person) projectiontest.Event {
		return projectiontest.Event{
			Stream: conversation.Stream(about), Meta: domain.Meta{Actor: anna},
			Data: conversation.MessageEdited{Number: 1, PublicNumber: 1, Body: "y", Mentions: mentions, Mentioned: e.Mentions, At: day},
		}
	}
	history := []projectiontest.Event{
		mentioning, turned(true), person(anna, true), person(bert, true), person(outsider, true), joined(anna), joined(bert),
		said(1, domain.ChannelAPI), mentioning, imported, edited(), edited(outsider),
	}
	projectiontest.Each(t, func(t *testing.T, db sqldb.DB) {
		projectiontest.Fill(t, db, notifications.Projection, manifests, history...)
		queue := queries.NotificationQueue{Sources: queries.Sources{DB: db}}
		waiting, err := queue.Undecided(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, u := range waiting {
			line := fmt.Sprintf("edit %t by %s:", u.Edit, u.Author)
			for _, p := range u.People {
				line += fmt.Sprintf(" %s %t %t", p.Person, p.Mentioned, p.Enabled)
			}
			got = append(got, line)
		}
		want := []string{
			"edit false by user:anna: customer_user:bert false true user:anna false true",
			"edit false by user:anna: customer_user:bert true true user:anna false true user:outsider true true",
			"edit true by user:anna: customer_user:bert false true user:anna false true user:outsider true true",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("who waits (-want +got):\n%s", diff)
		}
	})
	source := projectiontest.Record(t, history...)[8].ID
	tables := projectiontest.Run(t, notifications.Projection, manifests, append(history, projectiontest.Event{
		Stream: notification.Stream(notification.ID(source)),
		Data:   notification.Decided{Organization: projectiontest.Organization, Source: source, Conversation: about, At: day},
	})...)
	if diff := cmp.Diff([]string{"user|outsider"}, tables.Select("mentions", "kind, person")); diff != "" {
		t.Errorf("mentions that are decided wait still (-want +got):\n%s", diff)
	}
	restored := projectiontest.Event{Stream: notification.NotifierStream(""), Data: notification.Restored{At: day}}
	if left := projectiontest.Run(t, notifications.Projection, manifests, append(history, restored)...).Select("mentions", "person"); len(left) > 0 {
		t.Errorf("a restored log has mentions that wait: %v", left)
	}
}

func TestDeliveries_follow_their_events(t *testing.T) {
	t.Parallel()
	history := []projectiontest.Event{turned(true), said(1, domain.ChannelAPI)}
	source := projectiontest.Record(t, history...)[1].ID
	id := notification.ID(source)
	event := func(e notification.Event) projectiontest.Event {
		return projectiontest.Event{Stream: notification.Stream(id), Data: e}
	}
	recipient := func(p domain.Person) notification.Recipient {
		return notification.Recipient{Person: p, Address: p.ID + "@a.example", Reason: notification.ReasonParticipant}
	}
	tables := projectiontest.Run(t, notifications.Projection, manifests, append(history,
		event(notification.Decided{
			Organization: projectiontest.Organization, Source: source, Conversation: about, At: day,
			Recipients: []notification.Recipient{recipient(bert), recipient(domain.User("cleo")), recipient(domain.User("dora"))},
		}),
		event(notification.AttemptStarted{Recipient: 0, Attempt: 1, At: day}),
		event(notification.Sent{Recipient: 0, Attempt: 1, At: day}),
		event(notification.AttemptStarted{Recipient: 1, Attempt: 1, At: day}),
		event(notification.AttemptFailed{Recipient: 1, Attempt: 1, Detail: "busy", NextAt: day.Add(time.Minute), At: day}),
		event(notification.AttemptStarted{Recipient: 2, Attempt: 1, At: day}),
		event(notification.Dropped{Recipient: 2, Reason: notification.ReasonRefused, At: day}),
	)...)
	if waiting := tables.Select("undecided", "source"); len(waiting) != 0 {
		t.Errorf("%v wait still", waiting)
	}
	want := []string{`0|bert|sent|1|NULL|""`, "1|cleo|pending|1|1777885260000000|busy", "2|dora|dropped|1|NULL|refused"}
	got := tables.Select("deliveries", "recipient, person, state, attempts, due_at, detail")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("deliveries differ (-want +got):\n%s", diff)
	}
}

// Whoever is owed a mail by a log of a backup may have got it from the server
// that went on after the backup.
func TestRestored_log_owes_nothing(t *testing.T) {
	t.Parallel()
	history := []projectiontest.Event{turned(true), said(1, domain.ChannelAPI), said(2, domain.ChannelAPI)}
	source := projectiontest.Record(t, history...)[1].ID
	tables := projectiontest.Run(t, notifications.Projection, manifests, append(history,
		projectiontest.Event{Stream: notification.Stream(notification.ID(source)), Data: notification.Decided{
			Organization: projectiontest.Organization, Source: source, Conversation: about, At: day,
			Recipients: []notification.Recipient{{Person: bert, Address: "bert@a.example", Reason: notification.ReasonParticipant}},
		}},
		projectiontest.Event{Stream: notification.NotifierStream(""), Data: notification.Restored{At: day}},
		said(3, domain.ChannelAPI),
	)...)
	if diff := cmp.Diff([]string{"2"}, tables.Select("undecided", "revision")); diff != "" {
		t.Errorf("the wrong messages wait (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"bert|dropped|NULL|restored"}, tables.Select("deliveries", "person, state, due_at, detail")); diff != "" {
		t.Errorf("deliveries differ (-want +got):\n%s", diff)
	}
	if got := len(tables.Select("messages", "source")); got != 2 {
		t.Errorf("%d messages are kept, want those of the delivery and of the queue", got)
	}
}

func TestQueue_knows_who_muted_the_conversation_while_they_take_part(t *testing.T) {
	t.Parallel()
	mute := func(p domain.Person, stay int) projectiontest.Event {
		return projectiontest.Event{Stream: reader.Stream(projectiontest.Organization, p), Data: reader.ConversationMuted{
			Organization: projectiontest.Organization, Person: p, Conversation: about, Stay: stay, At: day,
		}}
	}
	unmute := projectiontest.Event{Stream: reader.Stream(projectiontest.Organization, bert), Data: reader.ConversationUnmuted{
		Organization: projectiontest.Organization, Person: bert, Conversation: about, At: day,
	}}
	back, twice := domain.User("back"), domain.User("twice")
	leave := func(p domain.Person) projectiontest.Event {
		return projectiontest.Event{Stream: conversation.Stream(about), Data: conversation.ParticipantLeft{Person: p, At: day}}
	}
	history := []projectiontest.Event{
		turned(true), joined(anna), joined(bert), mute(anna, 1), mute(bert, 1), unmute,
		joined(back), mute(back, 1), leave(back), joined(back),
		joined(twice), leave(twice), joined(twice), mute(twice, 2), said(1, domain.ChannelAPI),
	}
	projectiontest.Run(t, notifications.Projection, manifests, history...)
	projectiontest.Each(t, func(t *testing.T, db sqldb.DB) {
		projectiontest.Fill(t, db, notifications.Projection, manifests, history...)
		waiting, err := queries.NotificationQueue{Sources: queries.Sources{DB: db}}.Undecided(t.Context(), 10)
		if err != nil || len(waiting) != 1 {
			t.Fatalf("%d messages wait, error %v", len(waiting), err)
		}
		muted := map[domain.Person]bool{}
		for _, p := range waiting[0].People {
			muted[p.Person] = p.Muted
		}
		if diff := cmp.Diff(map[domain.Person]bool{anna: true, bert: false, back: false, twice: true}, muted); diff != "" {
			t.Errorf("muted (-want +got):\n%s", diff)
		}
	})
}

func TestQueue_hands_out_what_is_owed_of_a_purged_conversation_as_gone(t *testing.T) {
	t.Parallel()
	source := projectiontest.Record(t, turned(true), joined(anna), joined(bert), said(1, domain.ChannelAPI))[3].ID
	history := []projectiontest.Event{
		turned(true), joined(anna), joined(bert), said(1, domain.ChannelAPI),
		{Stream: notification.Stream(notification.ID(source)), Data: notification.Decided{
			Organization: projectiontest.Organization, Source: source, Conversation: about,
			Recipients: []notification.Recipient{{Person: bert, Address: "bert@a.example"}}, At: day,
		}},
		said(2, domain.ChannelAPI),
		{Stream: conversation.Stream(about), Data: conversation.Deleted{At: day}},
		{Stream: conversation.Stream(about), Data: conversation.Purged{Organization: projectiontest.Organization, At: day}},
	}
	tables := projectiontest.Run(t, notifications.Projection, manifests, history...)
	for _, table := range []string{"undecided", "messages", "participants"} {
		if rows := tables[table].Rows; len(rows) > 0 {
			t.Errorf("of a purged conversation, %s still has %v", table, rows)
		}
	}
	projectiontest.Each(t, func(t *testing.T, db sqldb.DB) {
		projectiontest.Fill(t, db, notifications.Projection, manifests, history...)
		due, err := queries.NotificationQueue{Sources: queries.Sources{DB: db}}.Due(t.Context(), day, 10)
		if err != nil || len(due) != 1 || due[0].Revision != -1 {
			t.Errorf("due is %v, error %v; want one whose message is gone", due, err)
		}
	})
}
