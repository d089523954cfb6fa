package receipts_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/attachment"
	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/projections/projectiontest"
	"parley/projections/receipts"
)

func TestReceipts_remember_the_run_of_each_key(t *testing.T) {
	t.Parallel()
	stream := func(n byte) string { return conversation.Stream(uuid.UUID{n}) }
	said := func(n byte, who domain.Person, key string) projectiontest.Event {
		return projectiontest.Event{
			Stream: stream(n), Data: conversation.Renamed{Name: "x"},
			Meta: domain.Meta{Actor: who, Key: key, Fingerprint: "print of " + key},
		}
	}
	ann, twin := domain.User("ann"), domain.CustomerUser("ann")
	tables := projectiontest.Run(t, receipts.Projection, [][]domain.Type{conversation.Types, directory.Types},
		said(1, ann, ""), said(1, ann, "a"), said(1, ann, "a"), said(1, ann, "a"), said(1, ann, ""),
		said(2, twin, "a"), said(2, ann, "b"),
		said(2, ann, "a"), // raced: the first stream has the key
	)
	want := []string{
		"acme|customer_user|ann|a|print of a|" + stream(2) + "|0|0|60",
		"acme|user|ann|a|print of a|" + stream(1) + "|1|3|40",
		"acme|user|ann|b|print of b|" + stream(2) + "|1|1|70",
	}
	got := tables.Select("receipts", "organization, kind, person, key, fingerprint, stream, first_revision, last_revision, position")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("receipts differ (-want +got):\n%s", diff)
	}
}

// The receipts of a purged file end with it; those of one that was only abandoned
// stay, and so does what another stream has.
func TestReceipts_of_a_purged_file_are_forgotten(t *testing.T) {
	t.Parallel()
	ann := domain.User("ann")
	of := func(n byte, key string, e domain.Event) projectiontest.Event {
		return projectiontest.Event{Stream: attachment.Stream(uuid.UUID{n}), Data: e, Meta: domain.Meta{Actor: ann, Key: key}}
	}
	tables := projectiontest.Run(t, receipts.Projection, [][]domain.Type{attachment.Types},
		of(1, "purged", attachment.Uploaded{}), of(2, "abandoned", attachment.Uploaded{}), of(3, "kept", attachment.Uploaded{}),
		of(1, "", attachment.Discarded{Organization: "acme", Reason: attachment.Purged}),
		of(2, "", attachment.Discarded{Reason: attachment.Abandoned}),
	)
	if diff := cmp.Diff([]string{"abandoned", "kept"}, tables.Select("receipts", "key")); diff != "" {
		t.Errorf("receipts differ (-want +got):\n%s", diff)
	}
}

// What was written to a stream that is gone cannot be answered with any more.
func TestReceipts_of_a_stream_that_is_gone_are_forgotten(t *testing.T) {
	t.Parallel()
	of := func(stream, key string, e domain.Event) projectiontest.Event {
		return projectiontest.Event{Stream: stream, Data: e, Meta: domain.Meta{Actor: domain.User("ann"), Key: key}}
	}
	file, kept := attachment.Stream(uuid.UUID{1}), conversation.Stream(uuid.UUID{2})
	ended, cut := conversation.Stream(uuid.UUID{3}), conversation.Stream(uuid.UUID{4})
	removed := of(cut, "", conversation.Removed{})
	removed.Meta = projectiontest.Nowhere
	tables := projectiontest.Run(t, receipts.Projection, [][]domain.Type{attachment.Types, conversation.Types},
		of(file, "file", attachment.Uploaded{}), of(kept, "kept", conversation.Renamed{}),
		of(ended, "ended", conversation.Renamed{}), of(cut, "cut", conversation.Renamed{}),
		projectiontest.Tombstone(file), projectiontest.Tombstone(ended), removed,
	)
	if diff := cmp.Diff([]string{"kept"}, tables.Select("receipts", "key")); diff != "" {
		t.Errorf("receipts differ (-want +got):\n%s", diff)
	}
}
