package commands

import (
	"context"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
)

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

// Repository decides commands on the streams of one kind of aggregate.
type Repository[S any, E domain.Event] struct {
	agg  domain.Aggregate[S, E]
	deps Deps
}

// NewRepository returns a repository of the aggregate.
func NewRepository[S any, E domain.Event](agg domain.Aggregate[S, E], deps Deps) *Repository[S, E] {
	return &Repository[S, E]{agg: agg, deps: deps}
}

// Update decides a command on the stream of that id and appends what was
// decided. A stream without events has [eventlog.NoStream]: creating is an
// update of it.
func (r *Repository[S, E]) Update(ctx context.Context, id uuid.UUID, req Request, decide func(Loaded[S]) ([]E, error)) (Outcome[S, E], error) {
	panic("not yet")
}

// View shows the current state of the stream to look.
func (r *Repository[S, E]) View(ctx context.Context, id uuid.UUID, look func(Loaded[S])) error {
	panic("not yet")
}
