package eventnode

import (
	"context"
	"iter"

	"parley/domain/eventlog"
)

// Stream yields a stream's records from a revision on, at most limit (0: all), as
// far as its metadata lets them be read: earlier ones are passed over. A missing
// or deleted stream yields nothing, a tombstoned one [StreamDeletedError].
func (n *Node) Stream(ctx context.Context, stream string, from eventlog.Revision, limit int) iter.Seq2[Record, error] {
	return n.ofStream(ctx, stream, from, forwards, limit)
}

// StreamBackwards is Stream from a revision down to the first. A revision behind
// the end means the end.
func (n *Node) StreamBackwards(ctx context.Context, stream string, from eventlog.Revision, limit int) iter.Seq2[Record, error] {
	return n.ofStream(ctx, stream, from, backwards, limit)
}

func (n *Node) ofStream(ctx context.Context, stream string, from eventlog.Revision, direction, limit int) iter.Seq2[Record, error] {
	return n.pages(ctx, limit, func() pager {
		w := &window{node: n, stream: stream, next: from, direction: direction}
		return func(size int) ([]Record, error) { return w.page(ctx, size) }
	})
}

// window reads the visible part of one stream, page by page.
type window struct {
	visible
	node      *Node
	stream    string
	next      eventlog.Revision
	direction int
	begun     bool
}

// page returns the next visible records, or none at the end.
func (w *window) page(ctx context.Context, size int) ([]Record, error) {
	if err := w.begin(ctx); err != nil || w.hidden {
		return nil, err
	}
	for w.direction == forwards || w.next >= w.from {
		records, err := w.node.store.stream(ctx, w.stream, w.next, w.direction, size)
		read := len(records)
		if read > 0 {
			w.next = records[read-1].Revision + eventlog.Revision(1-2*w.direction)
		}
		if records = w.young(w.wanted(present(records))); len(records) > 0 || read == 0 || err != nil {
			return records, err
		}
	}
	return nil, nil
}

// begin finds out once, at the first page, what may be read.
func (w *window) begin(ctx context.Context) (err error) {
	if w.begun {
		return nil
	}
	if w.visible, err = w.node.visible(ctx, w.stream); err != nil {
		return err
	}
	if w.begun = true; w.direction == forwards {
		w.next = max(w.next, w.from)
	}
	return nil
}

// wanted cuts off what a page backwards has read below the first visible record.
func (w *window) wanted(records []Record) []Record {
	for len(records) > 0 && records[len(records)-1].Revision < w.from {
		records = records[:len(records)-1]
	}
	return records
}
