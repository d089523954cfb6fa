package queries_test

import (
	"slices"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/queries"
)

// sameOfThings asks for every record and person, for the conversations about it,
// and for the lists of both.
func (w *town) sameOfThings(a access.Actor, visible []uuid.UUID) {
	var listed []domain.Record
	for _, r := range w.things() {
		sees, err := w.directory.MayViewRecord(w.t.Context(), a, r)
		if err != nil {
			w.r.Fatal(err)
		}
		page, err := queries.RecordActivitiesHandler{Sources: w.sources}.Handle(w.t.Context(), queries.RecordActivities{Actor: a, Record: r, Limit: 200})
		if sees != (err == nil) || err != nil && domain.CodeOf(err) != domain.CodeNotFound {
			w.r.Fatalf("activities of %v by %+v: the function says %t, the SQL %v", r, a, sees, err)
		}
		if sees {
			w.same(a, "activities of "+r.Type+" "+r.ID, w.about(visible, r), found(page.Items))
		}
		if sees && w.offered(r) {
			listed = append(listed, r)
		}
	}
	if diff := gocmp.Diff(listed, w.lookedUp(a)); diff != "" {
		w.r.Fatalf("look-ups by %+v (-function +SQL):\n%s", a, diff)
	}
}

// things is every record, then every person, in the order of ids.
func (w *town) things() (all []domain.Record) {
	for _, id := range recordIDs {
		all = append(all, domain.Record{Type: "order", ID: id})
	}
	for _, id := range personIDs {
		all = append(all, domain.PersonRecord(domain.CustomerUser(id)), domain.PersonRecord(domain.User(id)))
	}
	return all
}

// offered reports whether the thing is there now, and a person enabled.
func (w *town) offered(r domain.Record) bool {
	if p, is := r.AsPerson(); is {
		v, err := w.directory.Person(w.t.Context(), w.organization, p)
		return err == nil && v.Enabled
	}
	v, err := w.directory.Record(w.t.Context(), w.organization, r)
	return err == nil && v.Known && !v.Removed
}

// lookedUp returns all records, then all people, that the look-ups list.
func (w *town) lookedUp(a access.Actor) (all []domain.Record) {
	records, err := queries.RecordsHandler{Sources: w.sources}.Handle(w.t.Context(), queries.Records{Actor: a, Limit: 200})
	if err != nil {
		w.r.Fatal(err)
	}
	for _, r := range records.Items {
		all = append(all, r.Record)
	}
	people, err := queries.PeopleHandler{Sources: w.sources}.Handle(w.t.Context(), queries.People{Actor: a, Limit: 200})
	if err != nil {
		w.r.Fatal(err)
	}
	for _, p := range people.Items {
		all = append(all, domain.PersonRecord(p.Person))
	}
	return all
}

func found(items []queries.ConversationResult) (ids []uuid.UUID) {
	for _, c := range items {
		ids = append(ids, c.ID)
	}
	return ids
}

func (w *town) listed(q queries.ConversationList) []uuid.UUID {
	q.Limit = 200
	page, err := queries.ConversationListHandler{Sources: w.sources}.Handle(w.t.Context(), q)
	if err != nil {
		w.r.Fatal(err)
	}
	return found(page.Items)
}

func (w *town) searched(a access.Actor, text string) (ids []uuid.UUID) {
	page, err := queries.SearchHandler{Sources: w.sources}.Handle(w.t.Context(), queries.Search{Actor: a, Text: text, Limit: 200})
	if err != nil {
		w.r.Fatal(err)
	}
	for _, hit := range page.Items {
		ids = append(ids, hit.Conversation)
	}
	return ids
}

// indicated returns what the indicator shows, which is all as long as it counts
// at most four.
func (w *town) indicated(a access.Actor) (ids []uuid.UUID) {
	u, err := queries.UnreadHandler{Sources: w.sources}.Handle(w.t.Context(), queries.Unread{Actor: a})
	if err != nil {
		w.r.Fatal(err)
	}
	for _, item := range u.Items {
		ids = append(ids, item.Conversation)
	}
	if u.Count != len(ids)+u.More {
		w.r.Fatalf("the indicator counts %d, shows %d and %d more", u.Count, len(ids), u.More)
	}
	if u.More == 0 {
		return ids
	}
	for _, id := range w.marked(a) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (w *town) marked(a access.Actor) (ids []uuid.UUID) {
	all, err := queries.UnreadMarksHandler{Sources: w.sources}.Handle(w.t.Context(), queries.UnreadMarks{Actor: a})
	if err != nil {
		w.r.Fatal(err)
	}
	for _, m := range all.Marks {
		ids = append(ids, m.Conversation)
	}
	return ids
}
