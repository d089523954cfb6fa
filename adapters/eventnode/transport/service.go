package transport

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"

	"parley/adapters/eventnode"
)

// service implements the Streams service; each call has a file of its own.
type service struct {
	streams.UnimplementedStreamsServer
	node        *eventnode.Node
	cfg         Config
	stopped     context.Context
	connections *connections
}
