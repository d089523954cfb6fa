package commands_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"parley/commands"
	"parley/domain"
	"parley/domain/access"
	"parley/domain/attachment"
	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/domain/eventlog"
	"parley/domain/reader"
	"parley/domain/settings"
)

// world is one instance over a real log, with the people and records of a small
// company: ada and eve sell, max manages them, root administers; bob and his
// boss buy for northwind, olga for contoso; ada is bob's sales representative.
type world struct {
	*testing.T
	commands.Conversations
	log eventlog.Log
}

var (
	root = domain.User("root")
	maxi = domain.User("max")
	ada  = domain.User("ada")
	eve  = domain.User("eve")
	gone = domain.User("gone") // disabled
	boss = domain.CustomerUser("boss")
	bob  = domain.CustomerUser("bob")
	olga = domain.CustomerUser("olga")

	bobsOrder  = domain.Record{Type: "order", ID: "1001"}
	olgasOrder = domain.Record{Type: "order", ID: "1002"}
)

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldOver(t, openLog(t, t.TempDir()))
}

func newWorldOver(t *testing.T, log eventlog.Log) *world {
	t.Helper()
	w := (&world{T: t, log: log}).another()
	w.settle()
	return w
}

// newDeafWorld is a world whose instance hears nothing of what happens in the log.
func newDeafWorld(t *testing.T) *world {
	t.Helper()
	w := (&world{T: t, log: openLog(t, t.TempDir())}).deaf()
	w.settle()
	return w
}

// another is another instance over the same log.
func (w *world) another() *world {
	w.Helper()
	return w.of(newInstance(w.T, w.log))
}

// deaf is another instance over the same log that hears nothing of what happens in
// it.
func (w *world) deaf() *world { return w.of(newDeafInstance(w.log)) }

func (w *world) of(i *instance) *world {
	return &world{T: w.T, log: w.log, Conversations: commands.Conversations{
		Repository: i.Repository, Readers: commands.NewRepository(reader.Aggregate, i.deps), Files: commands.NewRepository(attachment.Aggregate, i.deps),
		Directory: commands.NewDirectory(i.deps), DefaultOwner: "root",
	}}
}

func (w *world) settle() {
	w.Helper()
	d := w.Directory
	w.set(settings.Change{Limits: settings.LimitsChange{MessageBytes: new(int64(100))}})
	mirror(w.T, d.RecordTypes, directory.RecordTypeID(acme, "order"), directory.RecordTypeMirrored{Organization: acme, Type: "order", Label: "Order"})
	mirrorCustomer(w.T, d, "northwind", "")
	for p, role := range map[domain.Person]string{
		root: "administrator", maxi: "manager", ada: "user", eve: "user",
		boss: "customer-administrator", bob: "buyer", olga: "buyer",
	} {
		v := directory.PersonMirrored{Kind: p.Kind, ID: p.ID, Roles: []string{role}, BusinessUnit: "sales", Customer: "northwind"}
		switch {
		case p == olga:
			v.Customer = "contoso"
		case p == bob:
			v.SalesRepresentative = "ada"
		case p.Kind == domain.KindUser:
			v.Customer = ""
		}
		mirrorPerson(w.T, d, v)
	}
	mirror(w.T, d.People, directory.PersonID(acme, gone), directory.PersonMirrored{Organization: acme, Kind: gone.Kind, ID: gone.ID, Name: "Gone"})
	mirrorRecord(w.T, d, directory.RecordMirrored{ID: "1001", URL: "https://shop.example/1001", CustomerUser: "bob", Customer: "northwind"})
	mirrorRecord(w.T, d, directory.RecordMirrored{ID: "1002", URL: "https://shop.example/1002", CustomerUser: "olga", Customer: "contoso"})
}

// set changes settings of the organization.
func (w *world) set(c settings.Change) {
	w.Helper()
	req := commands.Request{Actor: access.SystemActor(acme), Channel: domain.ChannelSystem}
	if _, err := (commands.ChangeSettingsHandler{Directory: w.Directory}).Handle(w.Context(), commands.ChangeSettings{Request: req, Change: c}); err != nil {
		w.Fatal(err)
	}
}

// by is a request of that person.
func (w *world) by(p domain.Person) commands.Request {
	w.Helper()
	actor, err := w.Directory.Actor(w.Context(), acme, p)
	if err != nil {
		w.Fatal(err)
	}
	return commands.Request{Actor: actor, Channel: domain.ChannelAPI}
}

// keyed is a request of that person under an idempotency key.
func (w *world) keyed(p domain.Person, key string) commands.Request {
	r := w.by(p)
	r.Key, r.Fingerprint = key, "f"
	return r
}

// stranger is the administrator of another organization.
func (w *world) stranger() commands.Request {
	r := w.by(root)
	r.Actor.Organization = "umbrella"
	return r
}

// given is a conversation between ada and bob to which more has happened.
func (w *world) given(more ...event) uuid.UUID {
	w.Helper()
	id := uuid.New()
	_, err := w.Repository.Update(w.Context(), id, w.by(root), func(l loaded) ([]event, error) {
		events, err := l.State.Start(conversation.Start{
			Organization: acme, Name: "Late", Owner: "ada", CustomerUser: "bob", Customer: "northwind", Starter: ada,
		}, l.Now)
		return append(events, more...), err
	})
	if err != nil {
		w.Fatal(err)
	}
	return id
}

// events are all of the conversation, as the log holds them.
func (w *world) events(id uuid.UUID) (all []event) {
	w.Helper()
	registry, err := domain.NewRegistry(conversation.Types)
	if err != nil {
		w.Fatal(err)
	}
	for r, err := range w.log.ReadStream(w.Context(), conversation.Stream(id), 0, 0) {
		if err != nil {
			w.Fatal(err)
		}
		e, err := registry.Decode(r.Type, r.Data)
		if err != nil {
			w.Fatal(err)
		}
		all = append(all, e.(event))
	}
	return all
}

// scenario is one Given/When/Then against the real log: exactly these events
// are appended, or the command is refused with this code, and then with none.
type scenario struct {
	given []event
	when  func(w *world, id uuid.UUID) error
	then  []event
	code  domain.Code
	wrong []string // pointers of the field errors
}

func (w *world) play(scenarios map[string]scenario) {
	w.Helper()
	for name, s := range scenarios {
		w.Run(name, func(t *testing.T) {
			inner := *w
			inner.T = t
			id := inner.given(s.given...)
			before := len(inner.events(id))
			err := s.when(&inner, id)
			wantCode(t, err, s.code)
			if diff := cmp.Diff(s.wrong, pointers(err)); diff != "" {
				t.Errorf("field errors (-want +got):\n%s", diff)
			}
			sameEvents(t, s.then, inner.events(id)[before:])
		})
	}
}

// sameEvents compares events but for their times.
func sameEvents(t *testing.T, want, got []event) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.Comparer(sameTime)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// lastMeta is what stands beside the last event of the conversation.
func (w *world) lastMeta(id uuid.UUID) (m domain.Meta) {
	w.Helper()
	var last []byte
	for r, err := range w.log.ReadStream(w.Context(), conversation.Stream(id), 0, 0) {
		if err != nil {
			w.Fatal(err)
		}
		last = r.Metadata
	}
	if err := json.Unmarshal(last, &m); err != nil {
		w.Fatal(err)
	}
	return m
}
