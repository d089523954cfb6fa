package eventstore

import (
	"sync/atomic"

	"parley/domain/eventlog"
)

// placeBits is how many places are kept, as a power of two.
const placeBits = 12

// places remembers some thousands of the positions that the log handed out last:
// they are known to be good without asking. It forgets one when another falls
// into its slot.
type places struct {
	slots [1 << placeBits]atomic.Uint64
}

// add remembers a position.
func (p *places) add(at eventlog.Position) { p.slot(at).Store(uint64(at)) }

// has reports whether a position is remembered. The start is no event's.
func (p *places) has(at eventlog.Position) bool {
	return at != eventlog.Start && p.slot(at).Load() == uint64(at)
}

// slot spreads positions evenly, whatever the distance between two of them.
func (p *places) slot(at eventlog.Position) *atomic.Uint64 {
	const goldenRatio = 0x9E3779B97F4A7C15
	return &p.slots[uint64(at)*goldenRatio>>(64-placeBits)]
}
