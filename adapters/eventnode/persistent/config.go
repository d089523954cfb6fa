package persistent

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// configStream holds every change to every group, one event each.
const configStream = "$persistentSubscriptionConfig"

// The types of these events.
const (
	groupSet     = "$PersistentSubscriptionSet"
	groupDeleted = "$PersistentSubscriptionDeleted"
)

// entry is a group as the config stream has it.
type entry struct {
	Source   Source   `json:"source"`
	Group    string   `json:"group"`
	Settings Settings `json:"settings"`
	Start    Start    `json:"start"`
	Filter   *Filter  `json:"filter,omitempty"`
	By       string   `json:"by,omitempty"` // who changed it
	// After is where the group began: everything up to it is not its concern.
	After int64 `json:"after"`
	// ParkedFrom is the first revision of the parked stream that is the group's
	// and not that of a deleted one of the same name.
	ParkedFrom int64 `json:"parkedFrom,omitempty"`

	// created is the position of the first event about the group. Checkpoints
	// before it are those of a deleted one of the same name.
	created eventlog.Position
}

func (e *entry) key() key { return key{e.Source, e.Group} }

// readConfig folds the config stream.
func readConfig(ctx context.Context, node *eventnode.Node) (map[key]*entry, error) {
	entries := map[key]*entry{}
	for r, err := range node.Stream(ctx, configStream, 0, 0) {
		if err != nil {
			return nil, fmt.Errorf("read groups: %w", err)
		}
		e := &entry{created: r.Position}
		if err := json.Unmarshal(r.Data, e); err != nil {
			return nil, fmt.Errorf("read groups: revision %d: %w", r.Revision, err)
		}
		before := entries[e.key()]
		if r.Type == groupDeleted {
			delete(entries, e.key())
			continue
		}
		if before != nil {
			e.created = before.created
		}
		entries[e.key()] = e
	}
	return entries, nil
}

// writeConfig stores a change. It is carried out whatever happens to the caller.
func writeConfig(ctx context.Context, node *eventnode.Node, kind string, e *entry) (eventlog.Position, error) {
	data, err := json.Marshal(e)
	if err != nil {
		return 0, fmt.Errorf("write group: %w", err)
	}
	change := newEvent(kind, data)
	appended, err := node.AppendExpecting(context.WithoutCancel(ctx), configStream, eventnode.Any, []eventnode.Event{change})
	if err != nil {
		return 0, fmt.Errorf("write group: %w", err)
	}
	return appended.Position, nil
}

func newEvent(kind string, data []byte) (e eventnode.Event) {
	e.ID, e.Type, e.Data = uuid.New(), kind, data
	return e
}
