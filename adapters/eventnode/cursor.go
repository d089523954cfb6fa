package eventnode

import (
	"context"

	"parley/domain/eventlog"
)

// Page is a run of records behind a cursor. Position is how far the cursor has
// come; Live says that nothing more was there.
type Page struct {
	Records  []Record
	Position eventlog.Position
	Live     bool
}

// Cursor reads the log forwards and waits at its end: recent events from
// memory, older ones from the file, without gap or double. It has one reader.
type Cursor struct {
	node   *Node
	at     eventlog.Position
	grew   <-chan struct{}
	coming ahead // the page behind at, while the file is being caught up with
}

// Cursor returns a cursor behind a position (exclusive). It holds nothing that
// must be released.
func (n *Node) Cursor(after eventlog.Position) *Cursor { return &Cursor{node: n, at: after} }

// Pull returns what is there now, at most MaxBatchEvents and MaxBatchBytes, or
// an empty page at the end.
func (c *Cursor) Pull(ctx context.Context) (Page, error) {
	for {
		page, err := c.pull(ctx)
		read := len(page.Records)
		page.Records = present(page.Records)
		if len(page.Records) > 0 || read == 0 || page.Live || err != nil {
			return page, err
		}
	}
}

// pull is Pull, with what has been scavenged.
func (c *Cursor) pull(ctx context.Context) (Page, error) {
	if err := c.node.readable(ctx); err != nil {
		return Page{Position: c.at}, err
	}
	v := c.node.tail.after(c.at)
	c.grew = v.grew
	records, coming := v.records, c.coming
	c.coming = nil
	if !v.covered {
		var err error
		records, err = c.file(ctx, coming, v.head)
		// What is whole before a damage is handed out; the next Pull meets it.
		if err != nil && len(records) == 0 {
			return Page{Position: c.at}, c.node.explain(ctx, err)
		}
	}
	if len(records) > 0 {
		c.at = records[len(records)-1].Position
	}
	if !v.covered && len(records) == pageEvents {
		c.coming = c.ahead(context.WithoutCancel(ctx), v.head)
	}
	return Page{Records: records, Position: c.at, Live: c.at >= v.head}, nil
}

// file returns the page that has been read ahead, if there is one, else reads it.
func (c *Cursor) file(ctx context.Context, coming ahead, head eventlog.Position) ([]Record, error) {
	if coming != nil {
		return coming.wait(ctx)
	}
	return c.node.store.allForwards(ctx, c.at, head, pageEvents)
}

// ahead begins to read the next page.
func (c *Cursor) ahead(ctx context.Context, head eventlog.Position) ahead {
	node, at := c.node, c.at
	return readAhead(func() ([]Record, error) { return node.store.allForwards(ctx, at, head, pageEvents) })
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
