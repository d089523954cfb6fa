package conversation

import (
	"slices"
	"time"

	"parley/domain"
)

// fold lets an event happen to the state.
func (c *Conversation) fold(e Event) {
	e.apply(c)
	c.Events++
}

func (e Started) apply(c *Conversation) {
	c.Organization, c.Name, c.Status = e.Organization, e.Name, Active
	c.Owner, c.CustomerUser, c.Customer = e.Owner, e.CustomerUser, e.Customer
	c.Source, c.Starter, c.Import = e.Source, e.Starter, e.Import
	c.CreatedAt = e.At
	c.touch(e.At)
	c.stir(e.At)
}

func (e Renamed) apply(c *Conversation) { c.Name = e.Name; c.touch(e.At) }

func (e OwnerChanged) apply(c *Conversation) { c.Owner = e.Owner; c.touch(e.At) }

func (e CustomerUserChanged) apply(c *Conversation) {
	c.CustomerUser, c.Customer = e.CustomerUser, e.Customer
	c.touch(e.At)
}

func (e SourceChanged) apply(c *Conversation) { c.Source = e.Source; c.touch(e.At) }

func (e ParticipantJoined) apply(c *Conversation) {
	c.touchInside(e.At)
	if i := c.participantIndex(e.Person); i >= 0 {
		c.Participants[i].Left = false
		c.Participants[i].Stay++
		return
	}
	c.Participants = append(c.Participants, Participant{Person: e.Person, Stay: 1})
}

func (e ParticipantLeft) apply(c *Conversation) {
	c.touchInside(e.At)
	if i := c.participantIndex(e.Person); i >= 0 {
		c.Participants[i].Left = true
	}
}

func (e ContextAttached) apply(c *Conversation) {
	c.touchInside(e.At)
	c.Detached = without(c.Detached, e.Context)
	if !c.HasContext(e.Context) {
		c.Contexts = append(c.Contexts, e.Context)
	}
}

func (e ContextDetached) apply(c *Conversation) {
	c.touchInside(e.At)
	c.Contexts = without(c.Contexts, e.Context)
	c.Detached = append(c.Detached, e.Context)
}

func (e MessageAdded) apply(c *Conversation) {
	m := new(e.Message())
	c.MessageCount, c.Last = e.Number, m
	c.stir(e.At)
	if e.Internal {
		c.touchInside(e.At)
	} else {
		c.PublicCount, c.LastPublic = e.PublicNumber, m
		c.shift(e)
		c.touch(e.At)
	}
	if i := c.participantIndex(e.Author); i >= 0 {
		c.Participants[i].OwnRead = c.Count(e.Author.Kind)
	}
}

func (e MessageEdited) apply(c *Conversation) { c.change(e) }

func (e MessageRedacted) apply(c *Conversation) { c.change(e) }

// change moves neither counts nor times: a list stays in its order, and nobody
// has more to read.
func (c *Conversation) change(e MessageChange) {
	c.Changes.note(e.Of(), c.Events)
	for _, last := range []**Message{&c.Last, &c.LastPublic} {
		if m := *last; m != nil && m.Number == e.Of() {
			*last = new(e.To(*m)) // a copy of the state may hold the old one
		}
	}
}
func (e AttachmentBarred) apply(c *Conversation) { c.Barred = append(c.Barred, e.Attachment) }

func (e Closed) apply(c *Conversation) { c.Status = IsClosed; c.touch(e.At) }

func (e Reopened) apply(c *Conversation) {
	c.Status = Active
	c.touch(e.At)
	c.stir(e.At)
}

func (e Deleted) apply(c *Conversation) { c.Deleted = true; c.touch(e.At) }

func (e Restored) apply(c *Conversation) {
	c.Deleted = false
	c.touch(e.At)
	c.stir(e.At)
}

func (e Purged) apply(c *Conversation) {
	*c = Conversation{Organization: e.Organization, Purged: true}
}

func (e Removed) apply(c *Conversation) { *c = Conversation{Purged: true} }

// isFinal tells the events that need none before them.
func isFinal(e Event) bool {
	switch e.(type) {
	case Purged, Removed:
		return true
	default:
		return false
	}
}

// touch moves the updated times; they never go back, whatever a clock does.
func (c *Conversation) touch(at time.Time) {
	c.touchInside(at)
	if at.After(c.PublicUpdatedAt) {
		c.PublicUpdatedAt = at
	}
}

// touchInside moves the updated time for users only.
func (c *Conversation) touchInside(at time.Time) {
	if at.After(c.UpdatedAt) {
		c.UpdatedAt = at
	}
}

// stir ends inactivity.
func (c *Conversation) stir(at time.Time) {
	if at.After(c.IdleSince) {
		c.IdleSince = at
	}
}

func without(records []domain.Record, r domain.Record) []domain.Record {
	return slices.DeleteFunc(records, func(q domain.Record) bool { return q == r })
}
