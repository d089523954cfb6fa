package notifications_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/domain/notification"
	"parley/domain/reader"
	"parley/projections/notifications"
	"parley/projections/projectiontest"
)

// A decision whose stream is gone is neither carried out nor taken again, also
// where a rebuild does not find it in the log.
func TestQueue_forgets_a_decision_whose_stream_is_gone(t *testing.T) {
	t.Parallel()
	begin := []projectiontest.Event{turned(true), joined(anna), joined(bert), said(1, ""), said(2, "")}
	var history []projectiontest.Event
	history = append(history, begin...)
	for i, e := range projectiontest.Record(t, begin...)[3:] {
		decided := notification.Decided{Organization: projectiontest.Organization, Source: e.ID, Conversation: about, At: day}
		if i == 0 {
			decided.Recipients = []notification.Recipient{{Person: bert, Address: "bert@a.example"}}
		}
		stream := notification.Stream(notification.ID(e.ID))
		history = append(history, projectiontest.Event{Stream: stream, Data: decided}, projectiontest.Tombstone(stream))
	}
	history = append(history, said(3, ""))
	tables := projectiontest.Run(t, notifications.Projection, manifests, history...)
	if n := len(tables["deliveries"].Rows); n > 0 {
		t.Errorf("%d mails are still owed", n)
	}
	third := projectiontest.Record(t, history...)[len(history)-1].ID.String()
	for _, table := range []string{"undecided", "messages"} {
		if diff := cmp.Diff([]string{third}, tables.Select(table, "source")); diff != "" {
			t.Errorf("%s differ (-want +got):\n%s", table, diff)
		}
	}
}

func TestQueue_knows_nobody_and_is_off_where_the_streams_are_gone(t *testing.T) {
	t.Parallel()
	mute := projectiontest.Event{
		Stream: reader.Stream(projectiontest.Organization, anna),
		Data:   reader.ConversationMuted{Organization: projectiontest.Organization, Person: anna, Conversation: about, Stay: 1, At: day},
	}
	elsewhere := mute
	elsewhere.Data = reader.ConversationMuted{Organization: projectiontest.Organization, Person: anna, Conversation: [16]byte{1}, Stay: 1, At: day}
	tables := projectiontest.Run(t, notifications.Projection, manifests,
		person(anna, true), person(bert, true), turned(true), joined(anna), joined(bert), mute, elsewhere,
		projectiontest.Tombstone(directory.PersonStream(projectiontest.Organization, bert)),
		projectiontest.Tombstone(reader.Stream(projectiontest.Organization, anna)),
		projectiontest.Tombstone(notification.NotifierStream("")),
		said(1, ""),
	)
	for table, want := range map[string][]string{
		"people": {"anna"}, "participants": {"bert", "anna"}, "switches": {}, "undecided": {}, "messages": {},
	} {
		column := map[string]string{"switches": "name", "undecided": "source", "messages": "source"}[table]
		if column == "" {
			column = "person"
		}
		if diff := cmp.Diff(want, tables.Select(table, column)); diff != "" {
			t.Errorf("%s differ (-want +got):\n%s", table, diff)
		}
	}
	if diff := cmp.Diff([]string{"NULL", "NULL"}, tables.Select("participants", "muted")); diff != "" {
		t.Errorf("muted (-want +got):\n%s", diff)
	}
}

func TestQueue_forgets_a_conversation_whose_stream_is_gone(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]projectiontest.Event{
		"for ever": projectiontest.Tombstone(conversation.Stream(about)),
		"in part":  {Stream: conversation.Stream(about), Data: conversation.Removed{At: day}, Meta: projectiontest.Nowhere},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tables := projectiontest.Run(t, notifications.Projection, manifests, turned(true), joined(anna), joined(bert), said(1, ""), end)
			for _, table := range []string{"undecided", "mentions", "messages", "participants"} {
				if rows := tables[table].Rows; len(rows) > 0 {
					t.Errorf("%s still has %v", table, rows)
				}
			}
		})
	}
}
