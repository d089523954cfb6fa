package timelines_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
	"parley/projections/projectiontest"
	"parley/projections/timelines"
	"parley/projections/worldtest"
)

func TestTimelines_equal_the_fold_of_the_history(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			world := worldtest.NewWithLosses(seed, 150)
			tables := projectiontest.Run(t, timelines.Projection, worldtest.Manifests, world.Events...)
			for _, c := range []struct {
				table, columns string
				want           []string
			}{
				{
					"conversations",
					"organization, conversation, updated_at, public_updated_at, message_count, public_message_count, deleted",
					wantConversations(world),
				},
				{"activities", "organization, conversation, type, id, attached, updated_at, public_updated_at, shown", wantActivities(world)},
				{"messages", "organization, conversation, number, public_number, from_id, author_kind, author_id, internal, at, edited_at, redacted, body, attachments", wantMessages(world)},
				{"attachments", "organization, conversation, attachment, number", wantAttachments(world)},
			} {
				got := tables.Select(c.table, c.columns)
				slices.Sort(got)
				slices.Sort(c.want)
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("%s differ (-fold +rows):\n%s", c.table, diff)
				}
			}
		})
	}
}

func wantConversations(w *worldtest.World) (out []string) {
	for _, c := range w.Conversations {
		s := c.State
		out = append(out, fmt.Sprintf("%s|%s|%d|%d|%d|%d|%t", c.Organization, c.ID,
			s.UpdatedAt.UnixMicro(), s.PublicUpdatedAt.UnixMicro(), s.MessageCount, s.PublicCount, s.Deleted))
	}
	return out
}

// wantActivities returns a row for each record that was ever a context.
func wantActivities(w *worldtest.World) (out []string) {
	for _, c := range w.Conversations {
		for r := range c.Attached {
			in := c.State.HasContext(r)
			out = append(out, fmt.Sprintf("%s|%s|%s|%s|%t|%d|%d|%t", c.Organization, c.ID, r.Type, r.ID, in,
				c.State.UpdatedAt.UnixMicro(), c.State.PublicUpdatedAt.UnixMicro(), in && !c.State.Deleted))
		}
	}
	return append(out, wantNotes(w)...)
}

// wantNotes returns a row for each record on which a conversation was shown until
// its stream went away.
func wantNotes(w *worldtest.World) (out []string) {
	at := map[string]int64{}
	for i, e := range w.Events {
		if e.Type == eventlog.TombstoneType {
			at[e.Stream] = projectiontest.Epoch.Add(time.Duration(i) * time.Second).UnixMicro()
		}
		if e, is := e.Data.(conversation.Removed); is {
			at[w.Events[i].Stream] = e.At.UnixMicro()
		}
	}
	for _, c := range w.Removed {
		for _, r := range c.State.Contexts {
			if !c.State.Deleted {
				at := at[conversation.Stream(c.ID)]
				out = append(out, fmt.Sprintf("%s|%s|%s|%s|true|-%d|-%d|true", c.Organization, c.ID, r.Type, r.ID, at, at))
			}
		}
	}
	return out
}

func wantMessages(w *worldtest.World) (out []string) {
	for _, c := range w.Conversations {
		for _, m := range c.Messages {
			edited := int64(0)
			if m.EditedAt != nil {
				edited = m.EditedAt.UnixMicro()
			}
			out = append(out, fmt.Sprintf("%s|%s|%d|%d|%s|%s|%s|%t|%d|%d|%t|%s|%s", c.Organization, c.ID, m.Number, m.PublicNumber,
				m.From.ID, m.Author.Kind, m.Author.ID, m.Internal, m.At.UnixMicro(), edited, m.Redacted, quoted(m.Body), quoted(m.Attachments.Text())))
		}
	}
	return out
}

// quoted returns text as the tables show it.
func quoted(s string) string {
	if s == "" || strings.Contains(s, `"`) {
		return strconv.Quote(s)
	}
	return s
}

// wantAttachments returns a row for each file, also of what was redacted since:
// which message it was on is nothing by itself.
func wantAttachments(w *worldtest.World) (out []string) {
	purged := map[string]bool{}
	for _, t := range slices.Concat(w.Purged, w.Removed) {
		purged[conversation.Stream(t.ID)] = true
	}
	for _, e := range w.Events {
		if m, is := e.Data.(conversation.MessageAdded); is && !purged[e.Stream] {
			for _, f := range m.Attachments {
				id := strings.TrimPrefix(e.Stream, domain.StreamPrefix+"conversation-")
				out = append(out, fmt.Sprintf("%s|%s|%s|%d", e.Meta.Organization, id, f.ID, m.Number))
			}
		}
	}
	return out
}
