package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
)

// Limits of waiting: for a position, and between tries to find the tail.
const (
	waitTimeout = 5 * time.Second
	tailPause   = 250 * time.Millisecond
)

// observer is a repository as the follower sees it.
type observer interface {
	observe(id uuid.UUID, revision eventlog.Revision) (held bool)
}

// Follower follows the whole log: it tells the caches of its instance what
// other instances wrote, remembers their idempotency keys, and knows how far
// the log has come. All methods are safe for concurrent use.
type Follower struct {
	log     eventlog.Log
	keys    *Keys
	started chan struct{}

	mu        sync.Mutex
	observers map[string][]observer
	ears      []*ear
	head      eventlog.Position
	moved     chan struct{} // closed and replaced when head moves
}

// ear is one who hears the batches.
type ear struct{ hear func(eventlog.Batch) }

// NewFollower returns a follower that feeds keys; Run makes it follow.
func NewFollower(log eventlog.Log, keys *Keys) *Follower {
	return &Follower{
		log: log, keys: keys, started: make(chan struct{}),
		observers: map[string][]observer{}, moved: make(chan struct{}),
	}
}

// Run follows from the log's tail until ctx ends (then nil), or the log is
// damaged or closed. Run again, it goes on where it was. One Run at a time.
func (f *Follower) Run(ctx context.Context) error {
	if err := f.start(ctx); err != nil {
		return endOf(ctx, fmt.Errorf("find the log's tail: %w", err))
	}
	sub, err := f.log.Follow(ctx, f.Head(), domain.StreamPrefix)
	if err != nil {
		return endOf(ctx, fmt.Errorf("follow the log: %w", err))
	}
	defer sub.Close()
	for {
		batch, err := sub.Next(ctx)
		if err != nil {
			return endOf(ctx, fmt.Errorf("follow the log: %w", err))
		}
		f.take(batch)
	}
}

// endOf is nil when it was the context that ended the run.
func endOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// start finds the tail, through outages, the first time.
func (f *Follower) start(ctx context.Context) error {
	for {
		select {
		case <-f.started:
			return nil
		default:
		}
		tail, err := f.log.End(ctx)
		switch {
		case err == nil:
			f.keys.startAt(tail)
			f.advance(tail)
			close(f.started)
		case !errors.Is(err, eventlog.ErrUnavailable):
			return err
		default:
			if err := delay(ctx, tailPause); err != nil {
				return err
			}
		}
	}
}

func delay(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Started is closed once the follower has found the tail: from then on caches
// are kept fresh, and commands may be taken.
func (f *Follower) Started() <-chan struct{} { return f.started }

// take spreads a batch: to the caches and keys first, then the head moves, then
// the ears hear it.
func (f *Follower) take(batch eventlog.Batch) {
	for i := range batch.Events {
		f.tell(&batch.Events[i])
	}
	f.advance(batch.Position)
	f.mu.Lock()
	ears := f.ears
	f.mu.Unlock()
	for _, e := range ears {
		e.hear(batch)
	}
}

// tell marks the cached entry of the event's stream as behind, unless it is not.
// Keys of events that a cache already held were remembered with them.
func (f *Follower) tell(recorded *eventlog.Recorded) {
	held := false
	if name, id, ok := aggregateOf(recorded.Stream); ok {
		f.mu.Lock()
		observers := f.observers[name]
		f.mu.Unlock()
		for _, o := range observers {
			held = o.observe(id, recorded.Revision) || held
		}
	}
	if held {
		return
	}
	if rc, keyed := receiptOf(*recorded); keyed {
		f.keys.add(recorded.Stream, rc)
	}
}

// aggregateOf takes a stream's name apart; see [domain.Stream].
func aggregateOf(stream string) (name string, id uuid.UUID, ok bool) {
	rest, ok := strings.CutPrefix(stream, domain.StreamPrefix)
	cut := len(rest) - len(uuid.UUID{}.String()) - 1
	if !ok || cut < 1 || rest[cut] != '-' {
		return "", uuid.Nil, false
	}
	id, err := uuid.Parse(rest[cut+1:])
	return rest[:cut], id, err == nil
}

func (f *Follower) advance(position eventlog.Position) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if position > f.head {
		f.head = position
		close(f.moved)
		f.moved = make(chan struct{})
	}
}

// Head returns how far the follower has come.
func (f *Follower) Head() eventlog.Position {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.head
}

// Wait waits until the follower has passed the position, at most 5 s; then the
// error has [domain.CodeUnavailable].
func (f *Follower) Wait(ctx context.Context, position eventlog.Position) error {
	ctx, cancel := context.WithTimeout(ctx, waitTimeout)
	defer cancel()
	for {
		f.mu.Lock()
		head, moved := f.head, f.moved
		f.mu.Unlock()
		if head >= position {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return fault("wait for the position", ctx.Err())
		}
	}
}

// OnBatch calls hear for every batch from now on, in log order, after caches
// know of it, until cancel. hear must not block, and may still be called once
// while cancel returns.
func (f *Follower) OnBatch(hear func(eventlog.Batch)) (cancel func()) {
	e := &ear{hear: hear}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ears = append(slices.Clip(f.ears), e)
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.ears = slices.DeleteFunc(slices.Clone(f.ears), func(o *ear) bool { return o == e })
	}
}

func (f *Follower) register(aggregate string, o observer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.observers[aggregate] = append(slices.Clip(f.observers[aggregate]), o)
}
