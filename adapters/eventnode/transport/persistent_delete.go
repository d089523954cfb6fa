package transport

import (
	"context"

	wire "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
)

// Delete implements wire.PersistentSubscriptionsServer.
func (s *persistentService) Delete(ctx context.Context, req *wire.DeleteReq) (*wire.DeleteResp, error) {
	options := req.GetOptions()
	p, err := placeOf(options.GetStreamIdentifier(), options.GetAll() != nil, options.GetGroupName())
	if err != nil {
		return nil, err
	}
	if err := s.groups.Delete(ctx, p.source, p.group, identity(ctx).User); err != nil {
		return nil, failGroup(unaryCall{ctx}, p, err)
	}
	return &wire.DeleteResp{}, nil
}
