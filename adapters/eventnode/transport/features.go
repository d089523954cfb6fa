package transport

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
)

// version is the protocol level that clients adapt to. They accept digits only.
const version = "24.10.0"

// features answers the first call that a client makes on every connection.
type features struct {
	serverfeatures.UnimplementedServerFeaturesServer
}

// GetSupportedMethods lists what is implemented and nothing else: a client uses
// whatever stands here. Listing batchappend would make some switch to it.
func (features) GetSupportedMethods(context.Context, *shared.Empty) (*serverfeatures.SupportedMethods, error) {
	const service = "event_store.client.streams.streams"
	return &serverfeatures.SupportedMethods{
		EventStoreServerVersion: version,
		Methods: []*serverfeatures.SupportedMethod{
			{ServiceName: service, MethodName: "append"},
			{ServiceName: service, MethodName: "read"},
		},
	}, nil
}
