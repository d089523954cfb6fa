package stream

import (
	"context"
	"time"

	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// Consumer is what batches are for: a projection, or whatever else keeps its own
// checkpoint together with what it does.
type Consumer interface {
	// Name is stable and unique; it is the topic, and names the leadership.
	Name() string
	// Awaited receives while somebody waits for more than the last batch brought:
	// the feed does not rest then. Nil never does.
	Awaited() <-chan struct{}
	// Begin starts a term and returns the position to be fed behind. Pauses
	// and waiting of the whole term end with ctx.
	Begin(ctx context.Context) (eventlog.Position, error)
	// Apply applies a batch, or finds that it is applied. It waits by itself
	// for what is unavailable. An error ends the term. Of live batches the first of
	// a term always comes, also where it brings neither events nor a new position.
	Apply(ctx context.Context, batch eventlog.Batch) error
	// End ends a term that Begin began, when no batch is being applied any
	// more. The cause may be that Apply failed, that the log did, was replaced or
	// does not know the position, or that the term was to end.
	End(cause error)
}

// LeadFunc waits until this process alone holds the named leadership.
type LeadFunc func(ctx context.Context, name string) (sqldb.Lease, error)

// FollowFunc opens the feed of a topic behind a position.
type FollowFunc func(ctx context.Context, topic string, after eventlog.Position) (eventlog.Subscription, error)

// Outcome is what became of one message.
type Outcome struct {
	Topic string
	// From is the position behind which the batch begins, To where it ends.
	From, To eventlog.Position
	Events   int
	// Took is the time from sending to the answer.
	Took time.Duration
	// Acked is false when the batch comes again, here or elsewhere. Err is the
	// consumer's failure, if that was why.
	Acked bool
	Err   error
}
