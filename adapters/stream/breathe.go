package stream

import (
	"context"
	"time"
)

// How long a feed rests after a batch: so many times as long as the batch took,
// within a bound for each event of it, so that one slow batch delays no lonely
// event, and one for all, which is what resting adds to the age of a read model
// under load.
const (
	restFactor   = 8
	restPerEvent = 4 * time.Millisecond
	longestRest  = 250 * time.Millisecond
)

// breathe rests after a batch. Without it, under load, every append would become
// a batch of its own for each consumer, whose transactions would take the
// processors from the commands that they follow; and the more events a batch
// holds, the less each of them costs, because a row that many events change is
// written once. Events that come one by one hardly find it resting; where they
// come faster, batches and rests grow together up to the bound. It ends at once
// when a full message is waiting, or somebody for what has come.
func (f *feed) breathe(ctx context.Context, box *mailbox, events int, took time.Duration) {
	select {
	case <-box.brimming:
	default:
	}
	if events == 0 || box.brims() {
		return
	}
	timer := time.NewTimer(min(restFactor*took, time.Duration(events)*restPerEvent, longestRest))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-box.brimming:
	case <-f.consumer.Awaited():
	case <-ctx.Done():
	}
}
