package queries_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/projections/worldtest"
	"parley/queries"
)

// readers asks about every message of every conversation in view, and about those
// beside them.
func readers(f *fixture) {
	told, owners := 0, 0
	for _, a := range f.few() {
		for _, c := range f.visible(a) {
			for _, m := range append([]conversation.Message{{Number: -1, PublicNumber: -1}, {}, beyond(c)}, c.Messages...) {
				number := m.Number
				if a.IsCustomer() {
					number = m.PublicNumber
				}
				got, err := queries.ReadersHandler{Sources: f.sources}.Handle(f.Context(), queries.Readers{Actor: a, Conversation: c.ID, Number: number})
				if number < 1 || number > c.State.Count(a.Person.Kind) {
					if domain.CodeOf(err) != domain.CodeNotFound {
						f.Errorf("%s asks about message %d and gets %v", a.Person, number, err)
					}
					continue
				}
				want := f.readersOf(c, m, a)
				if diff := gocmp.Diff(want, got.Items, cmpopts.IgnoreFields(queries.Reader{}, "ReadAt")); err != nil || diff != "" {
					f.Fatalf("%s asks about message %d of %s: error %v, (-want +got):\n%s", a.Person, number, c.ID, err, diff)
				}
				told += len(want)
				if a.IsCustomer() && len(want) > 1 {
					owners++
				}
			}
		}
	}
	if told == 0 || owners == 0 {
		f.Errorf("nothing was asked: %d readers, %d owners shown to customer users", told, owners)
	}
}

// beyond is the message that comes next.
func beyond(c *worldtest.Talk) conversation.Message {
	return conversation.Message{Number: c.State.MessageCount + 1, PublicNumber: c.State.PublicCount + 1}
}

// readersOf are those of a message whom the actor sees, from the world alone.
func (f *fixture) readersOf(c *worldtest.Talk, m conversation.Message, a access.Actor) (all []queries.Reader) {
	for _, p := range c.State.Participants {
		seen := c.CursorFor(domain.KindUser, p.Person) >= m.Number && (p.Person.Kind == domain.KindUser || !m.Internal)
		if a.IsCustomer() && p.Person.Kind == domain.KindUser {
			seen = p.Person.ID == c.State.Owner && c.PublicCursor(p.Person) >= m.Number
		}
		if p.Left || !seen || a.IsCustomer() && p.Person.Kind == domain.KindCustomerUser && p.Person != a.Person {
			continue
		}
		r := queries.Reader{Person: f.person(p.Person)}
		if !a.IsCustomer() {
			r.ReadUpTo = new(c.CursorFor(domain.KindUser, p.Person))
		}
		all = append(all, r)
	}
	return all
}

func TestReaders_tell_when_one_had_read(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	times := 0
	for _, a := range f.few() {
		for _, c := range f.visible(a) {
			if c.State.Count(a.Person.Kind) == 0 {
				continue
			}
			got, err := queries.ReadersHandler{Sources: f.sources}.Handle(t.Context(), queries.Readers{Actor: a, Conversation: c.ID, Number: 1})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range got.Items {
				switch {
				case a.IsCustomer() && r.ReadAt != nil:
					t.Errorf("a customer user is told that %s had read at %v", r.Person.ID, r.ReadAt)
				case !a.IsCustomer() && (r.ReadAt == nil || r.ReadAt.Before(c.State.CreatedAt.Add(-1e9))):
					t.Errorf("%s had read at %v", r.Person.ID, r.ReadAt)
				case !a.IsCustomer():
					times++
				}
			}
		}
	}
	if times == 0 {
		t.Error("nobody had read anything")
	}
}
