package queries_test

import (
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/projections/worldtest"
	"parley/queries"
)

// smallFixture is a world of its own in SQLite.
func smallFixture(t *testing.T) *fixture {
	t.Helper()
	return fixtureOf(t, 120)
}

func fixtureOf(t *testing.T, steps int) *fixture {
	t.Helper()
	return newFixture(t, sqlite(t), worldtest.New(3, steps))
}

func oneConversation(f *fixture) {
	for _, a := range f.actors() {
		visible := f.visible(a)
		for _, c := range f.world.Conversations {
			got, err := queries.ConversationHandler{Sources: f.sources}.Handle(f.Context(), queries.Conversation{Actor: a, ID: c.ID})
			if !slices.Contains(visible, c) {
				if domain.CodeOf(err) != domain.CodeNotFound {
					f.Errorf("%s viewing %s: got %v for a conversation out of view", a.Person, a.View, err)
				}
				continue
			}
			if err != nil {
				f.Fatal(err)
			}
			if diff := gocmp.Diff(f.want(c, a), got); diff != "" {
				f.Fatalf("%s viewing %s (-want +got):\n%s", a.Person, a.View, diff)
			}
		}
	}
}

// want returns a conversation as the actor should see it, from the world alone.
func (f *fixture) want(t *worldtest.Talk, a access.Actor) queries.ConversationResult {
	s, kind := t.State, a.Person.Kind
	r := queries.ConversationResult{
		ID: t.ID, Name: s.Name, Status: s.Status, Owner: f.person(domain.User(s.Owner)),
		CustomerUser: f.person(domain.CustomerUser(s.CustomerUser)), Customer: queries.Customer{ID: s.Customer},
		MessageCount: s.Count(kind), LastMessage: f.message(t, t.Last(kind), a), Unread: t.Unread(a.Person), Mine: mine(t, a),
		CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt, Revision: t.Revision - 1, Actions: a.Actions(f.facts(t, a)),
	}
	r.Customer.Name, _ = f.key(t, a, queries.SortCustomer)
	if a.IsCustomer() {
		r.UpdatedAt = s.PublicUpdatedAt
	}
	if s.Source != nil {
		r.Source = new(f.record(*s.Source))
		if !f.sees(*s.Source, a) {
			r.Source.URL = ""
		}
	}
	for _, c := range s.Contexts {
		if f.sees(c, a) {
			r.Contexts = append(r.Contexts, f.record(c))
		}
	}
	for _, p := range s.Participants {
		if !p.Left && (!a.IsCustomer() || p.Person == a.Person) {
			r.Participants = append(r.Participants, queries.Participant{
				Person: f.person(p.Person), ReadUpTo: t.CursorFor(kind, p.Person), Muted: t.Muted(p.Person),
			})
		}
	}
	return r
}

func (f *fixture) person(p domain.Person) queries.Person {
	return queries.Person{Person: p, Name: f.name(p)}
}

func (f *fixture) record(r domain.Record) queries.Record {
	out := queries.Record{Record: r, Label: r.ID}
	if p, is := r.AsPerson(); is {
		out.Label = f.name(p)
	} else if known, ok := f.world.Records[r]; ok {
		out.Label, out.URL = known.Label, known.URL
	}
	return out
}

func (f *fixture) message(t *worldtest.Talk, m *conversation.Message, a access.Actor) *queries.Message {
	if m == nil {
		return nil
	}
	out := &queries.Message{
		ID: conversation.MessageID(t.ID, m.Number, m.PublicNumber), Number: m.Number,
		Body: m.Body, From: f.person(m.From), Internal: m.Internal, At: m.At,
		EditedAt: m.EditedAt, Redacted: m.Redacted, Attachments: m.Attachments,
	}
	if a.IsCustomer() {
		out.Number = m.PublicNumber
	} else {
		out.Author = new(f.person(m.Author))
	}
	return out
}

// sees reports whether the actor may view a record or a person: as the product
// says it, users all, customer users their own and their company's.
func (f *fixture) sees(r domain.Record, a access.Actor) bool {
	if !a.IsCustomer() {
		return true
	}
	owner, customer := f.world.Records[r].CustomerUser, f.world.Records[r].Customer
	if p, is := r.AsPerson(); is {
		known, mirrored := f.world.People[p]
		switch {
		case !mirrored:
			return false
		case p.Kind == domain.KindUser:
			return f.world.People[a.Person].SalesRepresentative == p.ID
		}
		owner, customer = p.ID, known.Customer
	} else if _, known := f.world.Records[r]; !known {
		return false
	}
	switch own := climb(f.world.Customers, customer); {
	case owner == a.Person.ID || a.View >= access.Organization:
		return true
	case a.View == access.Unit:
		return customer != "" && customer == a.Customer
	default:
		return a.View == access.UnitAndBelow && slices.Contains(own, a.Customer)
	}
}

func messagePages(f *fixture) {
	for _, a := range f.few() {
		for _, c := range f.visible(a) {
			var all []queries.Message
			for _, m := range c.Messages {
				if !m.Internal || !a.IsCustomer() {
					all = append(all, *f.message(c, &m, a))
				}
			}
			f.pagesOf(c, a, all)
		}
	}
}

// pagesOf compares every page of a conversation with the slice of all messages
// that it should be.
func (f *fixture) pagesOf(c *worldtest.Talk, a access.Actor, all []queries.Message) {
	handler := queries.MessagesHandler{Sources: f.sources}
	check := func(q queries.Messages, from, to int) {
		q.Actor, q.Conversation = a, c.ID
		want := queries.MessagesResult{Items: all[from:to:to], HasOlder: from > 0, HasNewer: to < len(all)}
		if from == to {
			want.Items = nil
		}
		got, err := handler.Handle(f.Context(), q)
		if err != nil {
			f.Fatal(err)
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			f.Fatalf("%s of %d, %d to %d (-want +got):\n%s", a.Person, len(all), from, to, diff)
		}
	}
	n := len(all)
	check(queries.Messages{}, max(0, n-5), n)
	check(queries.Messages{Limit: 200}, 0, n)
	for number := range n + 2 {
		before := min(max(0, number-1), n)
		check(queries.Messages{Before: &number, Limit: 3}, max(0, before-3), before)
		after := min(number, n)
		check(queries.Messages{After: &number, Limit: 3}, after, min(after+3, n))
	}
}

func TestMessages_of_a_conversation_out_of_view_are_not_found(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	a := f.actor(domain.CustomerUser("p1"), access.Own)
	visible := f.visible(a)
	for _, c := range f.world.Conversations {
		if slices.Contains(visible, c) {
			continue
		}
		_, err := queries.MessagesHandler{Sources: f.sources}.Handle(t.Context(), queries.Messages{Actor: a, Conversation: c.ID})
		if domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("got %v, want %s", err, domain.CodeNotFound)
		}
	}
}
