package persistent

import (
	"context"
	"errors"
	"math"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// tombstone is the revision of the record that ends a stream for ever.
const tombstone = eventlog.Revision(math.MaxInt64)

// streamFeed reads one stream. One that has come to the stream's end is given a
// tombstone like any other event, as its last; before, a tombstoned stream cannot
// be read. Both is as in the real server.
type streamFeed struct {
	node    *eventnode.Node
	stream  string
	next    eventlog.Revision
	resolve bool
	live    bool              // it has come to the stream's end
	head    eventlog.Position // all of the stream up to here has been read, if live
	ended   bool              // it has given the tombstone
}

func newStreamFeed(node *eventnode.Node, e *entry, after int64) *streamFeed {
	next := min(eventlog.Revision(after), tombstone-1) + 1
	return &streamFeed{node: node, stream: string(e.Source), next: next, resolve: e.Settings.ResolveLinks}
}

func (f *streamFeed) read(ctx context.Context, count int) (page, error) {
	for !f.ended {
		// The head is taken before the stream is read: what is not in the stream
		// then lies behind the head.
		head := f.node.Head()
		p, err := f.page(ctx, count)
		if _, dead := errors.AsType[*eventnode.StreamDeletedError](err); dead && f.live {
			return f.rest(ctx, count)
		}
		if err != nil {
			return p, err
		}
		if p.live {
			f.live, f.head = true, head
		}
		if len(p.items) > 0 {
			return p, nil
		}
		if err := f.await(ctx); err != nil {
			return p, err
		}
	}
	<-ctx.Done()
	return page{}, ctx.Err()
}

func (f *streamFeed) page(ctx context.Context, count int) (p page, err error) {
	for record, err := range f.node.Stream(ctx, f.stream, f.next, count) {
		if err == nil {
			err = f.add(ctx, &p, record)
		}
		if err != nil {
			return p, err
		}
		if p.full(count) {
			break
		}
	}
	p.live = !p.full(count)
	return f.taken(p), nil
}

// rest reads what has come since the end was reached, up to the tombstone, from
// the log: the stream itself can no longer be read.
func (f *streamFeed) rest(ctx context.Context, count int) (p page, err error) {
	for cursor := f.node.Cursor(f.head); !p.full(count) && !p.live; {
		pulled, err := cursor.Pull(ctx)
		if err != nil {
			return p, err
		}
		for i := 0; i < len(pulled.Records) && !p.full(count); i++ {
			record := pulled.Records[i]
			if record.Stream != f.stream || record.Revision < f.next {
				continue
			}
			if err := f.add(ctx, &p, record); err != nil {
				return p, err
			}
			p.live = record.Revision == tombstone
		}
		// The file may have shown the tombstone some moments before it is published.
		if pulled.Live && !p.live && !p.full(count) {
			if err := cursor.Wait(ctx); err != nil {
				return p, err
			}
		}
	}
	f.ended = p.live
	return f.taken(p), nil
}

func (f *streamFeed) add(ctx context.Context, p *page, record eventnode.Record) error {
	it := &item{at: int64(record.Revision), Event: Event{Original: record}}
	if err := resolve(ctx, f.node, f.resolve, &it.Event); err != nil {
		return err
	}
	p.add(it)
	return nil
}

// taken moves behind a page that is handed out.
func (f *streamFeed) taken(p page) page {
	if n := len(p.items); n > 0 {
		p.reached = p.items[n-1].at
		f.next = min(eventlog.Revision(p.reached), tombstone-1) + 1
	}
	return p
}

// await returns when the stream has grown since it was read to its end.
func (f *streamFeed) await(ctx context.Context) error {
	cursor := f.node.Cursor(f.head)
	for {
		p, err := cursor.Pull(ctx)
		if err != nil {
			return err
		}
		for i := range p.Records {
			if p.Records[i].Stream == f.stream {
				return nil
			}
		}
		if !p.Live {
			continue
		}
		if err := cursor.Wait(ctx); err != nil {
			return err
		}
	}
}
