package inboxes_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/projections/inboxes"
	"parley/projections/projectiontest"
	"parley/projections/worldtest"
)

func TestInboxes_equal_the_fold_of_the_history(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			world := worldtest.New(seed, 150)
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
	world := worldtest.New(7, 150)
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
