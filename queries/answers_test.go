package queries_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/domain/eventlog"
	"parley/domain/idempotence"
	"parley/domain/sqldb"
	projection "parley/projections/directory"
	"parley/projections/projectiontest"
	"parley/projections/receipts"
	"parley/queries"
)

func TestUnreadResult_is_labelled_up_to_ninety_nine(t *testing.T) {
	t.Parallel()
	for count, want := range map[int]string{0: "", 1: "1", 99: "99", 100: "99+", 12345: "99+"} {
		if got := (queries.UnreadResult{Count: count}).Label(); got != want {
			t.Errorf("label of %d is %q, want %q", count, got, want)
		}
	}
}

func TestUnread_cuts_the_plain_text_between_characters(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	family := "👩‍👩‍👧‍👦"
	f.sources.PlainText = func(string) string { return "é\n " + strings.Repeat(family, 60) }
	for p := range f.world.People {
		got, err := queries.UnreadHandler{Sources: f.sources}.Handle(t.Context(), queries.Unread{Actor: f.actor(p, access.Own)})
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range got.Items {
			if want := "é " + strings.Repeat(family, 48); item.Snippet != want {
				t.Errorf("snippet %q, want %q", item.Snippet, want)
			}
		}
	}
}

func TestRecordView_tells_whom_a_record_belongs_to(t *testing.T) {
	t.Parallel()
	projectiontest.Each(t, func(t *testing.T, db sqldb.DB) {
		said := func(e domain.Event) projectiontest.Event {
			return projectiontest.Event{Stream: domain.Stream("record", domain.DeriveID(e.EventType())), Data: e}
		}
		projectiontest.Fill(t, db, projection.Projection, [][]domain.Type{directory.Types},
			said(directory.PersonMirrored{Organization: "acme", Kind: domain.KindCustomerUser, ID: "b", Name: "Bob", Customer: "n", Enabled: true}),
			said(directory.CustomerMirrored{Organization: "acme", ID: "n", Name: "Northwind"}),
			said(directory.RecordTypeMirrored{Organization: "acme", Type: "order", Label: "Order"}),
			said(directory.RecordMirrored{Organization: "acme", Type: "order", ID: "1", Label: "One", CustomerUser: "b", Customer: "n", Owner: "u"}),
			said(directory.RecordMirrored{Organization: "acme", Type: "order", ID: "2", Label: "Two"}),
			said(directory.RecordRemoved{Organization: "acme", Type: "order", ID: "2"}),
		)
		sources := queries.Sources{DB: db, Freshness: fresh{}}
		admin := access.Actor{Person: domain.User("a"), Organization: "acme", Permissions: access.Permissions{View: access.System}}
		bob := queries.Person{Person: domain.CustomerUser("b"), Name: "Bob"}
		northwind := queries.Customer{ID: "n", Name: "Northwind"}
		for _, want := range []queries.RecordViewResult{
			{
				Record:       queries.Record{Record: domain.Record{Type: "order", ID: "1"}, Label: "One"},
				CustomerUser: &bob, Customer: &northwind, Owner: &queries.Person{Person: domain.User("u"), Name: "u"},
			},
			{Record: queries.Record{Record: domain.PersonRecord(bob.Person), Label: "Bob"}, CustomerUser: &bob, Customer: &northwind},
		} {
			got, err := queries.RecordViewHandler{Sources: sources}.Handle(t.Context(), queries.RecordView{Actor: admin, Record: want.Record.Record})
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("record (-want +got):\n%s", diff)
			}
		}
		for _, absent := range []domain.Record{{Type: "order", ID: "2"}, {Type: "order", ID: "3"}, {Type: "user", ID: "b"}} {
			_, err := queries.RecordViewHandler{Sources: sources}.Handle(t.Context(), queries.RecordView{Actor: admin, Record: absent})
			if domain.CodeOf(err) != domain.CodeNotFound {
				t.Errorf("%v: got %v, want %s", absent, err, domain.CodeNotFound)
			}
		}
		types, err := queries.RecordTypesHandler{Sources: sources}.Handle(t.Context(), queries.RecordTypes{Actor: admin})
		if diff := gocmp.Diff([]queries.RecordType{{Type: "order", Label: "Order"}}, types.Items); diff != "" || err != nil {
			t.Errorf("record types (-want +got):\n%s%v", diff, err)
		}
	})
}

func TestReceipts_are_found_with_the_position_they_cover(t *testing.T) {
	t.Parallel()
	projectiontest.Each(t, func(t *testing.T, db sqldb.DB) {
		ann := domain.User("ann")
		event := func(key string) projectiontest.Event {
			return projectiontest.Event{
				Stream: "parley_conversation-1", Data: conversation.Renamed{Name: "x"},
				Meta: domain.Meta{Actor: ann, Key: key, Fingerprint: "f"},
			}
		}
		projectiontest.Fill(t, db, receipts.Projection, [][]domain.Type{conversation.Types}, event(""), event("k"), event("k"), event(""))
		find := queries.Receipts{DB: db}
		want := idempotence.Receipt{
			Organization: "acme", Person: ann, Key: "k", Fingerprint: "f",
			Stream: "parley_conversation-1", First: 1, Last: 2, Position: 30,
		}
		got, found, covered, err := find.Find(t.Context(), "acme", ann, "k")
		if diff := gocmp.Diff(want, got); diff != "" || !found || covered != 40 || err != nil {
			t.Errorf("found %t up to %d, %v (-want +got):\n%s", found, covered, err, diff)
		}
		for _, who := range []domain.Person{domain.CustomerUser("ann"), domain.User("bob")} {
			if _, found, covered, err := find.Find(t.Context(), "acme", who, "k"); found || covered != 40 || err != nil {
				t.Errorf("%s: found %t up to %d, %v", who, found, covered, err)
			}
		}
	})
}

// stale is a board that never comes far enough.
type stale struct{}

func (stale) Wait(ctx context.Context, _ []string, _ eventlog.Position) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestQueries_give_up_waiting_for_a_position_after_five_seconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		_, err := queries.UnreadHandler{Sources: queries.Sources{Freshness: stale{}}}.Handle(t.Context(), queries.Unread{MinPosition: 1})
		if e, ok := errors.AsType[*domain.Error](err); !ok || e.Code != domain.CodeUnavailable || e.RetryAfter == 0 {
			t.Errorf("got %v, want %s with a time to try again", err, domain.CodeUnavailable)
		}
		if waited := time.Since(began); waited != 5*time.Second {
			t.Errorf("waited %v, want 5s", waited)
		}
	})
}

func TestQueries_are_unavailable_while_a_read_model_is_being_made(t *testing.T) {
	t.Parallel()
	sources := queries.Sources{DB: sqlite(t), Freshness: fresh{}}
	_, err := queries.UnreadHandler{Sources: sources}.Handle(t.Context(), queries.Unread{})
	if domain.CodeOf(err) != domain.CodeUnavailable {
		t.Errorf("got %v, want %s", err, domain.CodeUnavailable)
	}
}
