package eventnode

import (
	"context"
	"errors"
	"time"

	"parley/domain/eventlog"
)

// retryRead is how long a follower waits before it reads again after the file
// could not be read.
const retryRead = 200 * time.Millisecond

// Follow implements [eventlog.Log].
func (n *Node) Follow(ctx context.Context, after eventlog.Position, prefix string) (eventlog.Subscription, error) {
	if err := n.readable(ctx); err != nil {
		return nil, err
	}
	f := &follower{cursor: n.Cursor(after, prefix), prefix: prefix, at: after}
	f.ended, f.end = context.WithCancel(context.Background())
	return f, nil
}

// follower is a cursor that hands out the streams of one prefix.
type follower struct {
	cursor *Cursor
	prefix string
	at     eventlog.Position // of the last batch
	live   bool              // the last batch said so
	ended  context.Context
	end    context.CancelFunc
}

// Close implements [eventlog.Subscription].
func (f *follower) Close() { f.end() }

// Next implements [eventlog.Subscription].
func (f *follower) Next(ctx context.Context) (eventlog.Batch, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(f.ended, cancel)()
	batch, err := f.next(ctx)
	if err != nil && f.ended.Err() != nil {
		err = eventlog.ErrClosed
	}
	return batch, err
}

func (f *follower) next(ctx context.Context) (eventlog.Batch, error) {
	for {
		page, err := f.cursor.Pull(ctx)
		switch {
		case errors.Is(err, eventlog.ErrUnavailable):
			err = pause(ctx, retryRead)
		case err != nil:
		case page.Position > f.at || page.Live != f.live:
			f.at, f.live = page.Position, page.Live
			return f.batch(page), nil
		default:
			err = f.cursor.Wait(ctx)
		}
		if err != nil {
			return eventlog.Batch{Position: page.Position}, err
		}
	}
}

func (f *follower) batch(page Page) eventlog.Batch {
	b := eventlog.Batch{Position: page.Position, Live: page.Live}
	if len(page.Records) > 0 {
		b.Events = make([]eventlog.Recorded, 0, len(page.Records))
	}
	for i := range page.Records {
		if hasPrefix(page.Records[i].Stream, f.prefix) {
			b.Events = append(b.Events, page.Records[i].Recorded)
		}
	}
	return b
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
