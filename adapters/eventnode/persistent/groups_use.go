package persistent

import (
	"cmp"
	"context"
	"errors"
	"slices"
)

// Connect adds a consumer that may have so many events in flight, at least 1.
// It fails with [ErrMissing] or [ErrFull]. The consumer must be closed.
func (g *Groups) Connect(ctx context.Context, source Source, name string, who Identity, buffer int) (*Consumer, error) {
	for {
		found, err := g.find(ctx, source, name)
		if err != nil {
			return nil, err
		}
		c := &Consumer{group: found, member: newMember(who, buffer), outbox: newOutbox()}
		c.member.outbox = c.outbox
		var refused error
		err = found.do(ctx, func(m *machine) { refused = m.join(c.member) })
		if !stopped(found, err) {
			return c, cmp.Or(err, refused)
		}
	}
}

// stopped says that a call failed because the group was stopped meanwhile; it is
// there again, or missing, or the groups are closed.
func stopped(g *group, err error) bool {
	return err != nil && errors.Is(err, outward(context.Cause(g.life)))
}

// Replay gives parked events to consumers again: all that there are, or those
// below a revision of the parked stream if stopAt is not negative. An event is
// gone from there only when it has been handled.
func (g *Groups) Replay(ctx context.Context, source Source, name string, stopAt int64) error {
	for {
		found, err := g.find(ctx, source, name)
		if err != nil {
			return err
		}
		if err := found.do(ctx, func(m *machine) { m.replay(stopAt) }); !stopped(found, err) {
			return err
		}
	}
}

// Info returns how a group stands.
func (g *Groups) Info(ctx context.Context, source Source, name string) (Info, error) {
	for {
		found, err := g.find(ctx, source, name)
		if err != nil {
			return Info{}, err
		}
		// A source that cannot be read has no last event.
		known, err := lastOf(ctx, g.node, source)
		if err != nil {
			known = -1
		}
		var i Info
		err = found.do(ctx, func(m *machine) { i = m.info(known, found.clock.Now()) })
		if !stopped(found, err) {
			i.Source, i.Name, i.Start = source, name, found.entry.Start
			return i, err
		}
	}
}

// List returns how all groups of a source stand, or of every source if it is
// empty, by name.
func (g *Groups) List(ctx context.Context, source Source) ([]Info, error) {
	keys, err := g.keys(ctx, source)
	if err != nil {
		return nil, err
	}
	var all []Info
	for _, k := range keys {
		i, err := g.Info(ctx, k.source, k.group)
		if errors.Is(err, ErrMissing) {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, nil
}

func (g *Groups) keys(ctx context.Context, source Source) ([]key, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.load(ctx); err != nil {
		return nil, err
	}
	var keys []key
	for k := range g.entries {
		if source == "" || k.source == source {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.group, b.group))
	})
	return keys, nil
}
