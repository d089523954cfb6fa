package commands

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/eventlog"
)

// Request is what every command carries beside its own input: who asks, through
// which door, and how the answer may be repeated.
type Request struct {
	Actor         access.Actor
	Channel       domain.Channel
	RemoteAddress string
	// CorrelationID ties commands of one cause together; zero means the id of
	// this command.
	CorrelationID uuid.UUID
	// Key makes the command idempotent within (organization, actor); Fingerprint
	// tells requests under one key apart. Both are empty without a key.
	Key, Fingerprint string
	// IfMatch is the caller's precondition, nil without one. Decisions check it
	// where the contract's order of refusals places it.
	IfMatch *IfMatch
	// Shape holds what was already found wrong with the input while it was read;
	// decisions refuse with it, joined with their own findings.
	Shape []domain.FieldError
	// Held is what a command is refused with that nothing else refuses and that
	// would change something, such as one too many in a short time; nil: nothing
	// holds it back.
	Held error
	// Hold counts the next part of a mass command, and returns what it is to be
	// Held with; nil: nothing is counted.
	Hold func() error
	// OnBehalfOf is the displayed sender where it is not the actor.
	OnBehalfOf *domain.Person
	// Patience is how long an append is waited for and repeated; at least 5 s.
	Patience time.Duration
}

// IfMatch is a precondition on the revision: any existing one, or one of a list.
type IfMatch struct {
	Any       bool
	Revisions []eventlog.Revision
}

// Check returns a [domain.CodePreconditionFailed] error unless the revision is
// one that the precondition names. A nil precondition holds always.
func (m *IfMatch) Check(revision eventlog.Revision) error {
	switch {
	case m == nil, m.Any && revision != eventlog.NoStream, slices.Contains(m.Revisions, revision):
		return nil
	}
	return domain.NewError(domain.CodePreconditionFailed,
		"It has changed since you read it; read it again and decide anew.")
}
