package transport

import (
	"context"

	wire "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode/persistent"
)

// Create implements wire.PersistentSubscriptionsServer.
func (s *persistentService) Create(ctx context.Context, req *wire.CreateReq) (*wire.CreateResp, error) {
	options := req.GetOptions()
	p, err := placeOf(createStream(options), options.GetAll() != nil, options.GetGroupName())
	if err != nil {
		return nil, err
	}
	proposal := persistent.Proposal{Source: p.source, Group: p.group, By: identity(ctx).User}
	proposal.Settings = createSettings(options.GetSettings())
	if proposal.Start, err = createStart(options); err != nil {
		return nil, err
	}
	if proposal.Filter, err = filterOf(options.GetAll()); err != nil {
		return nil, err
	}
	if err := s.groups.Create(ctx, proposal); err != nil {
		return nil, failGroup(unaryCall{ctx}, p, err)
	}
	return &wire.CreateResp{}, nil
}

// createStart reads where a group begins, in the new form or the deprecated one.
func createStart(options *wire.CreateReq_Options) (persistent.Start, error) {
	if all := options.GetAll(); all != nil {
		switch from := all.GetAllOption().(type) {
		case *wire.CreateReq_AllOptions_Position:
			return startInAll(from.Position.GetCommitPosition())
		case *wire.CreateReq_AllOptions_End:
			return persistent.Start{End: true}, nil
		}
		return persistent.Start{}, nil
	}
	if stream := options.GetStream(); stream != nil {
		switch from := stream.GetRevisionOption().(type) {
		case *wire.CreateReq_StreamOptions_Revision:
			return startAt(from.Revision)
		case *wire.CreateReq_StreamOptions_End:
			return persistent.Start{End: true}, nil
		}
		return persistent.Start{}, nil
	}
	return createRevision(options)
}

// filterOf reads a filter of all streams, if there is one.
func filterOf(all *wire.CreateReq_AllOptions) (*persistent.Filter, error) {
	given := all.GetFilter()
	if given == nil {
		return nil, nil
	}
	expression := given.GetStreamIdentifier()
	if expression == nil {
		expression = given.GetEventType()
	}
	if expression == nil {
		return nil, status.Error(codes.InvalidArgument, "a filter needs prefixes or a regular expression")
	}
	return &persistent.Filter{ByType: given.GetStreamIdentifier() == nil, Prefixes: expression.GetPrefix(), Regex: expression.GetRegex()}, nil
}
