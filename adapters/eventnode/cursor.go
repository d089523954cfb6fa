package eventnode

import (
	"context"

	"parley/domain/eventlog"
)

// Page is a part of the log behind a cursor. Position is how far the cursor has
// come; Live says that nothing more was there.
type Page struct {
	Records  []Record
	Position eventlog.Position
	Live     bool
}

// Cursor reads the log forwards and waits at its end: recent events from
// memory, older ones from the file, without gap or double. It has one reader.
type Cursor struct {
	node    *Node
	at      eventlog.Position
	ownOnly bool
	refused error
	grew    <-chan struct{}
	coming  ahead[stretch] // what is behind at, while the file is being caught up with
}

// Cursor returns a cursor behind a position (exclusive). Prefixes are those of All.
// Where the position is no event's, Pull fails with [eventlog.ErrNoSuchPosition].
// It holds nothing that must be released.
func (n *Node) Cursor(after eventlog.Position, prefixes ...string) *Cursor {
	return &Cursor{node: n, at: after, ownOnly: ownOnly(prefixes), refused: n.known(after)}
}

// Pull returns what is there now, at most MaxBatchEvents and MaxBatchBytes, or
// a live page without records at the end.
func (c *Cursor) Pull(ctx context.Context) (Page, error) {
	for {
		page, err := c.pull(ctx)
		page.Records = present(page.Records)
		if len(page.Records) > 0 || page.Live || err != nil {
			return page, err
		}
	}
}

// pull is Pull, with what has been scavenged.
func (c *Cursor) pull(ctx context.Context) (Page, error) {
	if err := c.node.readable(ctx); err != nil {
		return Page{Position: c.at}, err
	}
	if c.refused != nil {
		return Page{}, c.refused
	}
	v := c.node.tail.after(c.at)
	c.grew = v.grew
	s, coming := stretch{records: v.records, to: v.upTo}, c.coming
	c.coming = nil
	if !v.covered {
		var err error
		s, err = c.file(ctx, coming, v.head)
		// What is whole before a damage is handed out; the next Pull meets it.
		if err != nil && s.to <= c.at {
			return Page{Position: c.at}, c.node.explain(ctx, err)
		}
	}
	c.at = s.to
	if s.full {
		c.coming = c.ahead(context.WithoutCancel(ctx), v.head)
	}
	return Page{Records: s.records, Position: c.at, Live: c.at >= v.head}, nil
}

// file returns what has been read ahead, if it was, else reads it.
func (c *Cursor) file(ctx context.Context, coming ahead[stretch], head eventlog.Position) (stretch, error) {
	if coming != nil {
		return coming.wait(ctx)
	}
	return c.node.store.forwards(ctx, c.ownOnly, c.at, head, pageEvents)
}

// ahead begins to read what is next.
func (c *Cursor) ahead(ctx context.Context, head eventlog.Position) ahead[stretch] {
	store, own, at := c.node.store, c.ownOnly, c.at
	return readAhead(func() (stretch, error) { return store.forwards(ctx, own, at, head, pageEvents) })
}

// Wait returns when the log has grown since the last Pull, or an error when the
// context has ended or the node closes.
func (c *Cursor) Wait(ctx context.Context) error {
	if c.grew == nil {
		return c.node.readable(ctx)
	}
	select {
	case <-c.grew:
	case <-ctx.Done():
	case <-c.node.closing:
	}
	return c.node.readable(ctx)
}
