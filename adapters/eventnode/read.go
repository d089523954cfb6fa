package eventnode

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"

	"parley/domain/eventlog"
)

// pageEvents is how many events are read from the file at once.
const pageEvents = eventlog.MaxBatchEvents

// ReadStream implements [eventlog.Log].
func (n *Node) ReadStream(ctx context.Context, stream string, from eventlog.Revision, limit int) iter.Seq2[eventlog.Recorded, error] {
	return recorded(n.Stream(ctx, stream, max(0, from), limit), "")
}

// ReadAll implements [eventlog.Log].
func (n *Node) ReadAll(ctx context.Context, after eventlog.Position, prefix string, limit int) iter.Seq2[eventlog.Recorded, error] {
	return func(yield func(eventlog.Recorded, error) bool) {
		given, first := 0, pageEvents
		if limit > 0 {
			first = min(limit, pageEvents)
		}
		for r, err := range recorded(n.all(ctx, after, first, own(prefix)), prefix) {
			given++
			if !yield(r, err) || given == limit {
				return
			}
		}
	}
}

// Trouble implements [eventlog.Log]. A node in process is never out of reach, but its
// disk may take no writes.
func (n *Node) Trouble() eventlog.Trouble { return n.health.trouble() }

// OnReplaced implements [eventlog.Log]. Nobody can put another log into the place
// of one that this process holds.
func (n *Node) OnReplaced(func()) {}

// All yields the records of all streams behind a position up to the end at the
// time of the call. Like every reader it passes over what has been scavenged. With
// prefixes it may pass over records whose streams begin with none of them; that it
// does where all of them are the product's, so that others' events cost nothing.
// Where the position is no event's it fails with [eventlog.ErrNoSuchPosition].
func (n *Node) All(ctx context.Context, after eventlog.Position, prefixes ...string) iter.Seq2[Record, error] {
	return n.all(ctx, after, pageEvents, ownOnly(prefixes))
}

// all is All with a first page of so many records, for who may want no more; each
// further one has twice as many, up to whole pages.
func (n *Node) all(ctx context.Context, after eventlog.Position, first int, ownOnly bool) iter.Seq2[Record, error] {
	head, refused := n.Head(), n.known(after)
	return n.pages(ctx, 0, func() pager {
		at, most := after, first
		return func(size int) ([]Record, error) {
			for at < head && refused == nil {
				s, err := n.store.forwards(ctx, ownOnly, at, head, min(size, most))
				at, most = s.to, min(2*most, pageEvents)
				if page := present(s.records); len(page) > 0 || err != nil {
					return page, err
				}
			}
			return nil, refused
		}
	})
}

// AllBackwards yields the records of all streams before a position (exclusive),
// newest first; a position above the end means the end. Where it is no event's and
// not above the end it fails with [eventlog.ErrNoSuchPosition].
func (n *Node) AllBackwards(ctx context.Context, before eventlog.Position) iter.Seq2[Record, error] {
	last, refused := n.Head(), error(nil)
	if before <= last {
		last, refused = n.store.numbering.before(before), n.known(before)
	}
	return n.pages(ctx, 0, func() pager {
		upTo := last
		return func(size int) ([]Record, error) {
			for upTo > eventlog.Start && refused == nil {
				page, err := n.store.allBackwards(ctx, upTo, size)
				upTo = eventlog.Start
				if len(page) > 0 {
					upTo = n.store.numbering.before(page[len(page)-1].Position)
				}
				if page = present(page); len(page) > 0 || err != nil {
					return page, err
				}
			}
			return nil, refused
		}
	})
}

// pager returns the next page of at most size records, empty at the end.
type pager func(size int) ([]Record, error)

// pages yields page after page until one is empty. A page is wholly in memory
// while it is yielded, and after a full one the next is read meanwhile: no
// connection is held, whatever the caller does. Each range over it reads anew.
func (n *Node) pages(ctx context.Context, limit int, begin func() pager) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		next, left := begin(), limit
		if limit <= 0 {
			left = math.MaxInt
		}
		var coming ahead[[]Record]
		for left > 0 {
			page, err := n.nextPage(ctx, next, coming, min(left, pageEvents))
			left -= len(page)
			if coming = nil; err == nil && len(page) == pageEvents && left > 0 {
				size := min(left, pageEvents)
				coming = readAhead(func() ([]Record, error) { return next(size) })
			}
			for _, r := range page {
				if !yield(r, nil) {
					return
				}
			}
			if err != nil {
				yield(Record{}, err)
				return
			}
			if len(page) == 0 {
				return
			}
		}
	}
}

// nextPage returns the page that has been read ahead, if there is one, else
// reads it.
func (n *Node) nextPage(ctx context.Context, next pager, coming ahead[[]Record], size int) (page []Record, err error) {
	if err := n.readable(ctx); err != nil {
		return nil, err
	}
	if coming != nil {
		page, err = coming.wait(ctx)
	} else {
		page, err = next(size)
	}
	return page, n.explain(ctx, err)
}

// recorded yields the port's view of the records whose stream has the prefix.
func recorded(records iter.Seq2[Record, error], prefix string) iter.Seq2[eventlog.Recorded, error] {
	return func(yield func(eventlog.Recorded, error) bool) {
		for r, err := range records {
			if err == nil && !hasPrefix(r.Stream, prefix) {
				continue
			}
			if !yield(r.Recorded, ended(err)) {
				return
			}
		}
	}
}

func hasPrefix(s, prefix string) bool { return len(s) >= len(prefix) && s[:len(prefix)] == prefix }

// readable returns why nothing can be read now, if so.
func (n *Node) readable(ctx context.Context) error {
	if n.closed() {
		return eventlog.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("read events: %w", err)
	}
	return nil
}

// explain turns an error of the file into one of the port.
func (n *Node) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if reason := n.readable(ctx); reason != nil {
		return reason
	}
	if _, ok := errors.AsType[*eventlog.DamagedError](err); ok {
		return err
	}
	if _, ok := errors.AsType[*StreamDeletedError](err); ok || errors.Is(err, eventlog.ErrNoSuchPosition) {
		return err
	}
	if damaged(err) {
		return &eventlog.DamagedError{Reason: err.Error()}
	}
	return unavailable(err)
}
