package conversation

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Idling is the port to active conversations by how long they have been idle. It
// may be behind the log, so what it returns is decided again, by CloseIdle.
type Idling interface {
	// Organizations returns those that have conversations.
	Organizations(ctx context.Context) ([]string, error)
	// Longest returns at most limit active conversations of an organization, in
	// the order of [Idle]: those behind one, or from the longest idle one on
	// where that is zero.
	Longest(ctx context.Context, organization string, behind Idle, limit int) ([]Idle, error)
}

// Idle is an active conversation and since when it is idle, ordered by that and
// then by id.
type Idle struct {
	ID    uuid.UUID
	Since time.Time
}
