package commands

import (
	"context"

	"parley/domain/eventlog"
)

// Follower follows the whole log and keeps what this instance caches fresh.
type Follower struct {
	log  eventlog.Log
	keys *Keys
}

// NewFollower returns a follower; Run makes it follow.
func NewFollower(log eventlog.Log, keys *Keys) *Follower { return &Follower{log: log, keys: keys} }

// Run follows from the log's tail until ctx ends (then nil) or the log is
// damaged or closed.
func (f *Follower) Run(ctx context.Context) error { panic("not yet") }

// Started is closed once the follower has found the tail: from then on caches
// are kept fresh, and commands may be taken.
func (f *Follower) Started() <-chan struct{} { panic("not yet") }

// Head returns how far the follower has come.
func (f *Follower) Head() eventlog.Position { panic("not yet") }

// Wait waits until the follower has passed the position, at most 5 s; then the
// error has [domain.CodeUnavailable].
func (f *Follower) Wait(ctx context.Context, position eventlog.Position) error { panic("not yet") }

// OnBatch calls hear for every batch from now on, in log order, after caches
// know of it, until cancel. hear must not block.
func (f *Follower) OnBatch(hear func(eventlog.Batch)) (cancel func()) { panic("not yet") }
