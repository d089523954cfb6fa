package eventnode

import (
	"context"
	"fmt"

	"parley/domain/eventlog"
)

// Head returns the position of the last durable event, or Start.
func (n *Node) Head() eventlog.Position { return n.tail.durable() }

// End implements [eventlog.Log].
func (n *Node) End(ctx context.Context) (eventlog.Position, error) {
	return n.Head(), n.readable(ctx)
}

// known fails with [eventlog.ErrNoSuchPosition] unless the position is Start or an
// event's that is durable, be it scavenged.
func (n *Node) known(position eventlog.Position) error {
	if position == eventlog.Start || position <= n.Head() && n.store.numbering.has(position) {
		return nil
	}
	return fmt.Errorf("position %d: %w", position, eventlog.ErrNoSuchPosition)
}

// Preceding returns the position behind which the event at a position is the next:
// that of the event before it, or Start; of Start it is Start. Any other number
// fails with [eventlog.ErrNoSuchPosition].
func (n *Node) Preceding(position eventlog.Position) (eventlog.Position, error) {
	return n.store.numbering.before(position), n.known(position)
}

// Between returns how many events, scavenged ones among them, lie behind a position
// up to another.
func (n *Node) Between(after, upTo eventlog.Position) int64 {
	return n.store.numbering.between(after, upTo)
}

// Back returns the position that is so many events before an event's, or Start.
func (n *Node) Back(position eventlog.Position, events int64) eventlog.Position {
	return n.store.numbering.back(position, events)
}

// At implements [eventlog.Log].
func (n *Node) At(ctx context.Context, position eventlog.Position) (eventlog.Recorded, error) {
	record, err := n.at(ctx, position)
	if err != nil {
		return eventlog.Recorded{}, fmt.Errorf("read event at %d: %w", position, err)
	}
	return record.Recorded, nil
}

func (n *Node) at(ctx context.Context, position eventlog.Position) (Record, error) {
	if err := n.readable(ctx); err != nil {
		return Record{}, err
	}
	if err := n.known(position); err != nil || position == eventlog.Start {
		return Record{}, eventlog.ErrNoSuchPosition
	}
	records, err := n.store.allForwards(ctx, n.store.numbering.before(position), position, 1)
	if err != nil {
		return Record{}, n.explain(ctx, err)
	}
	if records[0].scavenged() {
		return Record{}, eventlog.ErrGone
	}
	return records[0], nil
}
