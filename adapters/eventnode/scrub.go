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

// scrubRound checks everything up to the present end. It gives up when the file
// cannot be read now.
func (n *Node) scrubRound(ctx context.Context, rate int) bool {
	head := n.tail.durable()
	for at := eventlog.Start; at < head; {
		seen := n.tail.durable()
		to, bytes, found, err := n.store.checkPage(ctx, at, head, scrubPage)
		if err != nil {
			return false
		}
		at = to
		n.health.passed(at, found)
		rest := time.Duration(bytes) * time.Second / time.Duration(rate)
		if n.tail.durable() != seen {
			rest *= scrubYield
		}
		if pause(ctx, rest) != nil {
			return false
		}
	}
	return true
}
