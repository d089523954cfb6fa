package queries_test

import (
	"fmt"
	"math"
	"strings"
	"time"

	"parley/domain"
	"parley/domain/access"
	"parley/queries"
)

// greatestFilters asks with as many, as long and as far values as the API takes.
func greatestFilters(f *fixture) {
	var long, short []string
	for i := range 100 {
		long = append(long, fmt.Sprint(i)+strings.Repeat("%_ä", 1000))
		short = append(short, fmt.Sprint(i))
	}
	first, last := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
	all := queries.ConversationFilter{
		Name: long, Owner: long, Customer: long, CustomerUser: long, SourceType: long,
		MessageCountMin: new(0), MessageCountMax: new(math.MaxInt32),
		CreatedAfter: &first, CreatedBefore: &last, LastMessageAfter: &first, LastMessageBefore: &last,
	}
	for _, a := range []access.Actor{f.actor(domain.User("p1"), access.System), f.actor(domain.CustomerUser("p1"), access.UnitAndBelow)} {
		for _, filter := range []queries.ConversationFilter{all, {Name: short, Mine: new(true)}, {CreatedAfter: &first, CreatedBefore: &last, Unread: new(true)}} {
			for _, order := range []queries.Sort{"-last_message", "owner"} {
				f.list(queries.ConversationList{Actor: a, Filter: filter, Sort: order})
			}
		}
	}
	a := f.actor(domain.User("p1"), access.System)
	if _, err := (queries.RecordsHandler{Sources: f.sources}).Handle(f.Context(), queries.Records{Actor: a, Type: long, Text: long[0]}); err != nil {
		f.Error(err)
	}
	if _, err := (queries.PeopleHandler{Sources: f.sources}).Handle(f.Context(), queries.People{Actor: a, Text: long[0]}); err != nil {
		f.Error(err)
	}
}
