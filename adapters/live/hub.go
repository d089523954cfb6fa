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

// Source is where batches of the log are heard.
type Source interface {
	// Started is closed once the source has found where the log ends; it hears
	// everything behind that.
	Started() <-chan struct{}
	// Head returns the position that the source has come to.
	Head() eventlog.Position
	// OnBatch calls hear for every batch from now on, in log order, until
	// cancel. hear does not block.
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
	config Config
	queue  *queue
	open   atomic.Int64
	ring   *ring
	missed missed
	// begun is closed when streams can be taken, stopped when Run ends: streams
	// end with it.
	begun   chan struct{}
	stopped chan struct{}
}

// Open returns how many streams are open.
func (h *Hub) Open() int { return int(h.open.Load()) }

// New returns a hub that has begun to listen, until stop; Run makes it release
// hints.
func New(c Config) (hub *Hub, stop func()) {
	c.Heartbeat = cmp.Or(c.Heartbeat, 15*time.Second)
	c.Recheck = cmp.Or(c.Recheck, 2*time.Second)
	c.WriteLimit = cmp.Or(c.WriteLimit, 10*time.Second)
	c.Ring, c.Scan = cmp.Or(c.Ring, 8192), cmp.Or(c.Scan, 5000)
	means := interpreter{c.Decoded}
	h := &Hub{
		config: c, queue: newQueue(c.Ring, means), ring: newRing(c.Ring),
		begun: make(chan struct{}), stopped: make(chan struct{}),
	}
	h.missed = missed{log: c.Log, ring: h.ring, means: means, limit: c.Scan, turn: make(chan struct{}, 1)}
	return h, c.Source.OnBatch(h.queue.hear)
}

// Run releases hints in log order until ctx ends, and then ends all streams. It
// is called once.
func (h *Hub) Run(ctx context.Context) {
	defer close(h.stopped)
	if !h.begin(ctx) {
		return
	}
	for {
		for r, ok := h.queue.next(); ok; r, ok = h.queue.next() {
			if !h.release(ctx, r) {
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-h.queue.filled:
		}
	}
}

// begin puts the ring to where the log ends, once the read models are there. It
// is false once ctx has ended.
func (h *Hub) begin(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-h.config.Source.Started():
	}
	start := h.config.Source.Head()
	if !h.fresh(ctx, start) {
		return false
	}
	h.ring.skip(start)
	close(h.begun)
	return true
}

// release waits for the read models, for as long as it takes, and hands the run
// to the connections. It is false once ctx has ended.
func (h *Hub) release(ctx context.Context, r run) bool {
	if !h.fresh(ctx, r.due()) {
		return false
	}
	if r.lost {
		h.ring.skip(r.position)
	} else {
		h.ring.add(r.hints, r.position)
	}
	return true
}

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
