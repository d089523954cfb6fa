package main_test

import (
	"context"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/adapters/adaptertest"
	"parley/adapters/adaptertest/nodetest"
	"parley/adapters/eventstore"
)

// operatedStore is the event log over the wire, whose operator uses the official
// client by himself.
type operatedStore struct {
	*eventstore.Store
	client *esdb.Client
}

// Delete implements adaptertest.Operated.
func (o operatedStore) Delete(ctx context.Context, stream string) error {
	_, err := o.client.DeleteStream(ctx, stream, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}})
	return err
}

// Tombstone implements adaptertest.Operated.
func (o operatedStore) Tombstone(ctx context.Context, stream string) error {
	_, err := o.client.TombstoneStream(ctx, stream, esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}})
	return err
}

// Streams that an operator ends, with any client, keep the port's contract.
func TestEventStore_over_the_wire_keeps_the_contract_of_streams_that_end(t *testing.T) {
	t.Parallel()
	adaptertest.EventLogOperated(t, func(t *testing.T) operatedStore {
		connection := overTheWire(t)
		return operatedStore{openLogAt(t, connection), clientOf(t, connection, nil)}
	})
}

// So does a log of which events are gone.
func TestEventStore_over_the_wire_keeps_the_contract_of_what_is_gone(t *testing.T) {
	t.Parallel()
	adaptertest.EventLogScavenged(t, func(t *testing.T) nodetest.Operated {
		w := startWire(t)
		return nodetest.Operated{Log: openLogAt(t, w.connection()), Node: w.node}
	})
}
