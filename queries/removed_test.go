package queries_test

import (
	"testing"

	"parley/adapters/eventnode"
	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
	"parley/projections/projectiontest"
	"parley/queries"
)

func TestHistory_is_of_no_conversation_whose_stream_is_gone_or_no_longer_whole(t *testing.T) {
	t.Parallel()
	f := withLog(t)
	talks := f.world.Of(projectiontest.Organization)
	tombstoned, cut, deleted := talks[0], talks[1], talks[2]
	node := f.sources.Log.(*eventnode.Node)
	if _, err := node.Tombstone(t.Context(), conversation.Stream(tombstoned.ID), eventnode.Any); err != nil {
		t.Fatal(err)
	}
	removed := projectiontest.Record(t, projectiontest.Event{Data: conversation.Removed{}})[0]
	e := eventlog.NewEvent{ID: removed.ID, Type: removed.Type, Data: removed.Data, Metadata: removed.Metadata}
	if _, err := node.Append(t.Context(), conversation.Stream(cut.ID), eventlog.Revision(cut.Revision-1), []eventlog.NewEvent{e}); err != nil {
		t.Fatal(err)
	}
	known := sqldb.Statement{
		SQL:  "insert into conversations.purged (organization, conversation, position) values ('', $1, 1)",
		Args: []any{deleted.ID.String()},
	}
	if err := f.sources.DB.Write(t.Context(), "conversations", []sqldb.Statement{known}); err != nil {
		t.Fatal(err)
	}
	for what, of := range map[string]queries.History{
		"tombstoned": {Conversation: tombstoned.ID}, "cut": {Conversation: cut.ID}, "deleted, and written again": {Conversation: deleted.ID},
	} {
		of.Actor = f.administrator()
		if _, err := (queries.HistoryHandler{Sources: f.sources}).Handle(t.Context(), of); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("%s: got %v, want it not found", what, err)
		}
	}
	kept := queries.History{Conversation: talks[3].ID, Actor: f.administrator()}
	if got, err := (queries.HistoryHandler{Sources: f.sources}).Handle(t.Context(), kept); err != nil || len(got.Items) == 0 {
		t.Errorf("another one: %v", err)
	}
}
