package inboxes_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/reader"
	"parley/projections/inboxes"
	"parley/projections/projectiontest"
	"parley/projections/worldtest"
)

func TestInboxes_equal_the_fold_of_the_history(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			world := worldtest.NewWithLosses(seed, 150)
			tables := projectiontest.Run(t, inboxes.Projection, worldtest.Manifests, world.Events...)
			got := tables.Select("threads", "organization, conversation, kind, person, participant, cursor, count, unread, status")
			if diff := cmp.Diff(wantThreads(world), participating(got, world)); diff != "" {
				t.Errorf("threads differ (-fold +rows):\n%s", diff)
			}
			if diff := cmp.Diff(wantCounters(world), nonZero(tables)); diff != "" {
				t.Errorf("counters differ (-fold +rows):\n%s", diff)
			}
		})
	}
}

// wantThreads returns the thread of everybody who ever took part.
func wantThreads(w *worldtest.World) []string {
	var out []string
	for _, c := range w.Conversations {
		for _, p := range c.State.Participants {
			status := string(c.State.Status)
			if c.State.Deleted {
				status = "deleted"
			}
			out = append(out, fmt.Sprintf("%s|%s|%s|%s|%t|%d|%d|%t|%s", c.Organization, c.ID, p.Person.Kind, p.Person.ID,
				!p.Left, c.Cursor(p.Person), c.State.Count(p.Person.Kind), c.Unread(p.Person) > 0, status))
		}
	}
	slices.Sort(out)
	return out
}

// participating leaves out the threads of starters who never took part.
func participating(rows []string, w *worldtest.World) []string {
	starters := map[string]bool{}
	for _, c := range w.Conversations {
		if s := c.State.Starter; c.Joined[s] == 0 && !s.IsZero() {
			starters[fmt.Sprintf("%s|%s|%s|%s|false|0|%d|false", c.Organization, c.ID, s.Kind, s.ID, c.State.Count(s.Kind))] = true
		}
	}
	out := slices.DeleteFunc(slices.Clone(rows), func(row string) bool {
		for s := range starters {
			if len(row) > len(s) && row[:len(s)] == s {
				return true
			}
		}
		return false
	})
	slices.Sort(out)
	return out
}

// wantCounters counts the unread conversations of everybody.
func wantCounters(w *worldtest.World) []string {
	counts := map[string]int{}
	for _, c := range w.Conversations {
		for _, p := range c.State.Participants {
			if c.Unread(p.Person) > 0 {
				counts[fmt.Sprintf("%s|%s|%s", c.Organization, p.Person.Kind, p.Person.ID)]++
			}
		}
	}
	var out []string
	for who, n := range counts {
		out = append(out, fmt.Sprintf("%s|%d", who, n))
	}
	slices.Sort(out)
	return out
}

func nonZero(tables projectiontest.Tables) []string {
	out := tables.Select("counters", "organization, kind, person, unread")
	out = slices.DeleteFunc(out, func(row string) bool { return row[len(row)-2:] == "|0" })
	slices.Sort(out)
	return out
}

func TestInboxes_order_threads_by_the_last_message_of_the_audience(t *testing.T) {
	t.Parallel()
	world := worldtest.NewWithLosses(7, 150)
	want := map[string]int64{}
	for _, c := range world.Conversations {
		for _, k := range []domain.Kind{domain.KindUser, domain.KindCustomerUser} {
			want[fmt.Sprintf("%s|%s", c.ID, k)] = c.SortAt(k).UnixMicro()
		}
	}
	tables := projectiontest.Run(t, inboxes.Projection, worldtest.Manifests, world.Events...)
	keys := tables.Select("threads", "conversation, kind")
	for i, at := range tables.Select("threads", "sort_at") {
		if want := fmt.Sprint(want[keys[i]]); at != want {
			t.Errorf("thread %s is sorted at %s, want %s", keys[i], at, want)
		}
	}
}

func TestInboxes_know_who_muted_what(t *testing.T) {
	t.Parallel()
	world := worldtest.NewWithLosses(4, 150)
	want, muted := map[string]bool{}, 0
	for _, c := range world.Conversations {
		for _, p := range c.State.Participants {
			want[fmt.Sprintf("%s|%s|%s|%s", c.Organization, c.ID, p.Person.Kind, p.Person.ID)] = c.Muted(p.Person)
			if c.Muted(p.Person) {
				muted++
			}
		}
	}
	if muted == 0 {
		t.Fatal("nobody muted anything")
	}
	tables := projectiontest.Run(t, inboxes.Projection, worldtest.Manifests, world.Events...)
	keys := tables.Select("threads", "organization, conversation, kind, person")
	for i, row := range tables.Select("threads", "participant, stays, muted") {
		part := strings.Split(row, "|")
		if got := part[0] == "true" && part[1] == part[2]; got != want[keys[i]] {
			t.Errorf("%s is muted: %t, want %t", keys[i], got, want[keys[i]])
		}
	}
}

func TestInboxes_know_how_many_internal_messages_are_before_each_public_one(t *testing.T) {
	t.Parallel()
	world := worldtest.NewWithLosses(5, 150)
	var want []string
	for _, c := range world.Conversations {
		for _, o := range c.State.Offsets {
			want = append(want, fmt.Sprintf("%s|%d|%d", c.ID, o.Internal, o.Public))
		}
	}
	got := projectiontest.Run(t, inboxes.Projection, worldtest.Manifests, world.Events...).Select("offsets", "conversation, internal, public_number")
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
		t.Errorf("offsets differ (-fold +rows):\n%s", diff)
	}
}

// Who reads in the very moment of a purge leaves a thread of nothing.
func TestInboxes_take_a_mark_after_the_purge(t *testing.T) {
	t.Parallel()
	id, at := uuid.MustParse("0197a2b0-0000-7000-8000-000000000001"), projectiontest.Epoch
	ada := domain.User("ada")
	in := func(e conversation.Event) projectiontest.Event {
		return projectiontest.Event{Stream: conversation.Stream(id), Data: e}
	}
	tables := projectiontest.Run(t, inboxes.Projection, worldtest.Manifests,
		in(conversation.Started{Organization: "acme", Owner: "ada", CustomerUser: "bob", At: at}),
		in(conversation.ParticipantJoined{Person: ada, At: at}),
		in(conversation.MessageAdded{Number: 1, PublicNumber: 1, From: domain.CustomerUser("bob"), Author: domain.CustomerUser("bob"), At: at}),
		in(conversation.Deleted{At: at}), in(conversation.Purged{Organization: "acme", At: at}),
		projectiontest.Event{Stream: reader.Stream("acme", ada), Data: reader.ConversationRead{Organization: "acme", Person: ada, Conversation: id, UpTo: 1, At: at}},
	)
	if diff := cmp.Diff([]string{"user|ada|false|0|false"}, tables.Select("threads", "kind, person, participant, count, unread")); diff != "" {
		t.Errorf("threads (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"user|ada|0"}, tables.Select("counters", "kind, person, unread")); diff != "" {
		t.Errorf("counters (-want +got):\n%s", diff)
	}
}
