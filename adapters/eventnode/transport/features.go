package transport

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
)

// version is the protocol level that clients adapt to. They accept digits only.
const version = "24.10.0"

// The services that a client may find here, named as it looks for them.
const streamsService = "event_store.client.streams.streams"

// methods lists what is implemented and nothing else: a client uses whatever
// stands here. Because of batchappend some append by nothing else.
var methods = append([]*serverfeatures.SupportedMethod{
	{ServiceName: streamsService, MethodName: "append"},
	{ServiceName: streamsService, MethodName: "batchappend", Features: []string{"deadline_duration"}},
	{ServiceName: streamsService, MethodName: "delete"},
	{ServiceName: streamsService, MethodName: "read"},
	{ServiceName: streamsService, MethodName: "tombstone"},
	{ServiceName: "event_store.client.gossip.gossip", MethodName: "read"},
}, persistentMethods...)

// features answers the first call that a client makes on every connection.
type features struct {
	serverfeatures.UnimplementedServerFeaturesServer
}

// GetSupportedMethods implements serverfeatures.ServerFeaturesServer.
func (features) GetSupportedMethods(context.Context, *shared.Empty) (*serverfeatures.SupportedMethods, error) {
	return &serverfeatures.SupportedMethods{EventStoreServerVersion: version, Methods: methods}, nil
}
