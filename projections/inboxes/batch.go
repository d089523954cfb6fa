package inboxes

import (
	"parley/domain"
	"parley/domain/conversation"
	"parley/projections"
)

type key struct{ organization, conversation string }

type threadKey struct {
	key
	person domain.Person
}

// batch is what a run of events changes: things of the conversation, which
// reach all of its threads, and the parts of single persons.
type batch struct {
	conversations projections.Changes[key, change]
	threads       projections.Changes[threadKey, part]
}

// change is what a batch changes of a conversation; nil stays as it is.
type change struct {
	status               *string
	deleted              *bool
	createdAt            *int64
	count, publicCount   *int64
	lastAt, publicLastAt *int64
}

func (c *change) setStatus(s conversation.Status) {
	status := string(s)
	c.status = &status
}

func (c *change) setDeleted(deleted bool) { c.deleted = &deleted }

// part is what a batch changes of a person's part in a conversation. A nil
// participant stays as it is; joined, cursor and starter are kept where the
// stored ones say more.
type part struct {
	participant *bool
	starter     bool
	joined      int64
	cursor      int64
}

func (p *part) setParticipant(in bool) { p.participant = &in }

func (p *part) read(upTo int64) { p.cursor = max(p.cursor, upTo) }
