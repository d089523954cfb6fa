package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
)

// How often a snapshot is offered, and how long a fold waits for one.
const (
	snapshotEvery   = 1000
	snapshotTimeout = 200 * time.Millisecond
)

// content is what a snapshot's state is: the fold and the stream's receipts.
type content[S any] struct {
	State    *S                `json:"state"`
	Receipts []byte            `json:"receipts"`
	First    eventlog.Revision `json:"first,omitempty"`
}

// restore moves the entry to the stream's snapshot if there is one that is
// right and further on. Anything else leaves the entry as it is. It reports
// whether there was an answer.
func (r *Repository[S, E]) restore(ctx context.Context, e *entry[S]) (answered bool) {
	if r.Snapshots == nil {
		return true
	}
	brief, cancel := context.WithTimeout(ctx, snapshotTimeout)
	defer cancel()
	s, found, err := r.Snapshots.Load(brief, e.stream)
	if err != nil {
		return false
	}
	if found && s.Revision > e.at() && r.genuine(ctx, s) {
		r.jump(e, s)
	}
	return true
}

// jump moves the entry to a snapshot, if that decodes.
func (r *Repository[S, E]) jump(e *entry[S], s Snapshot) {
	var state S
	var receipts ring
	c := content[S]{State: &state}
	if json.Unmarshal(s.State, &c) != nil || c.State == nil || receipts.UnmarshalBinary(c.Receipts) != nil {
		return
	}
	for _, rc := range receipts.receipts {
		r.Keys.add(e.stream, rc)
	}
	e.state, e.receipts, e.first = *c.State, receipts, c.First
	e.position, e.event, e.saved = s.Position, s.Event, s.Revision
	e.revision.Store(int64(s.Revision))
}

// genuine reports whether the snapshot is of this log and this fold: the store
// may have been replaced, or set back, since it was taken.
func (r *Repository[S, E]) genuine(ctx context.Context, s Snapshot) bool {
	store, err := r.store(ctx)
	if err != nil || s.Store != store || s.Fold != r.agg.Version {
		return false
	}
	for recorded, err := range r.Log.ReadStream(ctx, s.Stream, s.Revision, 1) {
		return err == nil && recorded.ID == s.Event && recorded.Position == s.Position
	}
	return false
}

// offer hands a snapshot of the entry to the port, which may lose it.
func (r *Repository[S, E]) offer(ctx context.Context, e *entry[S]) {
	e.saved = e.at()
	store, err := r.store(ctx)
	if err != nil {
		return
	}
	receipts, err := e.receipts.MarshalBinary()
	if err != nil {
		return
	}
	state, err := json.Marshal(content[S]{State: &e.state, Receipts: receipts, First: e.first})
	if err != nil {
		return
	}
	r.Snapshots.Save(Snapshot{
		Stream: e.stream, Revision: e.at(), Position: e.position, Event: e.event,
		Fold: r.agg.Version, Store: store, State: state,
	})
}

var errEmptyLog = errors.New("event log has no events")

// store returns the log's identity, which is read once.
func (r *Repository[S, E]) store(ctx context.Context) (uuid.UUID, error) {
	if id := r.identity.Load(); id != nil {
		return *id, nil
	}
	id, err := eventlog.Identity(ctx, r.Log, domain.StreamPrefix)
	if err != nil {
		return id, fmt.Errorf("read the log's identity: %w", err)
	}
	if id == uuid.Nil {
		return id, errEmptyLog
	}
	r.identity.Store(&id)
	return id, nil
}
