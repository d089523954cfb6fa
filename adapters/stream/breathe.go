package stream

import (
	"context"
	"time"
)

// How long a feed rests after a batch: for each event of the batch so many times
// as long as the batch took, within a bound for each event, so that one slow
// batch delays no lonely event, and one for all, which is what resting adds to
// the age of a read model under load.
const (
	restFactor   = 4
	restPerEvent = 2 * time.Millisecond
	longestRest  = 50 * time.Millisecond
)

// breathe rests after a batch. Without it, under load, every append would become
// a batch of its own for each consumer, whose transactions would take the
// processors from the commands that they follow. Events that come one by one
// hardly find it resting; where they come faster, batches and rests grow
// together up to the bound. It ends at once when a full message is waiting.
func (f *feed) breathe(ctx context.Context, box *mailbox, events int, took time.Duration) {
	select {
	case <-box.brimming:
	default:
	}
	if events == 0 || box.brims() {
		return
	}
	timer := time.NewTimer(min(time.Duration(events)*min(restFactor*took, restPerEvent), longestRest))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-box.brimming:
	case <-ctx.Done():
	}
}
