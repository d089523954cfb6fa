package persistent

import (
	"context"

	"parley/adapters/eventnode"
)

// feed reads a group's source forwards, a page whenever it is asked.
type feed interface {
	// read returns at most count events, at least one or the news that some were
	// passed over. It waits for them until the context ends.
	read(ctx context.Context, count int) (page, error)
}

// allFeed reads all streams.
type allFeed struct {
	node    *eventnode.Node
	key     key
	cursor  *eventnode.Cursor
	rest    []eventnode.Record // pulled and not yet looked at
	live    bool               // there was nothing behind the rest
	match   Matcher            // nil: all
	resolve bool
}

// considered is after how many passed events a page is told of though it is
// empty.
const considered = 1000

func (f *allFeed) read(ctx context.Context, count int) (page, error) {
	var p page
	for !p.full(count) && p.passed < considered {
		more, err := f.step(ctx, &p)
		// What has been read is handed out; the next read meets the error.
		if len(p.items) > 0 || p.passed > 0 {
			err = nil
		}
		if err != nil {
			return p, err
		}
		if !more && (len(p.items) > 0 || p.passed > 0) {
			break
		}
		if !more {
			if err := f.cursor.Wait(ctx); err != nil {
				return p, err
			}
		}
	}
	p.live = f.live && len(f.rest) == 0
	return p, nil
}

// step looks at the next event, or fetches some; it reports false if there are
// none for now.
func (f *allFeed) step(ctx context.Context, p *page) (bool, error) {
	if len(f.rest) == 0 {
		return f.pull(ctx)
	}
	err := f.take(ctx, p)
	return err == nil, err
}

// pull fetches the next events and reports whether there were any.
func (f *allFeed) pull(ctx context.Context) (bool, error) {
	pulled, err := f.cursor.Pull(ctx)
	if err != nil {
		return false, err
	}
	f.rest, f.live = pulled.Records, pulled.Live
	return len(f.rest) > 0, nil
}

// take looks at the next event.
func (f *allFeed) take(ctx context.Context, p *page) error {
	record := f.rest[0]
	if f.key.ignores(&record) {
		f.rest, p.reached = f.rest[1:], int64(record.Position)
		return nil
	}
	if f.match != nil && !f.match(&record) {
		f.rest, p.reached = f.rest[1:], int64(record.Position)
		p.passed++
		return nil
	}
	it := &item{at: int64(record.Position), Event: Event{Original: record}}
	if err := resolve(ctx, f.node, f.resolve, &it.Event); err != nil {
		return err
	}
	f.rest, p.reached = f.rest[1:], it.at
	p.add(it)
	return nil
}

// resolve follows a link if that is wanted.
func resolve(ctx context.Context, node *eventnode.Node, wanted bool, e *Event) error {
	if !wanted || !e.Original.IsLink() {
		return nil
	}
	return follow(ctx, node, e)
}

// follow finds the target of a link. A target that is gone is no error.
func follow(ctx context.Context, node *eventnode.Node, e *Event) error {
	target, ok, err := node.Resolve(ctx, e.Original)
	e.Resolved = true
	if ok {
		e.Target = &target
	}
	return err
}
