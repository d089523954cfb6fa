package queries_test

import (
	"cmp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/reader"
	"parley/domain/sqldb"
	"parley/projections/projectiontest"
	"parley/projections/worldtest"
	"parley/queries"
)

func sqlite(t *testing.T) sqldb.DB {
	t.Helper()
	return projectiontest.SQLite(t)
}

func activities(f *fixture) {
	things := []domain.Record{{Type: "order", ID: "1008"}, {Type: "order", ID: "none"}, {Type: "customer_user", ID: "p7"}}
	for r := range f.world.Records {
		things = append(things, r)
	}
	for p := range f.world.People {
		things = append(things, domain.PersonRecord(p))
	}
	for _, a := range f.actors() {
		for _, r := range things {
			f.activitiesOf(r, a)
		}
	}
}

func (f *fixture) activitiesOf(r domain.Record, a access.Actor) {
	handler := queries.RecordActivitiesHandler{Sources: f.sources}
	_, isRecord := f.world.Records[r]
	_, isPerson := f.world.People[domain.Person{Kind: domain.Kind(r.Type), ID: r.ID}]
	q := queries.RecordActivities{Actor: a, Record: r, Limit: 2}
	if (!isRecord && !isPerson) || !f.sees(r, a) {
		if _, err := handler.Handle(f.Context(), q); domain.CodeOf(err) != domain.CodeNotFound {
			f.Errorf("%s asking for %v: got %v, want %s", a.Person, r, err, domain.CodeNotFound)
		}
		return
	}
	want := slices.DeleteFunc(f.visible(a), func(t *worldtest.Talk) bool { return !t.State.HasContext(r) })
	slices.SortFunc(want, func(x, y *worldtest.Talk) int {
		xt, yt := x.State.UpdatedAt, y.State.UpdatedAt
		if a.IsCustomer() {
			xt, yt = x.State.PublicUpdatedAt, y.State.PublicUpdatedAt
		}
		return -cmp.Or(xt.Compare(yt), cmp.Compare(x.ID.String(), y.ID.String()))
	})
	got := []string{}
	for {
		page, err := handler.Handle(f.Context(), q)
		if err != nil {
			f.Fatal(err)
		}
		f.removedOf(r, a, q.Cursor == "", page.Removed)
		got = append(got, ids(page.Items)...)
		if q.Cursor = page.NextCursor; q.Cursor == "" {
			break
		}
	}
	if diff := gocmp.Diff(talkIDs(want), got); diff != "" {
		f.Errorf("%s viewing %s, activities of %v (-want +got):\n%s", a.Person, a.View, r, diff)
	}
}

// removedOf checks what is told of conversations that were on the record until
// their streams went away.
func (f *fixture) removedOf(r domain.Record, a access.Actor, isFirst bool, told []queries.RemovedConversation) {
	want := 0
	for _, t := range f.world.Removed {
		if isFirst && a.View >= access.Organization && t.Organization == a.Organization && !t.State.Deleted && t.State.HasContext(r) {
			want++
		}
	}
	for i, c := range told {
		if c.At.IsZero() || i > 0 && c.At.After(told[i-1].At) {
			f.Errorf("removed conversations are not told newest first: %v", told)
		}
	}
	if want != len(told) {
		f.Errorf("%s viewing %s is told of %d conversations removed from %v, want %d", a.Person, a.View, len(told), r, want)
	}
}

func indicator(f *fixture) {
	most := 0
	for p := range f.world.People {
		a := f.actor(p, access.Own)
		unread := slices.DeleteFunc(f.world.Of(projectiontest.Organization), func(t *worldtest.Talk) bool { return t.Unread(p) == 0 })
		most = max(most, len(unread))
		want := queries.UnreadResult{Count: len(unread), More: max(0, len(unread)-4)}
		for i, c := range f.sorted(unread, a, "-last_message") {
			if i < 4 {
				last := c.Last(p.Kind)
				want.Items = append(want.Items, queries.UnreadItem{
					Conversation: c.ID, Name: c.State.Name, From: f.person(last.From), At: last.At, Snippet: firstFifty(last.Body),
				})
			}
		}
		got, err := queries.UnreadHandler{Sources: f.sources}.Handle(f.Context(), queries.Unread{Actor: a})
		if err != nil {
			f.Fatal(err)
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			f.Errorf("indicator of %s (-want +got):\n%s", p, diff)
		}
		f.marksOf(a, unread)
	}
	if most <= 4 {
		f.Error("nobody in the world has more unread conversations than the indicator shows")
	}
}

func (f *fixture) marksOf(a access.Actor, unread []*worldtest.Talk) {
	var want []reader.Mark
	for _, c := range unread {
		want = append(want, reader.Mark{Conversation: c.ID, UpTo: c.State.Count(a.Person.Kind)})
	}
	slices.SortFunc(want, func(x, y reader.Mark) int { return cmp.Compare(x.Conversation.String(), y.Conversation.String()) })
	got, err := queries.UnreadMarksHandler{Sources: f.sources}.Handle(f.Context(), queries.UnreadMarks{Actor: a})
	if err != nil {
		f.Fatal(err)
	}
	if diff := gocmp.Diff(want, got.Marks); diff != "" {
		f.Errorf("marks of %s (-want +got):\n%s", a.Person, diff)
	}
}

// firstFifty cuts the bodies of the world, whose only long character is a
// family of five code points.
func firstFifty(body string) string {
	text := []rune(body)
	for i, n := 0, 0; i < len(text); n++ {
		if n == 50 {
			return string(text[:i])
		}
		if i++; text[i-1] == '👩' {
			i += 4
		}
	}
	return body
}

func lookUps(f *fixture) {
	for _, a := range f.actors() {
		var people, records []string
		for p := range f.world.People {
			if f.sees(domain.PersonRecord(p), a) {
				people = append(people, f.name(p)+string(p.Kind))
			}
		}
		for r, known := range f.world.Records {
			if f.sees(r, a) {
				records = append(records, known.Label)
			}
		}
		slices.Sort(people)
		slices.Sort(records)
		if diff := gocmp.Diff(people, f.people(queries.People{Actor: a, Limit: 3})); diff != "" {
			f.Errorf("people for %s viewing %s (-want +got):\n%s", a.Person, a.View, diff)
		}
		if diff := gocmp.Diff(records, f.records(queries.Records{Actor: a, Limit: 3})); diff != "" {
			f.Errorf("records for %s viewing %s (-want +got):\n%s", a.Person, a.View, diff)
		}
	}
	admin := f.actor(domain.User("p1"), access.System)
	if got := f.people(queries.People{Actor: admin, Kind: []domain.Kind{domain.KindUser}, Text: "AME P3"}); len(got) != 1 {
		f.Errorf("people by kind and text: got %v, want one", got)
	}
	if got := f.records(queries.Records{Actor: admin, Type: []string{"quote"}, Text: "100"}); len(got) != 4 {
		f.Errorf("records by type and text: got %v, want the four quotes", got)
	}
}

func (f *fixture) people(q queries.People) (names []string) {
	for {
		page, err := queries.PeopleHandler{Sources: f.sources}.Handle(f.Context(), q)
		if err != nil {
			f.Fatal(err)
		}
		for _, p := range page.Items {
			names = append(names, p.Name+string(p.Kind))
		}
		if q.Cursor = page.NextCursor; q.Cursor == "" {
			return names
		}
	}
}

func (f *fixture) records(q queries.Records) (labels []string) {
	for {
		page, err := queries.RecordsHandler{Sources: f.sources}.Handle(f.Context(), q)
		if err != nil {
			f.Fatal(err)
		}
		for _, r := range page.Items {
			labels = append(labels, r.Label)
		}
		if q.Cursor = page.NextCursor; q.Cursor == "" {
			return labels
		}
	}
}
