package conversation

import (
	"slices"
	"time"

	"parley/domain"
)

// draft collects the events of one decision. It folds each into a copy of the
// state, so that a later step sees what the steps before it changed.
type draft struct {
	state  *Conversation
	events []Event
	at     time.Time
}

func (c *Conversation) draft(at time.Time) *draft { return &draft{state: c.copy(), at: at} }

func (d *draft) record(e Event) {
	d.state.fold(e)
	d.events = append(d.events, e)
}

// join makes a person take part who does not, and tells whether it did.
func (d *draft) join(p domain.Person) bool {
	if _, in := d.state.Participant(p); in {
		return false
	}
	d.record(ParticipantJoined{Person: p, At: d.at})
	return true
}

func (d *draft) leave(p domain.Person) {
	if _, in := d.state.Participant(p); in {
		d.record(ParticipantLeft{Person: p, At: d.at})
	}
}

// suggest attaches a context by itself: never one that somebody has removed.
func (d *draft) suggest(r domain.Record) {
	if !slices.Contains(d.state.Detached, r) {
		d.attach(r)
	}
}

func (d *draft) attach(r domain.Record) {
	if !d.state.HasContext(r) {
		d.record(ContextAttached{Context: r, At: d.at})
	}
}

// welcome makes a person take part and, when joining, a context.
func (d *draft) welcome(p domain.Person) {
	if d.join(p) {
		d.suggest(domain.PersonRecord(p))
	}
}

// live refuses what is asked of a conversation that is not there (any more).
func (c *Conversation) live() error {
	if !c.Exists() || c.Deleted {
		return errNotFound
	}
	return nil
}

// open is live, and refuses what a closed conversation does not take.
func (c *Conversation) open() error {
	if err := c.live(); err != nil {
		return err
	}
	if c.Status != Active {
		return domain.NewError(domain.CodeConversationClosed, "The conversation is closed; reopen it first.")
	}
	return nil
}
