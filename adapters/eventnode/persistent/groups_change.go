package persistent

import (
	"context"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// Proposal is a group as a client wants it. Filter is for [All] only. By is who
// asks.
type Proposal struct {
	Source   Source
	Group    string
	Settings Settings
	Start    Start
	Filter   *Filter
	By       string
}

// Create makes a group. It fails with [ErrExists] or a [SettingsError].
func (g *Groups) Create(ctx context.Context, p Proposal) error {
	if err := p.Settings.validate(); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.load(ctx); err != nil {
		return err
	}
	e := &entry{Source: p.Source, Group: p.Group, Settings: p.Settings, Start: p.Start, Filter: p.Filter, By: p.By}
	if _, ok := g.entries[e.key()]; ok {
		return ErrExists
	}
	if _, err := g.feed(e, 0); err != nil {
		return err
	}
	if err := g.place(ctx, e); err != nil {
		return err
	}
	var err error
	if e.ParkedFrom, err = (records{g.node, e.key()}).parkedEnd(ctx); err != nil {
		return err
	}
	if e.created, err = writeConfig(ctx, g.node, groupSet, e); err != nil {
		return err
	}
	g.entries[e.key()] = e
	return nil
}

// Update changes settings and start of a group and drops its consumers. A group
// that has a checkpoint goes on from there, any other from the new start.
func (g *Groups) Update(ctx context.Context, p Proposal) error {
	if err := p.Settings.validate(); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.load(ctx); err != nil {
		return err
	}
	k := key{p.Source, p.Group}
	before, ok := g.entries[k]
	if !ok {
		return ErrMissing
	}
	e := *before
	e.Settings, e.Start, e.By = p.Settings, p.Start, p.By
	if err := g.place(ctx, &e); err != nil {
		return err
	}
	if _, err := writeConfig(ctx, g.node, groupSet, &e); err != nil {
		return err
	}
	g.entries[k] = &e
	g.stop(k, ErrDropped)
	return nil
}

// Delete ends a group for good and drops its consumers.
func (g *Groups) Delete(ctx context.Context, source Source, name, by string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.load(ctx); err != nil {
		return err
	}
	k := key{source, name}
	if _, ok := g.entries[k]; !ok {
		return ErrMissing
	}
	if _, err := writeConfig(ctx, g.node, groupDeleted, &entry{Source: source, Group: name, By: by}); err != nil {
		return err
	}
	delete(g.entries, k)
	g.stop(k, errDeleted)
	if err := (records{g.node, k}).clear(ctx); err != nil {
		g.opts.Logger.Warn("streams of a deleted persistent subscription are left", "source", source, "group", name, "error", err)
	}
	return nil
}

func (g *Groups) stop(k key, reason error) {
	if running := g.running[k]; running != nil {
		running.stop(reason)
		delete(g.running, k)
	}
}

// place sets up to where events are none of the group's concern.
func (g *Groups) place(ctx context.Context, e *entry) (err error) {
	switch {
	case e.Start.End:
		e.After, err = lastOf(ctx, g.node, e.Source)
	case e.Source == All:
		return g.placeInAll(e)
	default:
		e.After = e.Start.At - 1
	}
	return err
}

// placeInAll refuses a start above the end of all streams. One that is no event's is
// kept as it is: the real server finds out when it reads there.
func (g *Groups) placeInAll(e *entry) error {
	at := eventlog.Position(e.Start.At)
	if at > g.node.Head() {
		return &SettingsError{"Invalid Start From position"}
	}
	before, err := g.node.Preceding(at)
	if err != nil {
		before = at
	}
	e.After = int64(before)
	return nil
}

// lastOf returns the last revision of a stream, or the last position; -1 or 0 if
// there is none.
func lastOf(ctx context.Context, node *eventnode.Node, source Source) (int64, error) {
	if source == All {
		return int64(node.Head()), nil
	}
	last, ok, err := (records{node: node}).last(ctx, string(source))
	if err != nil || !ok {
		return int64(eventlog.NoStream), err
	}
	return int64(last.Revision), nil
}
