package stream

import (
	"context"
	"time"
)

// How long a feed rests after a batch: so long for each event of it, so that a
// lonely event delays the next one hardly at all; little more than twice as long
// as the last time at most, so that a single burst does not either; and within a
// bound, which is what resting adds to the age of a read model under load.
const (
	restPerEvent = 5 * time.Millisecond
	longestRest  = 250 * time.Millisecond
)

// breathe rests after a batch. Without it, under load, every append would become
// a batch of its own for each consumer, whose transactions would take the
// processors from the commands that they follow; and the more events a batch
// holds, the less each of them costs, because a row that many events change is
// written once. While more than 200 events come a second, batches and rests grow
// together up to the bound. It ends at once when a full message is waiting, or
// somebody for what has come.
func (f *feed) breathe(ctx context.Context, box *mailbox, events int) {
	select {
	case <-box.brimming:
	default:
	}
	if events == 0 || box.brims() {
		return
	}
	f.rest = min(time.Duration(events)*restPerEvent, restPerEvent+2*f.rest, longestRest)
	timer := time.NewTimer(f.rest)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-box.brimming:
	case <-f.consumer.Awaited():
	case <-ctx.Done():
	}
}
