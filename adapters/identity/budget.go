package identity

import "time"

// budget allows something most times in a row, and once each every after that.
// Its owner guards it.
type budget struct {
	most  int
	every time.Duration

	spent int
	since time.Time // of what is spent, the first that is not yet forgotten
}

// take reports whether it may be done now, and counts it.
func (b *budget) take(now time.Time) bool {
	for b.spent > 0 && now.Sub(b.since) >= b.every {
		b.spent, b.since = b.spent-1, b.since.Add(b.every)
	}
	if b.spent >= b.most {
		return false
	}
	if b.spent == 0 {
		b.since = now
	}
	b.spent++
	return true
}
