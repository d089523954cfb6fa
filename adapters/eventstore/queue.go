package eventstore

import (
	"context"
	"sync"

	"parley/domain/eventlog"
)

// Limits of what a queue holds before its pump has to wait.
const (
	queueEvents = 2 * eventlog.MaxBatchEvents
	queueBytes  = 2 * eventlog.MaxBatchBytes
)

// queue is a [sink] that carries events from a pump to one reader and holds the
// pump while it is full.
type queue struct {
	arrived chan struct{} // a token: there may be something to take
	room    chan struct{} // a token: there may be room to put

	mu       sync.Mutex
	events   []eventlog.Recorded
	bytes    int
	position eventlog.Position // how far pumps have come
	live     bool
	moved    bool  // position or live changed since the last batch
	ended    error // what the reader gets once all events are taken
}

func newQueue(after eventlog.Position) *queue {
	return &queue{
		arrived:  make(chan struct{}, 1),
		room:     make(chan struct{}, 1),
		position: after,
	}
}

// put implements [sink]. It waits for room.
func (q *queue) put(ctx context.Context, e eventlog.Recorded) error {
	for {
		full, err := q.tryPut(ctx, e)
		if err != nil {
			notify(q.room) // a later pump may wait for the token this one took
			return err
		}
		if !full {
			return nil
		}
		select {
		case <-q.room:
		case <-ctx.Done():
		}
	}
}

func (q *queue) tryPut(ctx context.Context, e eventlog.Recorded) (full bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	if len(q.events) > 0 && (len(q.events) >= queueEvents || q.bytes+size(e) > queueBytes) {
		return true, nil
	}
	q.events = append(q.events, e)
	q.bytes += size(e)
	q.position = max(q.position, e.Position)
	notify(q.arrived)
	return false, nil
}

// pass implements [sink].
func (q *queue) pass(ctx context.Context, p eventlog.Position) {
	q.change(ctx, func() bool {
		forward := p > q.position
		q.position = max(p, q.position)
		return forward
	})
}

// setLive implements [sink].
func (q *queue) setLive(ctx context.Context, live bool) {
	q.change(ctx, func() bool {
		became := live && !q.live
		q.live = live
		return became
	})
}

// change lets a pump change the queue; the reader wakes when it should know.
func (q *queue) change(ctx context.Context, apply func() bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if ctx.Err() == nil && apply() {
		q.moved = true
		notify(q.arrived)
	}
}

// end implements [sink]. The reader gets the error once it has taken all events.
func (q *queue) end(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.ended == nil {
		q.ended = err
	}
	notify(q.arrived)
}

// reached implements [sink].
func (q *queue) reached() eventlog.Position {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.position
}

// next waits until there is something and takes all of it, within the limits of
// a batch.
func (q *queue) next(ctx context.Context) (eventlog.Batch, error) {
	for {
		if err := ctx.Err(); err != nil {
			return eventlog.Batch{}, err
		}
		if batch, ok, err := q.take(); ok || err != nil {
			return batch, err
		}
		select {
		case <-q.arrived:
		case <-ctx.Done():
		}
	}
}

// take hands out what is there now.
func (q *queue) take() (batch eventlog.Batch, ok bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.events) == 0 && !q.moved {
		return eventlog.Batch{}, false, q.ended
	}
	n, bytes := fitting(q.events)
	batch = eventlog.Batch{Events: q.events[:n:n], Position: q.position, Live: q.live}
	q.events, q.bytes = q.events[n:], q.bytes-bytes
	if len(q.events) > 0 {
		batch.Position, batch.Live = batch.Events[n-1].Position, false
		notify(q.arrived)
	} else {
		q.events, q.moved = nil, false
	}
	notify(q.room)
	return batch, true, nil
}

// fitting is how many of the first events make a batch, and their size.
func fitting(events []eventlog.Recorded) (n, bytes int) {
	for n < min(len(events), eventlog.MaxBatchEvents) {
		more := size(events[n])
		if n > 0 && bytes+more > eventlog.MaxBatchBytes {
			break
		}
		bytes += more
		n++
	}
	return n, bytes
}

// size is what an event counts against the limits.
func size(e eventlog.Recorded) int { return len(e.Type) + len(e.Data) + len(e.Metadata) }

// notify leaves a token unless there is one.
func notify(token chan struct{}) {
	select {
	case token <- struct{}{}:
	default:
	}
}
