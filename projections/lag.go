package projections

import (
	"context"
	"time"

	"parley/domain"
	"parley/domain/eventlog"
)

// askInterval is how often the log is asked how far one projection is behind, at
// most. It is only asked about one that is behind all that was heard.
const askInterval = time.Second

// glance is what the log last said of the event that a projection waits for.
type glance struct {
	asked time.Time
	next  mark // zero: there was none
}

// lag returns how far a position is behind the last event of the product, and the
// age of the first one behind it.
func (b *Board) lag(ctx context.Context, name string, at eventlog.Position) (uint64, time.Duration) {
	b.mu.Lock()
	next, found, known := b.heard.next(at)
	end := b.heard.end()
	b.mu.Unlock()
	if !known {
		next = b.glance(ctx, name, at)
		found = next.position > at
	}
	if !found {
		return 0, 0
	}
	return uint64(max(end, next.position) - at), max(0, time.Since(next.at))
}

// glance returns the first event behind a position as the log knows it, or knew it
// a moment ago.
func (b *Board) glance(ctx context.Context, name string, at eventlog.Position) mark {
	b.mu.Lock()
	last, era := b.entries[name].behind, b.era
	b.mu.Unlock()
	if last.next.position > at || time.Since(last.asked) < askInterval || ctx.Err() != nil {
		return last.next
	}
	now := glance{asked: time.Now()}
	for e, err := range b.log.ReadAll(ctx, at, domain.StreamPrefix, 1) {
		if err != nil {
			now.next = last.next
			break
		}
		now.next = mark{e.Position, e.RecordedAt}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.era == era {
		b.entries[name].behind = now
		if now.next.position > at {
			b.heard.leads(at, now.next.position)
		}
	}
	return now.next
}
