package notification

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"parley/domain"
)

// State is where the mail to one recipient stands.
type State string

// The states.
const (
	Pending    State = "pending"    // waits until it is due
	Attempting State = "attempting" // claimed, outcome not known
	Delivered  State = "sent"       // accepted by the mail server
	GivenUp    State = "dropped"    // never to be sent
)

// Notification is what was decided about a source event, and how far it got.
type Notification struct {
	Organization string
	Source       uuid.UUID
	SourceAt     time.Time
	Conversation uuid.UUID
	Deliveries   []Delivery
	Decided      bool
}

// Delivery is the course of the mail to one recipient. DueAt is when the next
// attempt may start, or for one that is attempting when its claim runs out.
type Delivery struct {
	Recipient
	State    State
	Attempts int
	DueAt    time.Time
}

// Aggregate tells how notifications are stored.
var Aggregate = domain.Aggregate[Notification, Event]{
	Name:    "notification",
	Types:   Types,
	Version: 2,
	Apply:   func(n *Notification, e Event) { e.apply(n) },
	Copy: func(n *Notification) *Notification {
		m := *n
		m.Deliveries = slices.Clone(n.Deliveries)
		return &m
	},
	Size: func(n *Notification) int { return 256 + 256*len(n.Deliveries) },
}

// ID returns the id of the notification that follows from a source event.
func ID(source uuid.UUID) uuid.UUID { return domain.DeriveID("notification", source.String()) }

// Stream returns the name of the stream of a notification.
func Stream(id uuid.UUID) string { return domain.Stream(Aggregate.Name, id) }

func (e Decided) apply(n *Notification) {
	n.Organization, n.Source, n.SourceAt, n.Conversation = e.Organization, e.Source, e.SourceAt, e.Conversation
	n.Decided = true
	n.Deliveries = make([]Delivery, len(e.Recipients))
	for i, r := range e.Recipients {
		n.Deliveries[i] = Delivery{Recipient: r, State: Pending, DueAt: e.At}
	}
}

func (e AttemptStarted) apply(n *Notification) {
	n.change(e.Recipient, func(d *Delivery) {
		d.State, d.Attempts, d.DueAt = Attempting, e.Attempt, e.At.Add(ClaimTimeout)
	})
}

func (e Sent) apply(n *Notification) {
	n.change(e.Recipient, func(d *Delivery) { d.State = Delivered })
}

func (e AttemptFailed) apply(n *Notification) {
	n.change(e.Recipient, func(d *Delivery) { d.State, d.DueAt = Pending, e.NextAt })
}

func (e Dropped) apply(n *Notification) {
	n.change(e.Recipient, func(d *Delivery) { d.State = GivenUp })
}

// change folds into one recipient's delivery; a fold never fails, so an index
// that was never decided is passed over.
func (n *Notification) change(recipient int, fold func(*Delivery)) {
	if recipient >= 0 && recipient < len(n.Deliveries) {
		fold(&n.Deliveries[recipient])
	}
}
