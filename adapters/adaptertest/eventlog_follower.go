package adaptertest

import "parley/domain/eventlog"

// follower reads a subscription and checks what every batch must keep to.
type follower struct {
	f        *logFixture
	sub      eventlog.Subscription
	position eventlog.Position
	last     eventlog.Position
}

// follow starts a follower of the fixture's prefix that ends with the test.
func (f *logFixture) follow(after eventlog.Position) *follower {
	f.Helper()
	sub, err := f.log.Follow(f.ctx, after, f.prefix)
	if err != nil {
		f.Fatalf("follow: %v", err)
	}
	f.Cleanup(sub.Close)
	return &follower{f: f, sub: sub, position: after, last: after}
}

// next returns the next batch. It is the only place that calls Next, so it also
// runs beside the test; a failure is then an error and an empty batch.
func (r *follower) next() eventlog.Batch {
	batch, err := r.sub.Next(r.f.ctx)
	if err != nil {
		r.f.Errorf("next at %d: %v", r.position, err)
		return eventlog.Batch{}
	}
	r.check(batch)
	return batch
}

// check demands increasing positions within the limits.
func (r *follower) check(batch eventlog.Batch) {
	bytes := 0
	for _, e := range batch.Events {
		if e.Position <= r.last {
			r.f.Errorf("event at %d follows one at %d", e.Position, r.last)
		}
		r.last = e.Position
		bytes += len(e.Data) + len(e.Metadata)
	}
	if len(batch.Events) > eventlog.MaxBatchEvents {
		r.f.Errorf("batch has %d events", len(batch.Events))
	}
	if bytes > eventlog.MaxBatchBytes && len(batch.Events) > 1 {
		r.f.Errorf("batch of %d events has %d bytes", len(batch.Events), bytes)
	}
	if batch.Position < r.position || batch.Position < r.last {
		r.f.Errorf("position went from %d to %d, last event at %d", r.position, batch.Position, r.last)
	}
	r.position = batch.Position
}

// events reads until it has n events or more.
func (r *follower) events(n int) []eventlog.Recorded {
	var events []eventlog.Recorded
	for len(events) < n && !r.f.Failed() {
		events = append(events, r.next().Events...)
	}
	return events
}

// untilLive reads until a batch says that nothing more was waiting.
func (r *follower) untilLive() []eventlog.Recorded {
	var events []eventlog.Recorded
	for !r.f.Failed() {
		batch := r.next()
		events = append(events, batch.Events...)
		if batch.Live {
			break
		}
	}
	return events
}
