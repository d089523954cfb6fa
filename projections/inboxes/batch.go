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

type readerKey struct {
	organization string
	person       domain.Person
}

type offsetKey struct {
	key
	internal int64
}

// batch is what a run of events changes: things of the conversation, which
// reach all of its threads, and the parts of single persons. What was purged or
// removed loses all its rows, and who was a reader what was read, before anything
// else is written.
type batch struct {
	conversations projections.Changes[key, change]
	threads       projections.Changes[threadKey, part]
	offsets       projections.Changes[offsetKey, int64]
	purged        projections.Changes[key, struct{}]
	removals      projections.Changes[string, struct{}] // of any organization
	readers       projections.Changes[readerKey, struct{}]
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

// part is what a batch changes of a person's part in a conversation. What is nil
// stays as it is; joined and the marks are kept where the stored ones say more.
// Where rewound is set, read replaces what is stored, however much that is.
type part struct {
	participant    *bool
	starter        bool
	joined, stays  int64
	read           mark
	rewound        *int64
	own, ownPublic mark
	muted          *int64
}

// mark is a message number, and when it was reached.
type mark struct{ number, at int64 }

func (m *mark) raise(number, at int64) {
	if number > m.number {
		*m = mark{number, at}
	}
}

func (p *part) setParticipant(in bool) { p.participant = &in }

func (p *part) setMuted(stay int64) { p.muted = &stay }

// rewind moves the cursor back, and lets what was written until then not count.
func (p *part) rewind(upTo, own, at int64) {
	p.read, p.rewound = mark{upTo, at}, &own
}
