package live

import (
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
		q.runs, q.count = []run{{position: q.runs[len(q.runs)-1].position, lost: true}}, 0
	}
	if last := len(q.runs) - 1; last >= 0 && len(found) == 0 && !q.runs[last].lost {
		q.runs[last].position = b.Position
	} else {
		q.runs, q.count = append(q.runs, run{hints: found, position: b.Position}), q.count+len(found)
	}
	q.mu.Unlock()
	select {
	case q.filled <- struct{}{}:
	default:
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

// due returns the position that read models must have passed before the run is
// released.
func (r run) due() eventlog.Position {
	if n := len(r.hints); n > 0 {
		return r.hints[n-1].position
	}
	if r.lost {
		return r.position
	}
	return eventlog.Start
}
