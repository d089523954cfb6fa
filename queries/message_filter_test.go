package queries_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/words"
	"parley/projections/worldtest"
	"parley/queries"
)

func messageTables(f *fixture) {
	for _, a := range f.few() {
		for i, c := range f.visible(a) {
			if i%3 > 0 || len(c.Messages) == 0 {
				continue
			}
			middle := c.Messages[len(c.Messages)/2].At
			for _, filter := range []queries.MessageFilter{{}, {Text: "1"}, {CreatedAfter: &middle}, {CreatedBefore: &middle, Text: "word"}, {Text: "nowhere"}} {
				for _, order := range []queries.MessageSort{"", "-number", "created", "-created"} {
					f.runsOf(c, a, filter, order)
				}
			}
		}
	}
}

// runsOf compares runs of messages that pass a filter with what the world says.
func (f *fixture) runsOf(c *worldtest.Talk, a access.Actor, filter queries.MessageFilter, order queries.MessageSort) {
	n := c.State.Count(a.Person.Kind)
	for _, q := range []queries.Messages{
		{},
		{Limit: 2},
		{Limit: 2, Before: new(n/2 + 1)},
		{Limit: 2, After: new(n / 2)},
		{Limit: 200, After: new(1), Before: new(n)},
		{After: new(0), Limit: 1},
		{After: new(0), Before: new(1)},
		{Before: new(0)},
		{After: new(n + 1)},
		{Limit: 3, Before: new(n + 5)},
	} {
		q.Actor, q.Conversation, q.Filter, q.Sort = a, c.ID, filter, order
		want := f.run(c, q)
		got, err := queries.MessagesHandler{Sources: f.sources}.Handle(f.Context(), q)
		if err != nil {
			f.Fatal(err)
		}
		if diff := gocmp.Diff(want, numbered(got)); diff != "" {
			f.Fatalf("%s of %d messages by %q, %+v from %v to %v (-want +got):\n%s", a.Person, n, order, filter, q.After, q.Before, diff)
		}
	}
}

// run is what is around the numbers of a run, for both the same.
type run struct {
	Numbers      []int
	Older, Newer bool
}

func numbered(r queries.MessagesResult) run {
	out := run{Older: r.HasOlder, Newer: r.HasNewer}
	for _, m := range r.Items {
		out.Numbers = append(out.Numbers, m.Number)
	}
	return out
}

// run returns the run that the world has. What is older and newer than an empty
// one is what is beyond its bounds.
func (f *fixture) run(c *worldtest.Talk, q queries.Messages) run {
	all := f.ordered(c, q)
	from, to, passing := 0, 0, []int{}
	begin, end := 0, len(all)
	for i, m := range all {
		number := shownNumber(m.Number, m.PublicNumber, q.Actor)
		if q.After != nil && number == *q.After {
			begin = i + 1
		}
		if q.Before != nil && number == *q.Before {
			end = i
		}
	}
	if q.Before != nil && *q.Before == 0 {
		end = 0
	}
	if q.After != nil && *q.After > len(all) {
		begin = len(all)
	}
	wanted := words.Parse(q.Filter.Text)
	for i, m := range all {
		if q.Filter.Text != "" && !wanted.Matches(m.Body) || q.Filter.CreatedAfter != nil && !m.At.After(*q.Filter.CreatedAfter) ||
			q.Filter.CreatedBefore != nil && !m.At.Before(*q.Filter.CreatedBefore) {
			continue
		}
		passing = append(passing, shownNumber(m.Number, m.PublicNumber, q.Actor))
		if i < begin {
			from = len(passing)
		}
		if i < end {
			to = len(passing)
		}
	}
	to = max(from, to)
	limit := cmp.Or(q.Limit, 5)
	if q.After != nil {
		to = min(to, from+limit)
	} else {
		from = max(from, to-limit)
	}
	out := run{Older: from > 0, Newer: to < len(passing)}
	out.Numbers = append(out.Numbers, passing[from:to]...)
	if strings.HasPrefix(string(q.Sort), "-") {
		slices.Reverse(out.Numbers)
	}
	return out
}

// ordered returns all messages that the actor sees, in ascending order.
func (f *fixture) ordered(c *worldtest.Talk, q queries.Messages) []conversation.Message {
	var all []conversation.Message
	for _, m := range c.Messages {
		if !m.Internal || !q.Actor.IsCustomer() {
			all = append(all, m)
		}
	}
	if strings.HasSuffix(string(q.Sort), "created") {
		slices.SortStableFunc(all, func(x, y conversation.Message) int { return x.At.Compare(y.At) })
	}
	return all
}

func TestMessages_refuse_an_unknown_order_and_a_text_without_words(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	a := f.actor(domain.User("p1"), access.System)
	for _, q := range []queries.Messages{
		{Sort: "--number"}, {Sort: "at"}, {Filter: queries.MessageFilter{Text: "?"}}, {Filter: queries.MessageFilter{Text: strings.Repeat("a", 1025)}},
	} {
		q.Actor, q.Conversation = a, f.visible(a)[0].ID
		if _, err := (queries.MessagesHandler{Sources: f.sources}).Handle(t.Context(), q); domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("%s: got %v, want %s", fmt.Sprint(q.Sort, q.Filter.Text), err, domain.CodeInvalid)
		}
	}
}
