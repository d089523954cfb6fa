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

// count returns how many events lie behind one position, up to another.
func (n numbering) count(after, upTo eventlog.Position) int {
	next := n.next(after)
	if upTo < next {
		return 0
	}
	return int((upTo-next)/n.stride) + 1
}
