package commands

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
)

// defaultCacheBytes is the bound of a repository's cache.
const defaultCacheBytes = 32 << 20

// Deps is what repositories work with. Log, Keys and Follower are shared by all
// repositories of an instance and are required.
type Deps struct {
	Log      eventlog.Log
	Keys     *Keys
	Follower *Follower
	// Snapshots may be nil: cold folds then read the whole stream.
	Snapshots Snapshots
	// CacheBytes bounds the repository's cache; 0 means 32 MiB.
	CacheBytes int
	// Now is the clock; nil means [domain.Now].
	Now func() time.Time
}

// Repository decides commands on the streams of one kind of aggregate. All
// methods are safe for concurrent use; the package says what they guarantee.
type Repository[S any, E domain.Event] struct {
	Deps

	agg      domain.Aggregate[S, E]
	registry *domain.Registry
	cache    *cache[S]
	identity atomic.Pointer[uuid.UUID] // of the log, once it has an event
}

// NewRepository returns a repository of the aggregate, whose cache the follower
// keeps fresh. It panics when the manifest lists a type twice.
func NewRepository[S any, E domain.Event](agg domain.Aggregate[S, E], deps Deps) *Repository[S, E] {
	registry, err := domain.NewRegistry(agg.Types)
	if err != nil {
		panic(fmt.Sprintf("commands: %s: %v", agg.Name, err))
	}
	if deps.CacheBytes == 0 {
		deps.CacheBytes = defaultCacheBytes
	}
	if deps.Now == nil {
		deps.Now = domain.Now
	}
	deps.Log = eraLog{deps.Log, deps.Follower.eras}
	r := &Repository[S, E]{Deps: deps, agg: agg, registry: registry}
	r.cache = newCache(deps.CacheBytes, func(id uuid.UUID) *entry[S] {
		return newEntry[S](id, domain.Stream(agg.Name, id))
	})
	deps.Follower.register(agg.Name, r)
	return r
}

// Update decides a command on the stream of that id and appends what was
// decided. A stream without events has [eventlog.NoStream]: creating is an
// update of it.
//
// decide may be called several times, and must not change the state, keep it,
// or call Update. It returns the events to append, none for a no-op, or a
// refusal, which Update returns as it is. A request whose key was used before is
// not decided: its outcome is that of the first request.
//
// Other errors: [domain.CodeInvalid] on the parameter Idempotency-Key when the
// key was used for another request, or when the events are too large together;
// [domain.CodeUnavailable] when the log does not answer within 5 s (whether the
// events were appended is then unknown), when other instances win every race
// for 5 s, or when an old key cannot be looked up.
func (r *Repository[S, E]) Update(ctx context.Context, id uuid.UUID, req Request, decide func(Loaded[S]) ([]E, error)) (out Outcome[S, E], err error) {
	if err := r.enter(); err != nil {
		return out, err
	}
	defer r.leave()
	c := r.begin(req, decide)
	if req.Key != "" {
		p, release, err := r.Keys.claim(ctx, &req, c.scope)
		if err != nil {
			return out, fault("wait for the idempotency key", err)
		}
		defer release()
		c.prior = p
	}
	e, err := r.turn(ctx, id)
	if err != nil {
		return out, err
	}
	defer r.done(e)
	return r.settle(ctx, e, c)
}

// View shows the current state of the stream to look, which must be quick and
// must not call the repository. The state is at most as old as the follower's
// lag, and holds all that this instance appended. Error:
// [domain.CodeUnavailable] when the log must be read and does not answer.
func (r *Repository[S, E]) View(ctx context.Context, id uuid.UUID, look func(Loaded[S])) error {
	e, err := r.turn(ctx, id)
	if err != nil {
		return err
	}
	defer r.done(e)
	if _, err := r.load(ctx, e, false); err != nil {
		return err
	}
	if _, err := r.vanish(ctx, e); err != nil {
		return err
	}
	look(e.show(r.Now()))
	return nil
}

// turn waits for the turn of a stream, which lasts until done. Error:
// [domain.CodeUnavailable].
func (r *Repository[S, E]) turn(ctx context.Context, id uuid.UUID) (*entry[S], error) {
	if err := r.enter(); err != nil {
		return nil, err
	}
	e := r.cache.pin(id)
	if err := e.gate.enter(ctx); err != nil {
		r.cache.unpin(e)
		r.leave()
		return nil, fault("wait for the stream", err)
	}
	return e, nil
}

func (r *Repository[S, E]) done(e *entry[S]) {
	e.gate.leave()
	r.cache.unpin(e)
	r.leave()
}

// enter makes everything until leave happen with one log, or fail: for a command
// that carries what it reads from one stream into another. It may be done within
// another, and holds up whatever log comes next, so nothing slow may be within.
// Error: [domain.CodeUnavailable].
func (r *Repository[S, E]) enter() error {
	if err := r.Follower.eras.enter(); err != nil {
		return fault("begin", err)
	}
	return nil
}

func (r *Repository[S, E]) leave() { r.Follower.eras.leave() }

// observe tells the repository of an event that the follower met, and reports
// whether it already held it.
func (r *Repository[S, E]) observe(id uuid.UUID, revision eventlog.Revision) bool {
	e := r.cache.peek(id)
	return e != nil && e.noteSeen(revision)
}

// suspect tells the repository that the stream may no longer begin where it did.
func (r *Repository[S, E]) suspect(ctx context.Context, id uuid.UUID, doubt int32) error {
	if e := r.cache.peek(id); e != nil {
		e.raise(doubt)
	}
	if r.agg.Removed == nil {
		return nil
	}
	return r.Inspect(ctx, id)
}

// forget drops everything that was read of the log. Nobody is inside.
func (r *Repository[S, E]) forget() {
	r.cache.clear()
	r.identity.Store(nil)
}
