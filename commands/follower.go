package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
)

// tailPause is the time between tries to find the tail.
const tailPause = 250 * time.Millisecond

// observer is a repository as the follower sees it.
type observer interface {
	// observe hears of an event.
	observe(id uuid.UUID, revision eventlog.Revision) (held bool)
	// suspect hears that a stream may no longer begin where it did.
	suspect(ctx context.Context, id uuid.UUID, doubt int32) error
	// forget forgets the log.
	forget()
}

// Follower follows the whole log: it tells the caches of its instance what
// other instances wrote, remembers their idempotency keys, and knows how far
// the log has come. All methods are safe for concurrent use.
type Follower struct {
	log     eventlog.Log
	keys    *Keys
	eras    *eras
	place   place
	starts  atomic.Int64 // what was read before the last one may have missed something
	asking  gate         // one asks the log about a position
	started chan struct{}
	once    sync.Once

	mu        sync.Mutex
	observers map[string][]observer
	ears      []*ear
}

// ear is one who hears the batches.
type ear struct{ hear func(eventlog.Batch) }

// NewFollower returns a follower that feeds keys; Run makes it follow. With it
// everything forgets a log in whose place there is another: before those who asked
// the log later to be told of that.
func NewFollower(log eventlog.Log, keys *Keys) *Follower {
	f := &Follower{
		log: log, keys: keys, eras: newEras(), place: place{moved: make(chan struct{})},
		asking: newGate(), started: make(chan struct{}), observers: map[string][]observer{},
	}
	keys.passed = func(ctx context.Context, at, position eventlog.Position) (bool, error) {
		return eventlog.Passed(ctx, eraLog{log, f.eras}, at, position, domain.StreamPrefix)
	}
	log.OnReplaced(f.replaced)
	return f
}

// replaced forgets the log.
func (f *Follower) replaced() {
	f.eras.replace(func() {
		f.place.forget()
		f.keys.forget()
		f.each(observer.forget)
	})
}

// Run follows from the log's tail until ctx ends (then nil), or the log is
// damaged or closed. Run again, it goes on where it was. In a log that takes the
// place of another it starts anew at the tail, without what is before being heard.
// One Run at a time.
func (f *Follower) Run(ctx context.Context) error {
	for {
		during := f.eras.present.Load()
		err := f.follow(ctx, during)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, eventlog.ErrNoSuchPosition):
			if f.eras.present.Load() == during {
				f.replaced()
			}
		case !errors.Is(err, eventlog.ErrLogChanged):
			return fmt.Errorf("follow the log: %w", err)
		}
		f.breathe(ctx, during)
	}
}

// follow follows one log: what happens in the streams, and what is said of them.
func (f *Follower) follow(ctx context.Context, during *era) error {
	if err := f.start(ctx, during); err != nil {
		return err
	}
	both, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		stop(f.watch(both, during))
	}()
	err := f.hear(both, during)
	stop(err)
	<-watched
	return context.Cause(both) // of who ended first
}

// hear spreads what happens in the streams.
func (f *Follower) hear(ctx context.Context, during *era) error {
	sub, err := f.log.Follow(ctx, f.Head(), domain.StreamPrefix)
	if err != nil {
		return err
	}
	defer sub.Close()
	for {
		batch, err := sub.Next(ctx)
		if err != nil {
			return err
		}
		if err := f.take(during, batch); err != nil {
			return err
		}
	}
}

// start finds the tail, through outages, unless it has been found in this log.
func (f *Follower) start(ctx context.Context, during *era) error {
	for {
		if _, _, _, begun := f.place.known(); begun {
			return nil
		}
		tail, err := f.log.End(ctx)
		switch {
		case err == nil:
			return f.begin(during, tail)
		case !errors.Is(err, eventlog.ErrUnavailable):
			return fmt.Errorf("find the tail: %w", err)
		}
		if err := delay(ctx, tailPause); err != nil {
			return err
		}
	}
}

// begin makes the tail the place to follow from. What caches read before may lack
// what others wrote between.
func (f *Follower) begin(during *era, tail eventlog.Position) error {
	return f.eras.in(during, func() {
		f.starts.Add(1)
		f.keys.startAt(tail)
		f.place.begin(tail)
		f.once.Do(func() { close(f.started) })
	})
}

// breathe waits until an era is over, or a while.
func (f *Follower) breathe(ctx context.Context, during *era) {
	ctx, cancel := context.WithTimeout(ctx, tailPause)
	defer cancel()
	select {
	case <-during.Done():
	case <-ctx.Done():
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
func (f *Follower) take(during *era, batch eventlog.Batch) error {
	return f.eras.in(during, func() {
		for i := range batch.Events {
			f.tell(&batch.Events[i])
		}
		batch.Position = f.place.take(batch)
		f.mu.Lock()
		ears := f.ears
		f.mu.Unlock()
		for _, e := range ears {
			e.hear(batch)
		}
	})
}

// tell marks the cached entry of the event's stream as behind, unless it is not.
// Keys of events that a cache already held were remembered with them.
func (f *Follower) tell(recorded *eventlog.Recorded) {
	held := false
	if name, id, ok := aggregateOf(recorded.Stream); ok {
		for _, o := range f.observersOf(name) {
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

// observersOf returns the repositories of an aggregate.
func (f *Follower) observersOf(aggregate string) []observer {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.observers[aggregate]
}

// each does something to every observer.
func (f *Follower) each(do func(observer)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, observers := range f.observers {
		for _, o := range observers {
			do(o)
		}
	}
}
