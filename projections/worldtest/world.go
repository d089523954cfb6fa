package worldtest

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/domain/reader"
	"parley/projections/projectiontest"
)

// Manifests are those of all events in a world.
var Manifests = [][]domain.Type{conversation.Types, reader.Types, directory.Types}

// Neighbour is the other organization, whose ids are the same.
const Neighbour = "elsewhere"

// World is a history of [projectiontest.Organization] and of its neighbour, and
// what it comes to.
type World struct {
	Events        []projectiontest.Event
	People        map[domain.Person]directory.PersonMirrored
	Records       map[domain.Record]directory.RecordMirrored
	Units         map[string]string // parents
	Customers     map[string]string // parents
	Conversations []*Talk           // but those that were purged or removed
	Purged        []*Talk
	Removed       []*Talk // whose streams are gone, or no longer whole

	readers    map[uuid.UUID]*reader.Reader
	ended      map[uuid.UUID]bool // readers whose streams are gone
	random     *rand.Rand
	afterwards *rand.Rand // what becomes of messages, besides the course of things
	barring    *rand.Rand // what is never on a message, likewise
	ending     *rand.Rand // which streams go away
	clock      time.Time
}

// Talk is a conversation, with what its state does not keep.
type Talk struct {
	ID           uuid.UUID
	Organization string
	State        conversation.Conversation
	Revision     int64
	Messages     []conversation.Message
	Attached     map[domain.Record]int64
	Joined       map[domain.Person]int64
	Named        time.Time

	world *World
}

// New returns the world of a seed after so many steps.
func New(seed uint64, steps int) *World {
	w := create(seed)
	for range steps {
		w.step()
		w.bar()
	}
	return w
}

// NewWithLosses is New where streams go away, too: with what it comes to where
// somebody deletes them by the event store's own tools.
func NewWithLosses(seed uint64, steps int) *World {
	w := create(seed)
	for range steps {
		w.step()
		w.bar()
		w.lose()
	}
	return w
}

// create says who there is.
func create(seed uint64) *World {
	w := &World{
		random: rand.New(rand.NewPCG(seed, 1)), afterwards: rand.New(rand.NewPCG(seed, 2)),
		barring: rand.New(rand.NewPCG(seed, 3)), ending: rand.New(rand.NewPCG(seed, 4)), clock: projectiontest.Epoch,
		People: map[domain.Person]directory.PersonMirrored{}, Records: map[domain.Record]directory.RecordMirrored{},
		Units: map[string]string{}, Customers: map[string]string{}, readers: map[uuid.UUID]*reader.Reader{}, ended: map[uuid.UUID]bool{},
	}
	w.mirror()
	return w
}

// Of returns the conversations of an organization.
func (w *World) Of(organization string) []*Talk {
	return slices.DeleteFunc(slices.Clone(w.Conversations), func(t *Talk) bool { return t.Organization != organization })
}

// Cursor returns how far a person has read, in the person's own numbering.
func (t *Talk) Cursor(p domain.Person) int { return t.reader(p).Cursor(t.ID, t.part(p).OwnRead) }

// CursorFor returns how far a person has read, in the numbering of people of a
// kind who look at it.
func (t *Talk) CursorFor(k domain.Kind, p domain.Person) int {
	if k == domain.KindUser && p.Kind == domain.KindCustomerUser {
		return t.State.Overall(t.Cursor(p))
	}
	return t.Cursor(p)
}

// PublicCursor returns how far a user has read by reading and by writing public
// messages.
func (t *Talk) PublicCursor(p domain.Person) int {
	own := 0
	for _, m := range t.Messages {
		if m.Author == p && !m.Internal {
			own = m.Number
		}
	}
	return t.reader(p).Cursor(t.ID, own)
}

// Muted reports whether a person takes part and has muted it.
func (t *Talk) Muted(p domain.Person) bool {
	return t.Takes(p) && t.reader(p).Mutes(t.ID, t.part(p).Stay)
}

// part is the person's, also of one who left.
func (t *Talk) part(p domain.Person) conversation.Participant {
	for _, q := range t.State.Participants {
		if q.Person == p {
			return q
		}
	}
	return conversation.Participant{}
}

// reader is what the person has read anywhere.
func (t *Talk) reader(p domain.Person) *reader.Reader {
	id := reader.ID(t.Organization, p)
	r, ok := t.world.readers[id]
	if !ok {
		r = &reader.Reader{}
		t.world.readers[id] = r
	}
	return r
}

// Takes reports whether the person takes part now.
func (t *Talk) Takes(p domain.Person) bool {
	_, in := t.State.Participant(p)
	return in
}

// Unread returns the number of messages that wait for the person.
func (t *Talk) Unread(p domain.Person) int {
	if !t.Takes(p) || t.State.Deleted {
		return 0
	}
	return max(0, t.State.Count(p.Kind)-t.Cursor(p))
}

// Last returns the last message that people of the kind see.
func (t *Talk) Last(k domain.Kind) *conversation.Message {
	if k == domain.KindCustomerUser {
		return t.State.LastPublic
	}
	return t.State.Last
}

// SortAt is the time of the last message, or of the creation.
func (t *Talk) SortAt(k domain.Kind) time.Time {
	if last := t.Last(k); last != nil {
		return last.At
	}
	return t.State.CreatedAt
}

// mirror says who there is. The last of everything is known by its id only.
func (w *World) mirror() {
	for _, organization := range []string{projectiontest.Organization, Neighbour} {
		for _, u := range [][2]string{{"all", ""}, {"sales", "all"}, {"north", "sales"}, {"support", "all"}} {
			w.Units[u[0]] = u[1]
			w.say(organization, directory.BusinessUnitMirrored{Organization: organization, ID: u[0], Name: "Unit " + u[0], Parent: u[1]})
			w.Customers[u[0]+" co"] = u[1] + parentSuffix(u[1])
			w.say(organization, directory.CustomerMirrored{
				Organization: organization, ID: u[0] + " co", Name: "Company " + u[0], Parent: u[1] + parentSuffix(u[1]),
			})
		}
		units := []string{"all", "sales", "north", "support", "", "sales", "north"}
		for i, unit := range units {
			w.person(organization, directory.PersonMirrored{Kind: domain.KindUser, ID: "p" + strconv.Itoa(i), BusinessUnit: unit})
			company := unit
			if unit != "" {
				company += " co"
			}
			w.person(organization, directory.PersonMirrored{
				Kind: domain.KindCustomerUser, ID: "p" + strconv.Itoa(i), Customer: company, SalesRepresentative: "p" + strconv.Itoa((i+1)%4),
			})
		}
		for i := range 8 {
			w.record(organization, i)
		}
	}
}

func parentSuffix(parent string) string {
	if parent == "" {
		return ""
	}
	return " co"
}

func (w *World) person(organization string, p directory.PersonMirrored) {
	p.Organization, p.Enabled = organization, true
	p.Name = string(rune('Z'-len(w.Events)%20)) + "ame " + p.ID
	if organization == projectiontest.Organization {
		w.People[domain.Person{Kind: p.Kind, ID: p.ID}] = p
	}
	w.say(organization, p)
}

func (w *World) record(organization string, i int) {
	r := directory.RecordMirrored{
		Organization: organization, Type: []string{"order", "quote"}[i%2], ID: strconv.Itoa(1000 + i),
		Label: "No. " + strconv.Itoa(i) + " of " + organization, URL: "https://shop.example/" + strconv.Itoa(i),
		CustomerUser: "p" + strconv.Itoa(i%5),
	}
	r.Customer = w.People[domain.CustomerUser(r.CustomerUser)].Customer
	r.Organization = organization
	if organization == projectiontest.Organization {
		w.Records[domain.Record{Type: r.Type, ID: r.ID}] = r
	}
	w.say(organization, r)
}

// say adds an event of the directory, each in a stream of its own.
func (w *World) say(organization string, e domain.Event) {
	stream := domain.Stream("person", domain.DeriveID("said", strconv.Itoa(len(w.Events))))
	w.Events = append(w.Events, projectiontest.Event{Stream: stream, Data: e, Meta: domain.Meta{Organization: organization}})
}
