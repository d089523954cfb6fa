package live

import (
	"context"
	"sync"

	"parley/domain/eventlog"
)

// queue holds what was heard until it is released.
type queue struct {
	most   int // hints
	means  interpreter
	filled chan struct{} // has one element when there may be something

	mu    sync.Mutex
	runs  []run
	count int // hints in runs
}

// run is what one batch came to, or, without hints, a stretch of the log whose
// hints were let go of.
type run struct {
	hints    []hint
	due      eventlog.Position // read models must have passed it before the run is released; Start: none need
	position eventlog.Position
	lost     bool
}

func newQueue(most int, means interpreter) *queue {
	return &queue{most: most, means: means, filled: make(chan struct{}, 1)}
}

// hear queues a batch. It never blocks: when it is full it lets go of what it
// holds.
func (q *queue) hear(b eventlog.Batch) {
	found := q.means.hints(b.Events)
	q.mu.Lock()
	if q.count+len(found) > q.most && len(q.runs) > 0 {
		q.letGo()
	}
	if last := len(q.runs) - 1; last >= 0 && len(found) == 0 && !q.runs[last].lost {
		q.runs[last].position = b.Position
	} else {
		q.add(run{hints: found, position: b.Position})
	}
	q.mu.Unlock()
	select {
	case q.filled <- struct{}{}:
	default:
	}
}

// add queues a run. The lock is held.
func (q *queue) add(r run) {
	if n := len(r.hints); n > 0 {
		r.due = r.hints[n-1].position
	}
	q.runs, q.count = append(q.runs, r), q.count+len(r.hints)
}

// letGo puts one stretch into the place of all runs. The lock is held.
func (q *queue) letGo() {
	stretch := run{position: q.runs[len(q.runs)-1].position, lost: true}
	for _, r := range q.runs {
		stretch.due = max(stretch.due, r.due)
	}
	q.runs, q.count = []run{stretch}, 0
}

// await takes the oldest run, as soon as there is one. It is false once ctx has
// ended.
func (q *queue) await(ctx context.Context) (run, bool) {
	for {
		if r, ok := q.next(); ok {
			return r, ctx.Err() == nil
		}
		select {
		case <-q.filled:
		case <-ctx.Done():
			return run{}, false
		}
	}
}

// next takes the oldest run.
func (q *queue) next() (run, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.runs) == 0 {
		return run{}, false
	}
	first := q.runs[0]
	q.runs, q.count = q.runs[1:], q.count-len(first.hints)
	return first, true
}
