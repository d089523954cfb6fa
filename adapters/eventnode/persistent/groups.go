package persistent

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// What happens to groups and their consumers.
var (
	ErrExists  = errors.New("the group exists")
	ErrMissing = errors.New("there is no such group")
	// ErrDropped ends a consumer whose group was changed, deleted or restarted.
	ErrDropped = errors.New("the consumer was dropped")
	// ErrClosed ends everything when the groups are closed.
	ErrClosed = eventlog.ErrClosed

	errDeleted = errors.New("the group was deleted")
)

// outward is the reason as consumers are told it.
func outward(reason error) error {
	if errors.Is(reason, errDeleted) {
		return ErrDropped
	}
	return reason
}

// Options say what groups need beside the node.
type Options struct {
	// Compile makes a matcher of a filter, or says what is wrong with it.
	Compile func(Filter) (Matcher, error)
	Clock   Clock        // default: the wall clock
	Logger  *slog.Logger // default: nothing is logged
}

// Groups are all persistent subscriptions of one node. All methods are safe for
// concurrent use. Nothing runs and nothing is read before they are first used.
type Groups struct {
	node *eventnode.Node
	opts Options

	mu      sync.Mutex // held while anything is changed
	loaded  bool
	closed  bool
	entries map[key]*entry
	running map[key]*group // those that have been used
}

// New returns the groups of a node, which must outlive them.
func New(node *eventnode.Node, opts Options) *Groups {
	if opts.Clock == nil {
		opts.Clock = wallClock{}
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	return &Groups{node: node, opts: opts, running: map[key]*group{}}
}

// Close writes how far each group has come and drops all consumers with
// [ErrClosed]. It must be called before the node is closed.
func (g *Groups) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	g.stopAll(ErrClosed)
}

// Restart drops all consumers and reads everything anew.
func (g *Groups) Restart(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.load(ctx); err != nil {
		return err
	}
	g.stopAll(ErrDropped)
	g.loaded = false
	return g.load(ctx)
}

// stopAll stops all groups at the same time.
func (g *Groups) stopAll(reason error) {
	for _, running := range g.running {
		running.end(reason)
	}
	for k, running := range g.running {
		running.stop(reason)
		delete(g.running, k)
	}
}

// load reads the configuration once.
func (g *Groups) load(ctx context.Context) (err error) {
	if g.closed {
		return ErrClosed
	}
	if g.loaded {
		return nil
	}
	g.entries, err = readConfig(ctx, g.node)
	g.loaded = err == nil
	return err
}

// find returns a group, running.
func (g *Groups) find(ctx context.Context, source Source, name string) (*group, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.load(ctx); err != nil {
		return nil, err
	}
	return g.start(ctx, key{source, name})
}

func (g *Groups) start(ctx context.Context, k key) (*group, error) {
	e, ok := g.entries[k]
	if !ok {
		return nil, ErrMissing
	}
	if running := g.running[k]; running != nil {
		return running, nil
	}
	started := &group{records: records{g.node, k}, entry: e, clock: g.opts.Clock, logger: g.opts.Logger}
	from, err := started.begin(ctx, e)
	if err != nil {
		return nil, err
	}
	if started.feed, err = g.feed(e, from.after); err != nil {
		return nil, err
	}
	if err := started.run(from); err != nil {
		return nil, err
	}
	g.running[k] = started
	return started, nil
}

func (g *Groups) feed(e *entry, after int64) (feed, error) {
	if e.Source != All {
		return newStreamFeed(g.node, e, after), nil
	}
	f := &allFeed{node: g.node, key: e.key(), cursor: g.node.Cursor(eventlog.Position(max(0, after))), resolve: e.Settings.ResolveLinks}
	var err error
	if e.Filter != nil {
		f.match, err = g.opts.Compile(*e.Filter)
	}
	return f, err
}
