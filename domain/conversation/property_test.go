package conversation_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
)

var (
	people  = []domain.Person{ada, eve, bob, carl}
	records = []domain.Record{order, quote, domain.PersonRecord(ada), domain.PersonRecord(carl)}
)

// anything decides one command drawn at random.
func anything(t *rapid.T, c *state, at time.Time) ([]event, error) {
	person := rapid.SampledFrom(people)
	record := rapid.SampledFrom(records)
	w := access.Workflow{AutoCloseAfter: time.Minute}
	w.ReopenOnCustomerReply = rapid.Bool().Draw(t, "reopen on reply")
	switch rapid.IntRange(0, 14).Draw(t, "command") {
	case 0:
		return c.Close("", w, at)
	case 1, 2:
		return c.Reopen("", w, at)
	case 14:
		return c.CloseIdle(w, at)
	case 3:
		return c.AttachContext(record.Draw(t, "record"), at)
	case 4:
		return c.DetachContext(record.Draw(t, "record"), at)
	case 5:
		return c.AddParticipant(person.Draw(t, "person"), at)
	case 6:
		return c.RemoveParticipant(person.Draw(t, "person"), at)
	case 7:
		return c.Update(conversation.Update{
			Owner:        new(rapid.SampledFrom([]string{"ada", "eve"}).Draw(t, "owner")),
			CustomerUser: new(rapid.SampledFrom([]string{"bob", "carl"}).Draw(t, "customer user")),
		}, at)
	case 8:
		if c.Last != nil {
			return c.EditMessage(conversation.EditMessage{Message: *c.Last, Body: rapid.StringMatching(`[a-z ]{0,4}`).Draw(t, "other body")}, w, at)
		}
	case 9:
		if c.LastPublic != nil {
			return c.RedactMessage(*c.LastPublic, at)
		}
	case 10:
		if rapid.Bool().Draw(t, "delete") {
			return c.Delete(at)
		}
		return c.Restore(at)
	}
	return c.AddMessage(conversation.NewMessage{
		Author: person.Draw(t, "author"), From: person.Draw(t, "from"),
		Body: rapid.StringMatching(`[a-z ]{0,4}`).Draw(t, "body"), Internal: rapid.Bool().Draw(t, "internal"),
	}, w, at)
}

// journey runs random commands on a conversation and hands every step to look.
func journey(t *rapid.T, look func(before, after *state, events []event)) []event {
	c, at := &state{}, then
	history := []event{}
	decide := func(events []event, err error) {
		if err != nil && events != nil {
			t.Fatalf("a refusal (%v) came with events", err)
		}
		before := conversation.Aggregate.Copy(c)
		for _, e := range events {
			conversation.Aggregate.Apply(c, e)
		}
		history = append(history, events...)
		look(before, c, events)
	}
	decide(start(func(*conversation.Start) {})(c))
	for range rapid.IntRange(1, 40).Draw(t, "length") {
		at = at.Add(time.Duration(rapid.IntRange(-5, 60).Draw(t, "seconds")) * time.Second)
		decide(anything(t, c, at))
	}
	return history
}

func TestNumbers_run_without_gap_and_public_ones_never_count_internal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number, public := 0, 0
		journey(t, func(_, after *state, events []event) {
			for _, e := range events {
				m, ok := e.(conversation.MessageAdded)
				if !ok {
					continue
				}
				number++
				want := 0
				if !m.Internal {
					public++
					want = public
				}
				if m.Number != number || m.PublicNumber != want {
					t.Fatalf("message %d/%d, want %d/%d", m.Number, m.PublicNumber, number, want)
				}
			}
			if after.MessageCount != number || after.PublicCount != public {
				t.Fatalf("counts %d/%d, want %d/%d", after.MessageCount, after.PublicCount, number, public)
			}
		})
	})
}

func TestStatus_changes_by_transitions_alone_and_lets_messages_in_only_while_active(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		status := conversation.Active
		journey(t, func(_, after *state, events []event) {
			for _, e := range events {
				switch e := e.(type) {
				case conversation.Closed:
					if status == conversation.IsClosed {
						t.Fatal("closed twice")
					}
					status = conversation.IsClosed
				case conversation.Reopened:
					if status == conversation.Active {
						t.Fatal("reopened twice")
					}
					status = conversation.Active
				case conversation.MessageAdded:
					if status == conversation.IsClosed {
						t.Fatalf("message %d came in while it was closed", e.Number)
					}
				}
			}
			if after.Status != status {
				t.Fatalf("it is %s without a transition, want %s", after.Status, status)
			}
		})
	})
}

func TestState_keeps_its_invariants_through_any_commands(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		journey(t, func(before, after *state, _ []event) {
			if err := broken(before, after); err != nil {
				t.Fatal(err)
			}
		})
	})
}

// broken says which invariant a step broke.
func broken(before, after *state) error {
	seen := map[domain.Record]bool{}
	for _, r := range after.Contexts {
		if seen[r] {
			return fmt.Errorf("context %v stands twice", r)
		}
		seen[r] = true
	}
	for _, r := range after.Detached {
		if seen[r] {
			return fmt.Errorf("%v is or was twice removed, or is attached too", r)
		}
		seen[r] = true
	}
	for i, p := range after.Participants {
		if p.OwnRead > after.Count(p.Person.Kind) {
			return fmt.Errorf("%v has read beyond the last message", p.Person)
		}
		if i < len(before.Participants) && p.OwnRead < before.Participants[i].OwnRead {
			return fmt.Errorf("the cursor of %v went back", p.Person)
		}
	}
	for k, last := range map[domain.Kind]*conversation.Message{domain.KindUser: after.Last, domain.KindCustomerUser: after.LastPublic} {
		if last != nil && (last.NumberFor(k) != after.Count(k) || last.Redacted && last.Body != "") {
			return fmt.Errorf("the last message for a %s is %+v of %d", k, *last, after.Count(k))
		}
	}
	if before.CustomerUser != "" && before.CustomerUser != after.CustomerUser {
		if _, in := after.Participant(domain.CustomerUser(before.CustomerUser)); in {
			return fmt.Errorf("the former customer user still takes part")
		}
	}
	if after.UpdatedAt.Before(before.UpdatedAt) || after.PublicUpdatedAt.Before(before.PublicUpdatedAt) || after.PublicUpdatedAt.After(after.UpdatedAt) {
		return fmt.Errorf("updated times went back or crossed")
	}
	return nil
}

func TestFold_of_the_history_is_the_state_that_decisions_saw(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var last *state
		history := journey(t, func(_, after *state, _ []event) { last = after })
		if diff := cmp.Diff(last, fold(history...), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("fold differs (-state +fold):\n%s", diff)
		}
	})
}
