package eventnode

import "parley/domain/eventlog"

// numbering is the rule by which this log numbers its events: first, then one
// every stride. Nobody outside may rely on it; inside it shows a missing row.
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

// before returns the position of the event before an event's, or Start.
func (n numbering) before(position eventlog.Position) eventlog.Position {
	return n.last(position - 1)
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
