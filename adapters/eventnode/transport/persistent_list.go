package transport

import (
	"context"

	wire "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode/persistent"
)

// List implements wire.PersistentSubscriptionsServer. A stream without groups
// is not found.
func (s *persistentService) List(ctx context.Context, req *wire.ListReq) (*wire.ListResp, error) {
	options := req.GetOptions()
	var source persistent.Source
	switch {
	case options.GetListAllSubscriptions() != nil:
	case options.GetListForStream().GetAll() != nil:
		source = persistent.All
	default:
		source = persistent.Source(options.GetListForStream().GetStream().GetStreamName())
		if source == "" {
			return nil, status.Error(codes.InvalidArgument, "a stream must be named")
		}
	}
	infos, err := s.groups.List(ctx, source)
	if err == nil && len(infos) == 0 && source != "" {
		err = persistent.ErrMissing
	}
	if err != nil {
		return nil, failGroup(unaryCall{ctx}, place{source: source}, err)
	}
	resp := &wire.ListResp{}
	for i := range infos {
		resp.Subscriptions = append(resp.Subscriptions, infoMessage(&infos[i]))
	}
	return resp, nil
}
