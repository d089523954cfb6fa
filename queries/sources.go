package queries

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// Sources is what queries read from.
type Sources struct {
	DB        sqldb.DB
	Log       eventlog.Log
	Heard     Heard // for the feed
	Freshness Freshness
	Lineage   Lineage
	// PlainText turns a message's body into the text that a snippet is cut
	// from; nil leaves the body as it is.
	PlainText func(body string) string
	// Inspect, which may be nil, has the stream of a conversation looked at of which
	// there is nothing to tell: if the store's operator ended it, the read models then
	// come to forget the conversation.
	Inspect func(ctx context.Context, conversation uuid.UUID) error
}

// Freshness waits for read models.
type Freshness interface {
	// Wait returns when each of the projections has passed the position, or the
	// error of ctx.
	Wait(ctx context.Context, projections []string, min eventlog.Position) error
}

// Heard is what this instance has heard of the log, in memory.
type Heard interface {
	// Known returns the position behind which every event of ours is known, that of
	// the last of them, or from while there is none, and up to where this holds. All
	// are eventlog.Start until hearing has begun, and again as soon as another log
	// takes this one's place, before those are told who registered later.
	Known() (from, last, head eventlog.Position)
}

// Lineage knows what lies above business units and customers, in memory.
type Lineage interface {
	// UnitPath returns the business unit and all units above it, nearest first,
	// or nothing for no unit.
	UnitPath(ctx context.Context, organization, unit string) ([]string, error)
	// CustomerPath does the same for customers.
	CustomerPath(ctx context.Context, organization, customer string) ([]string, error)
}

// maxWait bounds how long a query waits for the position it asks for.
const maxWait = 5 * time.Second

// wait returns when the read models have passed the position, or an error of
// domain.CodeUnavailable when that takes too long.
func (s Sources) wait(ctx context.Context, min eventlog.Position, readModels ...string) error {
	if min == eventlog.Start {
		return nil
	}
	waiting, cancel := context.WithTimeout(ctx, maxWait)
	defer cancel()
	err := s.Freshness.Wait(waiting, readModels, min)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return domain.Unavailable("The answer is not up to date yet; try again.", retryAfter, err)
	}
	return classified(err)
}

// The read models, by the names that freshness is asked by.
const (
	conversations = "conversations"
	timelines     = "timelines"
	inboxes       = "inboxes"
	directory     = "directory"
	search        = "search"
	orders        = "orders"
)
