package transport

import (
	"context"

	wire "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// ReplayParked implements wire.PersistentSubscriptionsServer.
func (s *persistentService) ReplayParked(ctx context.Context, req *wire.ReplayParkedReq) (*wire.ReplayParkedResp, error) {
	options := req.GetOptions()
	p, err := placeOf(options.GetStreamIdentifier(), options.GetAll() != nil, options.GetGroupName())
	if err != nil {
		return nil, err
	}
	stopAt := int64(-1)
	if given, ok := options.GetStopAtOption().(*wire.ReplayParkedReq_Options_StopAt); ok {
		if stopAt = given.StopAt; stopAt < 0 {
			return nil, status.Error(codes.InvalidArgument, "parked events are replayed up to a revision that is not negative")
		}
	}
	if err := s.groups.Replay(ctx, p.source, p.group, stopAt); err != nil {
		return nil, failGroup(unaryCall{ctx}, p, err)
	}
	return &wire.ReplayParkedResp{}, nil
}
