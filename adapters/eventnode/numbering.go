package eventnode

import (
	"fmt"

	"parley/domain/eventlog"
)

// numbering is the rule by which this log numbers its events: first, then one
// every stride. Nobody outside may rely on it; inside it shows a missing row, and a
// number that is no event's.
type numbering struct{ first, stride eventlog.Position }

// next returns the position of the event that follows the position.
func (n numbering) next(after eventlog.Position) eventlog.Position {
	if after < n.first {
		return n.first
	}
	return n.first + ((after-n.first)/n.stride+1)*n.stride
}

// last returns the position of the last event at or before the position, or
// Start when there is none.
func (n numbering) last(upTo eventlog.Position) eventlog.Position {
	if upTo < n.first {
		return eventlog.Start
	}
	return n.first + (upTo-n.first)/n.stride*n.stride
}

// before returns the position of the last event before a position, or Start.
func (n numbering) before(position eventlog.Position) eventlog.Position {
	if position <= n.first {
		return eventlog.Start
	}
	return n.last(position - 1)
}

// back returns the position that is so many events before an event's, or Start.
func (n numbering) back(position eventlog.Position, events int64) eventlog.Position {
	if events >= n.between(eventlog.Start, position) {
		return eventlog.Start
	}
	return position - eventlog.Position(events)*n.stride
}

// between returns how many events are behind a position up to another.
func (n numbering) between(after, upTo eventlog.Position) int64 {
	if upTo < n.first || upTo <= after {
		return 0
	}
	return int64(n.last(upTo)-n.next(after))/int64(n.stride) + 1
}

// has reports whether an event may have the position.
func (n numbering) has(position eventlog.Position) bool {
	return position >= n.first && n.last(position) == position
}

// highStart is what a log with gaps begins behind.
const highStart = 1 << 32

// numbering is how a new log is numbered.
func (c *Config) numbering() numbering {
	n := numbering{first: eventlog.Position(c.FirstPosition), stride: eventlog.Position(max(1, c.Stride))}
	switch {
	case n.first > 0:
	case c.Stride > 0:
		n.first = highStart + n.stride
	default:
		n.first = 1
	}
	return n
}

// NumberingError refuses to open a log whose positions are not as the configuration
// has them: First is its first, and one follows every Stride.
type NumberingError struct{ First, Stride uint64 }

// Error implements error.
func (e *NumberingError) Error() string {
	return fmt.Sprintf("the event log has a position every %d from %d on, and keeps them", e.Stride, e.First)
}

// fits returns a [NumberingError] where the configuration says another numbering
// than the log has.
func (n numbering) fits(c *Config) error {
	if c.FirstPosition > 0 && eventlog.Position(c.FirstPosition) != n.first ||
		c.Stride > 0 && eventlog.Position(c.Stride) != n.stride {
		return &NumberingError{First: uint64(n.first), Stride: uint64(n.stride)}
	}
	return nil
}
