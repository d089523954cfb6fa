package live

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/eventlog"
)

// Source is where batches of the log are heard.
type Source interface {
	// OnBatch calls hear for every batch from now on, in log order, until
	// cancel. hear does not block.
	OnBatch(hear func(eventlog.Batch)) (cancel func())
	// Head returns the position that the source has come to.
	Head() eventlog.Position
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
	Logger      *slog.Logger
	// Heartbeat is how often a comment is sent; 15 s by default.
	Heartbeat time.Duration
	// WriteLimit is how long a reader may block a write; 10 s by default.
	WriteLimit time.Duration
	// Ring is how many hints are kept for those who come back; 8,192 by default.
	Ring int
	// Scan is how many events of the log are read for those who were away for
	// longer; 10,000 by default.
	Scan int
}

// Hub serves all live streams of an instance.
type Hub struct {
	config Config
	ring   *ring
	// stopped is closed when Run ends: streams end with it.
	stopped chan struct{}

	mu      sync.Mutex
	waiting []eventlog.Batch
	heard   chan struct{}
}

// New returns a hub that has begun to listen; Run makes it release hints.
func New(c Config) (hub *Hub, stop func()) {
	c.Heartbeat = cmp.Or(c.Heartbeat, 15*time.Second)
	c.WriteLimit = cmp.Or(c.WriteLimit, 10*time.Second)
	c.Ring, c.Scan = cmp.Or(c.Ring, 8192), cmp.Or(c.Scan, 10_000)
	h := &Hub{config: c, heard: make(chan struct{}, 1), stopped: make(chan struct{})}
	stop = c.Source.OnBatch(h.hear)
	h.ring = newRing(c.Source.Head(), c.Ring)
	return h, stop
}

// hear queues a batch; its size is bounded by how far read models may be behind.
func (h *Hub) hear(b eventlog.Batch) {
	h.mu.Lock()
	h.waiting = append(h.waiting, b)
	h.mu.Unlock()
	select {
	case h.heard <- struct{}{}:
	default:
	}
}

// Run releases hints in log order until ctx ends, and then ends all streams. It
// is called once.
func (h *Hub) Run(ctx context.Context) {
	defer close(h.stopped)
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.heard:
		}
		for b, ok := h.next(); ok; b, ok = h.next() {
			if !h.release(ctx, b) {
				return
			}
		}
	}
}

func (h *Hub) next() (eventlog.Batch, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.waiting) == 0 {
		return eventlog.Batch{}, false
	}
	b := h.waiting[0]
	h.waiting = h.waiting[1:]
	return b, true
}

// release waits for the read models, for as long as it takes, and hands the
// batch to the connections. It is false once ctx has ended.
func (h *Hub) release(ctx context.Context, b eventlog.Batch) bool {
	found := hints(b.Events)
	if len(found) == 0 {
		h.ring.add(nil, b.Position)
		return true
	}
	for h.config.Freshness.Wait(ctx, h.config.Projections, found[len(found)-1].position) != nil {
		pause := time.NewTimer(100 * time.Millisecond)
		select {
		case <-ctx.Done():
			pause.Stop()
			return false
		case <-pause.C:
		}
	}
	h.ring.add(found, b.Position)
	return true
}
