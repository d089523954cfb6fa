package eventnode

import (
	"context"
	"time"

	"parley/domain/eventlog"
)

// Limits of the background check.
const (
	scrubRate  = 1 << 20 // bytes a second, unless configured
	scrubPage  = 100     // events read at once
	scrubEvery = time.Hour
	scrubYield = 4 // how much slower it goes while events are appended
)

// scrub reads the whole log again and again, slowly, and tells the node's health
// what is damaged. A round begins at most once an hour. It stops when ctx ends.
func (n *Node) scrub(ctx context.Context, rate int) {
	for ctx.Err() == nil {
		began := time.Now()
		if n.scrubRound(ctx, rate) {
			n.health.through()
		}
		_ = pause(ctx, scrubEvery-time.Since(began))
	}
}

// scrubRound checks everything up to the present end, and has the runs noted that
// are not yet. It gives up when the file cannot be read or written now.
func (n *Node) scrubRound(ctx context.Context, rate int) bool {
	head, runs := n.tail.durable(), runSearch{}
	for at := eventlog.Start; at < head; {
		seen := n.tail.durable()
		c, err := n.store.checkPage(ctx, at, head, scrubPage)
		if err != nil {
			return false
		}
		at = c.to
		n.health.passed(at, c.found)
		if runs.look(&c); at >= head || runs.isFull() {
			if n.note(ctx, &runs) != nil {
				return false
			}
		}
		rest := time.Duration(c.bytes()) * time.Second / time.Duration(rate)
		if n.tail.durable() != seen {
			rest *= scrubYield
		}
		if pause(ctx, rest) != nil {
			return false
		}
	}
	return true
}
