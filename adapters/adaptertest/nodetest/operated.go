// Package nodetest gives tests of an event log over a node what the operator of
// the node can do.
package nodetest

import (
	"context"
	"io"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// Operated is an event log over a node, in process or over the wire, whose operator
// has the node at hand.
type Operated struct {
	eventlog.Log
	Node *eventnode.Node
}

// Close closes the log.
func (o Operated) Close() error { return o.Log.(io.Closer).Close() }

// Delete deletes a stream, which may be written again.
func (o Operated) Delete(ctx context.Context, stream string) error {
	_, err := o.Node.Delete(ctx, stream, eventnode.Any)
	return err
}

// Tombstone deletes a stream for ever.
func (o Operated) Tombstone(ctx context.Context, stream string) error {
	_, err := o.Node.Tombstone(ctx, stream, eventnode.Any)
	return err
}

// Scavenge removes what may go.
func (o Operated) Scavenge(ctx context.Context) error {
	_, err := o.Node.Scavenge(ctx, nil)
	return err
}
