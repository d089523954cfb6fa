package queries_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/projections/worldtest"
	"parley/queries"
)

// key returns what an order compares of a conversation.
func (f *fixture) key(t *worldtest.Talk, a access.Actor, order queries.Sort) (text string, number int64) {
	kind := a.Person.Kind
	switch order {
	case queries.SortName:
		return t.State.Name, 0
	case queries.SortStatus:
		return string(t.State.Status), 0
	case queries.SortOwner:
		return f.name(domain.User(t.State.Owner)), 0
	case queries.SortCustomerUser:
		return f.name(domain.CustomerUser(t.State.CustomerUser)), 0
	case queries.SortCustomer:
		if t.State.Customer == "" {
			return "", 0
		}
		return "Company " + strings.TrimSuffix(t.State.Customer, " co"), 0
	case queries.SortMessageCount:
		return "", int64(t.State.Count(kind))
	case queries.SortCreatedAt:
		return "", t.State.CreatedAt.UnixMicro()
	case queries.SortUpdatedAt:
		if kind == domain.KindCustomerUser {
			return "", t.State.PublicUpdatedAt.UnixMicro()
		}
		return "", t.State.UpdatedAt.UnixMicro()
	default:
		return "", t.SortAt(kind).UnixMicro()
	}
}

// sorted returns the conversations in an order.
func (f *fixture) sorted(talks []*worldtest.Talk, a access.Actor, order queries.Sort) []*worldtest.Talk {
	name, reversed := strings.CutPrefix(string(order), "-")
	out := slices.Clone(talks)
	slices.SortFunc(out, func(x, y *worldtest.Talk) int {
		xt, xn := f.key(x, a, queries.Sort(name))
		yt, yn := f.key(y, a, queries.Sort(name))
		c := cmp.Or(cmp.Compare(xt, yt), cmp.Compare(xn, yn), cmp.Compare(x.ID.String(), y.ID.String()))
		if reversed {
			return -c
		}
		return c
	})
	return out
}

func everyOrder(f *fixture) {
	for _, a := range f.actors() {
		got := ids(f.list(queries.ConversationList{Actor: a}))
		if diff := gocmp.Diff(talkIDs(f.sorted(f.visible(a), a, "-last_message")), got); diff != "" {
			f.Errorf("%s viewing %s (-want +got):\n%s", a.Person, a.View, diff)
		}
	}
	for _, a := range f.few() {
		for _, order := range queries.Sorts {
			for _, order := range []queries.Sort{order, "-" + order} {
				got := ids(f.list(queries.ConversationList{Actor: a, Sort: order, Limit: 7}))
				if diff := gocmp.Diff(talkIDs(f.sorted(f.visible(a), a, order)), got); diff != "" {
					f.Errorf("%s by %s (-want +got):\n%s", a.Person, order, diff)
				}
			}
		}
	}
}

// filterCase is a filter and whether a conversation passes it.
type filterCase struct {
	name   string
	filter queries.ConversationFilter
	passes func(t *worldtest.Talk, a access.Actor) bool
}

func filterCases(f *fixture) []filterCase {
	yes, no, two, five := true, false, 2, 5
	middle := f.world.Conversations[len(f.world.Conversations)/2].State.CreatedAt
	return []filterCase{
		{"name in any case", queries.ConversationFilter{Name: []string{"ÜBER"}}, func(t *worldtest.Talk, _ access.Actor) bool {
			return strings.Contains(strings.ToLower(t.State.Name), "über")
		}},
		{"name with signs of patterns, or another", queries.ConversationFilter{Name: []string{"0%", "_b"}}, func(t *worldtest.Talk, _ access.Actor) bool {
			return strings.Contains(t.State.Name, "0%") || strings.Contains(t.State.Name, "_b")
		}},
		{"status", queries.ConversationFilter{Status: []conversation.Status{conversation.IsClosed}}, func(t *worldtest.Talk, _ access.Actor) bool {
			return t.State.Status == conversation.IsClosed
		}},
		{"mine", queries.ConversationFilter{Mine: &yes}, mine},
		{"mine and active", queries.ConversationFilter{Mine: &yes, Status: []conversation.Status{conversation.Active}}, func(t *worldtest.Talk, a access.Actor) bool {
			return mine(t, a) && t.State.Status == conversation.Active
		}},
		{"not mine", queries.ConversationFilter{Mine: &no}, func(t *worldtest.Talk, a access.Actor) bool { return !mine(t, a) }},
		{"unread", queries.ConversationFilter{Unread: &yes}, func(t *worldtest.Talk, a access.Actor) bool { return t.Unread(a.Person) > 0 }},
		{"unread and closed", queries.ConversationFilter{Unread: &yes, Status: []conversation.Status{conversation.IsClosed}}, func(t *worldtest.Talk, a access.Actor) bool {
			return t.Unread(a.Person) > 0 && t.State.Status == conversation.IsClosed
		}},
		{"mine and read", queries.ConversationFilter{Mine: &yes, Unread: &no}, func(t *worldtest.Talk, a access.Actor) bool {
			return mine(t, a) && t.Unread(a.Person) == 0
		}},
		{"mine with a name", queries.ConversationFilter{Mine: &yes, Name: []string{"late"}}, func(t *worldtest.Talk, a access.Actor) bool {
			return mine(t, a) && strings.Contains(t.State.Name, "Late")
		}},
		{"owner", queries.ConversationFilter{Owner: []string{"p1", "p2", "p3"}}, func(t *worldtest.Talk, _ access.Actor) bool {
			return slices.Contains([]string{"p1", "p2", "p3"}, t.State.Owner)
		}},
		{"customer", queries.ConversationFilter{Customer: []string{"sales co"}}, func(t *worldtest.Talk, _ access.Actor) bool {
			return t.State.Customer == "sales co"
		}},
		{"customer user", queries.ConversationFilter{CustomerUser: []string{"p1", "p7"}}, func(t *worldtest.Talk, _ access.Actor) bool {
			return t.State.CustomerUser == "p1" || t.State.CustomerUser == "p7"
		}},
		{"source type, or none", queries.ConversationFilter{SourceType: []string{"quote", queries.NoSource}}, func(t *worldtest.Talk, _ access.Actor) bool {
			return t.State.Source == nil || t.State.Source.Type == "quote"
		}},
		{"message count", queries.ConversationFilter{MessageCountMin: &two, MessageCountMax: &five}, func(t *worldtest.Talk, a access.Actor) bool {
			n := t.State.Count(a.Person.Kind)
			return n >= 2 && n <= 5
		}},
		{"created after", queries.ConversationFilter{CreatedAfter: &middle}, func(t *worldtest.Talk, _ access.Actor) bool {
			return t.State.CreatedAt.After(middle)
		}},
		{"created before", queries.ConversationFilter{CreatedBefore: &middle}, func(t *worldtest.Talk, _ access.Actor) bool {
			return t.State.CreatedAt.Before(middle)
		}},
		{"last message after", queries.ConversationFilter{LastMessageAfter: &middle}, func(t *worldtest.Talk, a access.Actor) bool {
			last := t.Last(a.Person.Kind)
			return last != nil && last.At.After(middle)
		}},
		{"last message before", queries.ConversationFilter{LastMessageBefore: &middle}, func(t *worldtest.Talk, a access.Actor) bool {
			last := t.Last(a.Person.Kind)
			return last != nil && last.At.Before(middle)
		}},
	}
}

func everyFilter(f *fixture) {
	found := map[string]int{}
	for _, a := range f.few() {
		for _, c := range filterCases(f) {
			want := slices.DeleteFunc(f.visible(a), func(t *worldtest.Talk) bool { return !c.passes(t, a) })
			found[c.name] += len(want)
			for _, order := range []queries.Sort{"-last_message", "last_message", "owner"} {
				got := ids(f.list(queries.ConversationList{Actor: a, Filter: c.filter, Sort: order, Limit: 6}))
				if diff := gocmp.Diff(talkIDs(f.sorted(want, a, order)), got); diff != "" {
					f.Errorf("%s, %s by %s (-want +got):\n%s", a.Person, c.name, order, diff)
				}
			}
		}
	}
	for _, c := range filterCases(f) {
		if found[c.name] == 0 {
			f.Errorf("the world has nothing for the filter %s", c.name)
		}
	}
}

func everyPage(f *fixture) {
	a := f.actor(domain.User("p1"), access.System)
	want := talkIDs(f.sorted(f.visible(a), a, "-last_message"))
	for _, limit := range []int{1, 2, len(want) - 1, len(want), 200} {
		if diff := gocmp.Diff(want, ids(f.list(queries.ConversationList{Actor: a, Limit: limit}))); diff != "" {
			f.Errorf("pages of %d (-want +got):\n%s", limit, diff)
		}
	}
}

func TestConversationList_refuses_what_is_no_cursor_of_it(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	a := f.actor(domain.User("p1"), access.System)
	handler := queries.ConversationListHandler{Sources: f.sources}
	first, err := handler.Handle(t.Context(), queries.ConversationList{Actor: a, Limit: 1})
	if err != nil || first.NextCursor == "" {
		t.Fatalf("first page: %v, next %q", err, first.NextCursor)
	}
	for _, q := range []queries.ConversationList{
		{Actor: a, Cursor: "%"},
		{Actor: a, Cursor: "e30"},
		{Actor: a, Cursor: first.NextCursor, Sort: "name"},
		{Actor: a, Cursor: first.NextCursor, Filter: queries.ConversationFilter{Owner: []string{"p1"}}},
	} {
		if _, err := handler.Handle(t.Context(), q); domain.CodeOf(err) != domain.CodeMalformed {
			t.Errorf("cursor %q sorted %q: got %v, want %s", q.Cursor, q.Sort, err, domain.CodeMalformed)
		}
	}
	if _, err := handler.Handle(t.Context(), queries.ConversationList{Actor: a, Sort: "--name"}); domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("an unknown sort: got %v, want %s", err, domain.CodeInvalid)
	}
}

func TestSort_knows_its_orders_and_their_reverse(t *testing.T) {
	t.Parallel()
	for _, order := range queries.Sorts {
		if !order.Valid() || !("-" + order).Valid() || ("--" + order).Valid() {
			t.Errorf("%s and -%s should be the only valid ones", order, order)
		}
	}
}
