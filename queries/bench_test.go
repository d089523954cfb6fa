package queries_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
	"parley/projections"
	"parley/projections/conversations"
	"parley/projections/directory"
	"parley/projections/inboxes"
	"parley/projections/orders"
	"parley/projections/projectiontest"
	"parley/projections/timelines"
	"parley/projections/worldtest"
	"parley/queries"
)

// The size of the benchmarks' inbox: conversations of one person, and messages
// in each.
const (
	benchConversations = 10_000
	benchMessages      = 5
)

func BenchmarkQueries(b *testing.B) {
	for name, open := range map[string]func(testing.TB) sqldb.DB{"postgres": projectiontest.PostgreSQL, "sqlite": projectiontest.SQLite} {
		b.Run(name, func(b *testing.B) {
			db := open(b)
			fillInbox(b, db)
			if name == "postgres" {
				analyze(b, db)
			}
			sources := queries.Sources{DB: db, Freshness: fresh{}, Lineage: lineage{worldtest.New(1, 0)}}
			for _, q := range benchQueries(sources) {
				b.Run(q.name, func(b *testing.B) {
					for b.Loop() {
						if err := q.ask(b); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		})
	}
}

type benchQuery struct {
	name string
	ask  func(testing.TB) error
}

func benchQueries(s queries.Sources) []benchQuery {
	user := access.Actor{Person: domain.User("p1"), Organization: "acme", Permissions: access.Permissions{View: access.System}}
	buyer := access.Actor{Person: domain.CustomerUser("p17"), Organization: "acme", Permissions: access.Permissions{View: access.Own}}
	company := access.Actor{Person: domain.CustomerUser("p17"), Organization: "acme", Customer: "c7", Permissions: access.Permissions{View: access.UnitAndBelow}}
	yes := true
	mine := queries.ConversationFilter{Mine: &yes, Status: []conversation.Status{conversation.Active}}
	list := func(name string, q queries.ConversationList) benchQuery {
		q.Limit = 25
		return benchQuery{name, func(tb testing.TB) error {
			_, err := queries.ConversationListHandler{Sources: s}.Handle(tb.Context(), q)
			return err
		}}
	}
	return []benchQuery{
		{"point", func(tb testing.TB) error {
			for _, err := range s.DB.Query(tb.Context(), "select unread from inboxes.counters where organization = $1 and kind = $2 and person = $3", "acme", "user", "p1") {
				if err != nil {
					return err
				}
			}
			return nil
		}},
		{"unread", func(tb testing.TB) error {
			_, err := queries.UnreadHandler{Sources: s}.Handle(tb.Context(), queries.Unread{Actor: user})
			return err
		}},
		list("mine", queries.ConversationList{Actor: user, Filter: mine}),
		list("mine in any status", queries.ConversationList{Actor: user, Filter: queries.ConversationFilter{Mine: &yes}}),
		list("all", queries.ConversationList{Actor: user}),
		list("all by name", queries.ConversationList{Actor: user, Sort: "name"}),
		list("all by status", queries.ConversationList{Actor: user, Sort: "-status"}),
		list("all by message count", queries.ConversationList{Actor: user, Sort: "-message_count"}),
		list("all by owner", queries.ConversationList{Actor: user, Sort: "owner"}),
		list("all by customer user", queries.ConversationList{Actor: user, Sort: "-customer_user"}),
		list("all by creation", queries.ConversationList{Actor: user, Sort: "created_at"}),
		list("mine by name", queries.ConversationList{Actor: user, Sort: "name", Filter: mine}),
		list("own of a buyer by name", queries.ConversationList{Actor: buyer, Sort: "name"}),
		list("own of a buyer", queries.ConversationList{Actor: buyer}),
		list("of a company", queries.ConversationList{Actor: company}),
		{"messages", func(tb testing.TB) error {
			_, err := queries.MessagesHandler{Sources: s}.Handle(tb.Context(), queries.Messages{Actor: buyer, Conversation: domain.DeriveID("bench", "17")})
			return err
		}},
	}
}

// analyze gives the planner the statistics that a running server gathers by
// itself within a minute. SQLite does well without: with them it would plan
// every execution anew.
func analyze(b *testing.B, db sqldb.DB) {
	b.Helper()
	if err := db.Write(b.Context(), inboxes.Projection.Name, []sqldb.Statement{{SQL: "analyze"}}); err != nil {
		b.Fatal(err)
	}
}

// fillInbox applies a long history in batches, and reports how fast that was.
func fillInbox(b *testing.B, db sqldb.DB) {
	b.Helper()
	registry, err := domain.NewRegistry(worldtest.Manifests...)
	if err != nil {
		b.Fatal(err)
	}
	decoded := projections.NewDecoded(registry)
	history := inboxHistory(b)
	for _, p := range []projections.Projection{directory.Projection, conversations.Projection, orders.Projection, timelines.Projection, inboxes.Projection} {
		if err := db.Create(b.Context(), p.Name, p.Schema); err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		for at := 0; at < len(history); at += eventlog.MaxBatchEvents {
			batch, err := p.Fold(decoded, history[at:min(at+eventlog.MaxBatchEvents, len(history))])
			if err == nil {
				err = db.Write(b.Context(), p.Name, batch)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
		b.Logf("%s: %.0f events/s", p.Name, float64(len(history))/time.Since(began).Seconds())
	}
}

func inboxHistory(b *testing.B) []eventlog.Recorded {
	b.Helper()
	metadata, err := json.Marshal(domain.Meta{Organization: "acme", Actor: domain.System})
	if err != nil {
		b.Fatal(err)
	}
	var out []eventlog.Recorded
	add := func(stream string, revision int, e domain.Event) {
		data, err := json.Marshal(e)
		if err != nil {
			b.Fatal(err)
		}
		out = append(out, eventlog.Recorded{
			Stream: stream, Revision: eventlog.Revision(revision), Position: eventlog.Position(len(out) + 1),
			Type: e.EventType(), Data: data, Metadata: metadata,
		})
	}
	owner := domain.User("p1")
	for i := range benchConversations {
		buyer := domain.CustomerUser(fmt.Sprint("p", i%1000))
		at := projectiontest.Epoch.Add(time.Duration(i) * time.Second)
		events := []domain.Event{
			conversation.Started{Organization: "acme", Name: fmt.Sprint("Talk ", i), Owner: owner.ID, CustomerUser: buyer.ID, Customer: fmt.Sprint("c", i%10), At: at},
			conversation.ParticipantJoined{Person: owner, At: at},
			conversation.ParticipantJoined{Person: buyer, At: at},
			conversation.ContextAttached{Context: domain.PersonRecord(owner), At: at},
			conversation.ContextAttached{Context: domain.PersonRecord(buyer), At: at},
		}
		for n := range benchMessages {
			author := []domain.Person{owner, buyer}[n%2]
			if i%20 == 0 {
				author = buyer
			}
			events = append(events, conversation.MessageAdded{
				Number: n + 1, PublicNumber: n + 1, From: author, Author: author, At: at,
				Body: "Could you tell me when this order will be sent? I need it before the end of the week.",
			})
		}
		if i%3 > 0 {
			events = append(events, conversation.Closed{At: at})
		}
		for revision, e := range events {
			add(conversation.Stream(domain.DeriveID("bench", fmt.Sprint(i))), revision, e)
		}
	}
	return out
}
