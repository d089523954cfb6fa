package eventnode

import (
	"context"
	"fmt"

	"parley/domain/eventlog"
)

// Submitted is an append that the writer will decide.
type Submitted struct {
	node    *Node
	request *request
}

// Submit is the first half of [Node.AppendExpecting]: it checks an append, copies
// it and queues it, and waits only while the queue is full. What one goroutine
// submits is decided in that order, so that an append may rest on one that has
// not been answered yet.
func (n *Node) Submit(ctx context.Context, stream string, expected Expectation, events []Event) (*Submitted, error) {
	r := &request{stream: stream, expected: expected, answer: make(chan answer, 1)}
	if err := r.check(events); err != nil {
		return nil, err
	}
	r.events = clone(events, r.size)
	if err := n.enqueue(ctx, r); err != nil {
		return nil, err
	}
	return &Submitted{n, r}, nil
}

// Wait is the second half: it returns what has become of the append, with the
// errors of [Node.AppendExpecting]. When its context ends first it returns at
// once, and the append may still take place. It must be called at most once.
func (s *Submitted) Wait(ctx context.Context) (eventlog.Appended, error) {
	return s.node.await(ctx, s.request)
}

// enqueue hands a request to the writer.
func (n *Node) enqueue(ctx context.Context, r *request) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("append events: %w", err)
	}
	select {
	case <-n.closing:
		return eventlog.ErrClosed
	default:
	}
	select {
	case n.queue <- r:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("append events: %w", ctx.Err())
	case <-n.closing:
		return eventlog.ErrClosed
	}
}
