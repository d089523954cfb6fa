package transport

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
)

// RestartSubsystem implements wire.PersistentSubscriptionsServer.
func (s *persistentService) RestartSubsystem(ctx context.Context, _ *shared.Empty) (*shared.Empty, error) {
	if err := s.groups.Restart(ctx); err != nil {
		return nil, fail(unaryCall{ctx}, err)
	}
	return &shared.Empty{}, nil
}
