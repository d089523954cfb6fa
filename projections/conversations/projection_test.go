package conversations_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/conversation"
	"parley/projections/conversations"
	"parley/projections/projectiontest"
	"parley/projections/worldtest"
)

func TestConversations_equal_the_fold_of_the_history(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			world := worldtest.NewWithLosses(seed, 150)
			tables := projectiontest.Run(t, conversations.Projection, worldtest.Manifests, world.Events...)
			got := tables.Select("conversations", "organization, conversation, status, owner, customer_user, customer, "+
				"source_type, source_id, deleted, revision, created_at, updated_at, public_updated_at, "+
				"message_count, public_message_count, sort_at, public_sort_at, idle_since")
			if diff := cmp.Diff(wantRows(world), got); diff != "" {
				t.Errorf("conversations differ (-fold +rows):\n%s", diff)
			}
			if diff := cmp.Diff(wantLast(world), lastMessages(tables)); diff != "" {
				t.Errorf("last messages differ (-fold +rows):\n%s", diff)
			}
			if diff := cmp.Diff(wantContexts(world), attached(tables)); diff != "" {
				t.Errorf("contexts differ (-fold +rows):\n%s", diff)
			}
		})
	}
}

func wantRows(w *worldtest.World) []string {
	var out []string
	for _, c := range w.Conversations {
		s, source := c.State, domain.Record{}
		if s.Source != nil {
			source = *s.Source
		}
		out = append(out, fmt.Sprintf("%s|%s|%s|%s|%s|%s|%s|%s|%t|%d|%d|%d|%d|%d|%d|%d|%d|%d", c.Organization, c.ID, s.Status,
			s.Owner, s.CustomerUser, quoted(s.Customer), quoted(source.Type), quoted(source.ID), s.Deleted, c.Revision-1,
			s.CreatedAt.UnixMicro(), s.UpdatedAt.UnixMicro(), s.PublicUpdatedAt.UnixMicro(), s.MessageCount, s.PublicCount,
			c.SortAt(domain.KindUser).UnixMicro(), c.SortAt(domain.KindCustomerUser).UnixMicro(), s.IdleSince.UnixMicro()))
	}
	slices.Sort(out)
	return out
}

// quoted returns text as the tables show it.
func quoted(s string) string {
	if s == "" || strings.Contains(s, `"`) {
		return strconv.Quote(s)
	}
	return s
}

func wantLast(w *worldtest.World) []string {
	var out []string
	for _, c := range w.Conversations {
		line := c.ID.String()
		if m := c.State.Last; m != nil {
			line += fmt.Sprintf("|%d|%s|%s|%s|%t|%d|%t|%s", m.At.UnixMicro(), m.From.ID, m.Author, quoted(m.Body), m.Internal,
				editedAt(m), m.Redacted, quoted(m.Attachments.Text()))
		}
		if m := c.State.LastPublic; m != nil {
			line += fmt.Sprintf("|%d|%s|%s|%d|%t|%s", m.At.UnixMicro(), m.From, quoted(m.Body),
				editedAt(m), m.Redacted, quoted(m.Attachments.Text()))
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

// editedAt returns the time of the last edit as the tables hold it.
func editedAt(m *conversation.Message) int64 {
	if m.EditedAt == nil {
		return 0
	}
	return m.EditedAt.UnixMicro()
}

func lastMessages(tables projectiontest.Tables) []string {
	ids := tables.Select("conversations", "conversation")
	last := tables.Select("conversations", "last_at, last_from_id, last_author_kind")
	author := tables.Select("conversations", "last_author_id, last_body, last_internal, last_edited_at, last_redacted, last_attachments")
	from := tables.Select("conversations", "public_last_at, public_last_from_kind")
	public := tables.Select("conversations", "public_last_from_id, public_last_body, public_last_edited_at, public_last_redacted, public_last_attachments")
	for i := range ids {
		if last[i] != "NULL|NULL|NULL" {
			ids[i] += "|" + last[i] + ":" + author[i]
		}
		if from[i] != "NULL|NULL" {
			ids[i] += "|" + from[i] + ":" + public[i]
		}
	}
	slices.Sort(ids)
	return ids
}

func wantContexts(w *worldtest.World) []string {
	var out []string
	for _, c := range w.Conversations {
		for _, r := range c.State.Contexts {
			out = append(out, fmt.Sprintf("%s|%s|%s|%s|%d", c.Organization, c.ID, r.Type, r.ID, c.Attached[r]))
		}
	}
	slices.Sort(out)
	return out
}

func attached(tables projectiontest.Tables) []string {
	out := tables.Select("contexts", "organization, conversation, type, id, attached")
	out = slices.DeleteFunc(out, func(row string) bool { return row[len(row)-2:] == "|0" })
	slices.Sort(out)
	return out
}
