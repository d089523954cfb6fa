package live

import (
	"cmp"
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/eventlog"
	"parley/projections"
)

// Source is where batches of the log are heard, from where it ended when hearing
// began.
type Source interface {
	// OnBatch calls hear for every batch from now on, in log order, until cancel.
	// The first comes at once when hearing begins, with or without events. hear does
	// not block. When another log takes the place of this one, the source forgets
	// this one before the hub does: what is heard after that is of the other one, from
	// where that ends.
	OnBatch(hear func(eventlog.Batch)) (cancel func())
}

// Freshness waits until the read models behind the screens have passed a
// position, or returns an error when that takes too long.
type Freshness interface {
	Wait(ctx context.Context, projections []string, min eventlog.Position) error
}

// Rights says what a person may see now.
type Rights interface {
	// Actor returns the person as they are now, or an error once they may no
	// longer sign in.
	Actor(ctx context.Context, organization string, p domain.Person) (access.Actor, error)
	// Conversation returns how the actor stands to a conversation, deleted or
	// not.
	Conversation(ctx context.Context, actor access.Actor, id uuid.UUID) (Standing, error)
	// MayViewRecord reports whether the actor may view the record.
	MayViewRecord(ctx context.Context, actor access.Actor, r domain.Record) (bool, error)
}

// Standing is how an actor stands to a conversation.
type Standing struct {
	Visible     bool
	Participant bool
	Contexts    []domain.Record
}

// Config is what a hub works with. Zero limits get defaults.
type Config struct {
	Source    Source
	Freshness Freshness
	// Projections are the read models that a hint waits for.
	Projections []string
	Rights      Rights
	Log         eventlog.Log
	// Decoded is shared with the projections, which meet the same events.
	Decoded *projections.Decoded
	Logger  *slog.Logger
	// Heartbeat is how often a comment is sent; 15 s by default.
	Heartbeat time.Duration
	// Recheck is how often a stream is asked whether its person may still have it
	// as it is; 2 s by default.
	Recheck time.Duration
	// WriteLimit is how long a reader may block a write; 10 s by default.
	WriteLimit time.Duration
	// Ring is how many hints are kept for those who come back, and how many may
	// wait for read models; 8,192 by default.
	Ring int
	// Scan is how many events of the log are read for one who was away for
	// longer; 5,000 by default.
	Scan int
}

// Waits for what does not answer.
const (
	startLimit = 5 * time.Second        // of a stream, for the hub to be ready
	retryPause = 250 * time.Millisecond // before something is tried again
)

// Hub serves all live streams of an instance. It is safe for concurrent use.
type Hub struct {
	config  Config
	means   interpreter
	open    atomic.Int64
	present atomic.Pointer[chapter]
	stopped chan struct{} // closed when Run ends: streams end with it
}

// Open returns how many streams are open.
func (h *Hub) Open() int { return int(h.open.Load()) }

// New returns a hub that has begun to listen, until stop; Run makes it release
// hints. It forgets a log once another one takes its place.
func New(c Config) (hub *Hub, stop func()) {
	c.Heartbeat = cmp.Or(c.Heartbeat, 15*time.Second)
	c.Recheck = cmp.Or(c.Recheck, 2*time.Second)
	c.WriteLimit = cmp.Or(c.WriteLimit, 10*time.Second)
	c.Ring, c.Scan = cmp.Or(c.Ring, 8192), cmp.Or(c.Scan, 5000)
	h := &Hub{config: c, means: interpreter{c.Decoded}, stopped: make(chan struct{})}
	h.present.Store(h.newChapter())
	c.Log.OnReplaced(func() { close(h.present.Swap(h.newChapter()).over) })
	return h, c.Source.OnBatch(func(b eventlog.Batch) { h.present.Load().queue.hear(b) })
}

// Run releases hints in log order until ctx ends, and then ends all streams. It
// is called once.
func (h *Hub) Run(ctx context.Context) {
	defer close(h.stopped)
	for ctx.Err() == nil {
		h.tell(ctx, h.present.Load())
	}
}

// tell releases the hints of one log until ctx ends or another one is there.
func (h *Hub) tell(ctx context.Context, c *chapter) {
	ctx, stop := c.within(ctx)
	defer stop()
	if !h.begin(ctx, c) {
		return
	}
	for {
		r, ok := c.queue.await(ctx)
		if !ok || !h.fresh(ctx, r.due) {
			return
		}
		if r.lost {
			c.ring.skip(r.position)
		} else {
			c.ring.add(r.hints, r.position)
		}
	}
}

// begin puts the ring to where hearing began, once the read models are there. It
// is false once ctx has ended.
func (h *Hub) begin(ctx context.Context, c *chapter) bool {
	first, ok := c.queue.await(ctx)
	if !ok || !h.fresh(ctx, first.position) {
		return false
	}
	c.ring.skip(first.position)
	close(c.begun)
	return true
}

// fresh waits for the read models, for as long as it takes. It is false once ctx
// has ended.
func (h *Hub) fresh(ctx context.Context, position eventlog.Position) bool {
	for h.config.Freshness.Wait(ctx, h.config.Projections, position) != nil {
		if pause(ctx) != nil {
			return false
		}
	}
	return true
}

func pause(ctx context.Context) error {
	timer := time.NewTimer(retryPause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
