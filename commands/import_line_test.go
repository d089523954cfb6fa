package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/adapters/httpapi/strictjson"
	"parley/commands"
	"parley/domain"
	"parley/domain/conversation"
)

// bring handles one line as the edge does.
func (w *world) bring(who domain.Person, line string) (commands.ImportAnswer, error) {
	w.Helper()
	v, err := strictjson.Parse([]byte(line))
	if err != nil {
		w.Fatal(err)
	}
	return commands.ImportLineHandler{Conversations: w.Conversations}.Handle(w.Context(), commands.ImportLine{
		Request: w.by(who), Content: string(v.Canonical()),
		Read: func(into any) []domain.FieldError { return strictjson.Bind(v, into) },
	})
}

const whole = `{"kind":"conversation","key":"k-1","organization":"acme","name":"Restaurants","customer_user":"bob",
	"owner":"ada","source":{"type":"order","id":"1001"},"contexts":[{"type":"order","id":"1001"},{"type":"order","id":"1002"}],
	"started_at":"2026-06-03T07:00:00Z","messages":[
		{"from":"bob","body":"a","at":"2026-06-03T07:01:00Z"},{"from":"gone","body":"b","at":"2026-06-03T07:02:00Z"}],
	"closed_at":"2026-06-03T09:00:00Z"}`

func TestImportLine_brings_a_conversation_in_with_the_times_of_then(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, err := w.bring(root, whole)
	if err != nil || a.Change != commands.Created {
		t.Fatalf("%+v, error %v; want created", a, err)
	}
	id := uuid.MustParse(a.ID)
	at := func(clock string) time.Time {
		v, err := time.Parse(time.RFC3339, "2026-06-03T"+clock+":00Z")
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	events := w.events(id)
	sum := events[0].(conversation.Started).Import.Fingerprint
	want := []event{
		conversation.Started{
			Organization: acme, Name: "Restaurants", Owner: "ada", CustomerUser: "bob", Customer: "northwind",
			Source: &bobsOrder, Import: &conversation.Import{Key: "k-1", Fingerprint: sum}, At: at("07:00"),
		},
		conversation.ParticipantJoined{Person: ada, At: at("07:00")},
		conversation.ParticipantJoined{Person: bob, At: at("07:00")},
		conversation.ContextAttached{Context: domain.PersonRecord(ada), At: at("07:00")},
		conversation.ContextAttached{Context: domain.PersonRecord(bob), At: at("07:00")},
		conversation.ContextAttached{Context: bobsOrder, At: at("07:00")},
		conversation.ContextAttached{Context: olgasOrder, At: at("07:00")},
		conversation.MessageAdded{Number: 1, PublicNumber: 1, Body: "a", From: bob, Author: bob, At: at("07:01")},
		conversation.ParticipantJoined{Person: gone, At: at("07:02")},
		conversation.ContextAttached{Context: domain.PersonRecord(gone), At: at("07:02")},
		conversation.MessageAdded{Number: 2, PublicNumber: 2, Body: "b", From: gone, Author: gone, At: at("07:02")},
		conversation.Closed{At: at("09:00")},
	}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if m := w.lastMeta(id); m.Actor != root || m.Channel != domain.ChannelImport || m.Time.Year() < 2026 {
		t.Errorf("metadata says %+v, want the importer, the channel import and the time of now", m)
	}
}

func TestImportLine_again_is_unchanged_whatever_happened_since(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, err := w.bring(root, whole)
	if err != nil {
		t.Fatal(err)
	}
	id := uuid.MustParse(first.ID)
	for _, s := range []step{reopen(ada), say(ada), discard(root)} {
		if err := s(w, id); err != nil {
			t.Fatal(err)
		}
	}
	w.removePerson(bob)
	w.removeRecord(bobsOrder)
	again, err := w.bring(root, strings.ReplaceAll(whole, "\n", " "))
	if err != nil || again.Change != commands.Unchanged || again.ID != first.ID {
		t.Errorf("again: %+v, error %v; want unchanged", again, err)
	}
	_, err = w.bring(root, strings.Replace(whole, "Restaurants", "Other", 1))
	wantCode(t, err, domain.CodeConflict)
}

func TestImportLine_refuses_another_line_under_a_known_key(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.bring(root, whole); err != nil {
		t.Fatal(err)
	}
	_, err := w.bring(root, strings.Replace(whole, `"body":"b"`, `"body":"c"`, 1))
	wantCode(t, err, domain.CodeConflict)
}

func TestImportLine_says_all_that_is_wrong_and_brings_nothing_in(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.bring(root, `{"kind":"conversation","key":"k-2","organization":"acme","name":" ","customer_user":"nobody",
		"owner":"bob","source":{"type":"order","id":"9"},"contexts":[{"type":"order","id":"1001"},{"type":"x","id":"1"}],"colour":1,
		"messages":[{"from":"ada","body":" ","at":"2026-06-03T07:01:00Z"},{"from":"who","body":"b"}]}`)
	wantCode(t, err, domain.CodeInvalid)
	want := []string{
		"/colour", "/source", "/customer_user", "/owner", "/contexts/1/id", "/messages/1/from",
		"/name", "/started_at", "/messages/0/body", "/messages/1/at",
	}
	if diff := cmp.Diff(want, pointers(err)); diff != "" {
		t.Errorf("field errors (-want +got):\n%s", diff)
	}
	if events := w.events(domain.DeriveID(acme, "import", "k-2")); len(events) > 0 {
		t.Errorf("%d events were brought in", len(events))
	}
}

func TestImportLine_mirrors_each_kind_of_line(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lines := []struct{ id, line string }{
		{"rfq", `{"kind":"record_type","type":"rfq","label":"Request for Quote","organization":"acme"}`},
		{"c-1", `{"kind":"customer","id":"c-1","name":"Egger & Silva","organization":"acme"}`},
		{"u-1", `{"kind":"business_unit","id":"u-1","name":"North","parent":null,"organization":"acme"}`},
		{"p-1", `{"kind":"person","id":"p-1","person_kind":"customer_user","name":"Anna","email":"a@b.example","customer":"c-1",
			"sales_representative":"ada","organization":"acme","roles":["buyer"],"locale":"en","enabled":true}`},
		{"r-1", `{"kind":"record","type":"rfq","id":"r-1","label":"R1","url":"https://shop.example/r-1","organization":"acme",
			"customer_user":"p-1","customer":"c-1","owner":"ada"}`},
	}
	for _, want := range []commands.Change{commands.Created, commands.Unchanged} {
		for _, l := range lines {
			a, err := w.bring(root, l.line)
			if err != nil || a.Change != want || a.ID != l.id {
				t.Errorf("%s: %+v, error %v; want %s", l.id, a, err, want)
			}
		}
	}
	if _, err := w.start(w.by(domain.CustomerUser("p-1")), func(c *commands.StartConversation) {
		c.Source, c.Message = &domain.Record{Type: "rfq", ID: "r-1"}, &commands.FirstMessage{Body: "hello"}
	}); err != nil {
		t.Errorf("whoever was imported cannot start from an imported record: %v", err)
	}
}

func TestImportLine_refuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, c := range map[string]struct {
		who  domain.Person
		line string
		code domain.Code
	}{
		"who may not administer":         {maxi, whole, domain.CodeForbidden},
		"an unknown kind":                {root, `{"kind":"song"}`, domain.CodeInvalid},
		"a line without kind":            {root, `[]`, domain.CodeInvalid},
		"another organization":           {root, strings.Replace(whole, "acme", "umbrella", 1), domain.CodeInvalid},
		"a person of no kind":            {root, `{"kind":"person","id":"x","person_kind":"robot","name":"X","organization":"acme"}`, domain.CodeInvalid},
		"a record of an unknown type":    {root, `{"kind":"record","type":"song","id":"x","label":"X","organization":"acme"}`, domain.CodeInvalid},
		"an id of too many bytes":        {root, `{"kind":"customer","id":"` + strings.Repeat("x", 129) + `","name":"X","organization":"acme"}`, domain.CodeInvalid},
		"a link that could be a script":  {root, `{"kind":"record","type":"order","id":"x","label":"X","url":"javascript:x","organization":"acme"}`, domain.CodeInvalid},
		"a message that exceeds a limit": {root, strings.Replace(whole, `"body":"b"`, `"body":"`+strings.Repeat("x", 101)+`"`, 1), domain.CodeInvalid},
	} {
		if _, err := w.bring(c.who, c.line); domain.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}
