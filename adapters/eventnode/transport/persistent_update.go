package transport

import (
	"context"

	wire "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"

	"parley/adapters/eventnode/persistent"
)

// Update implements wire.PersistentSubscriptionsServer. A group's filter stays:
// the protocol cannot name another one.
func (s *persistentService) Update(ctx context.Context, req *wire.UpdateReq) (*wire.UpdateResp, error) {
	options := req.GetOptions()
	p, err := placeOf(updateStream(options), options.GetAll() != nil, options.GetGroupName())
	if err != nil {
		return nil, err
	}
	proposal := persistent.Proposal{Source: p.source, Group: p.group, By: identity(ctx).User}
	proposal.Settings = settingsOf(options.GetSettings(), "", int32(options.GetSettings().GetNamedConsumerStrategy()))
	if proposal.Start, err = updateStart(options); err != nil {
		return nil, err
	}
	if err := s.groups.Update(ctx, proposal); err != nil {
		return nil, failGroup(unaryCall{ctx}, p, err)
	}
	return &wire.UpdateResp{}, nil
}

// updateStart reads where a group begins, in the new form or the deprecated one.
func updateStart(options *wire.UpdateReq_Options) (persistent.Start, error) {
	if all := options.GetAll(); all != nil {
		switch from := all.GetAllOption().(type) {
		case *wire.UpdateReq_AllOptions_Position:
			return startInAll(from.Position.GetCommitPosition())
		case *wire.UpdateReq_AllOptions_End:
			return persistent.Start{End: true}, nil
		}
		return persistent.Start{}, nil
	}
	if stream := options.GetStream(); stream != nil {
		switch from := stream.GetRevisionOption().(type) {
		case *wire.UpdateReq_StreamOptions_Revision:
			return startAt(from.Revision)
		case *wire.UpdateReq_StreamOptions_End:
			return persistent.Start{End: true}, nil
		}
		return persistent.Start{}, nil
	}
	return updateRevision(options)
}
