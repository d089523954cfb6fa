package transport

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// Delete implements streams.StreamsServer: it hides a stream until it is appended
// to again.
func (s *service) Delete(ctx context.Context, req *streams.DeleteReq) (*streams.DeleteResp, error) {
	at, err := s.end(ctx, req.GetOptions(), s.node.Delete)
	if err != nil {
		return nil, err
	}
	return &streams.DeleteResp{PositionOption: &streams.DeleteResp_Position_{
		Position: &streams.DeleteResp_Position{CommitPosition: uint64(at), PreparePosition: uint64(at)},
	}}, nil
}

// Tombstone implements streams.StreamsServer: it ends a stream for ever.
func (s *service) Tombstone(ctx context.Context, req *streams.TombstoneReq) (*streams.TombstoneResp, error) {
	at, err := s.end(ctx, req.GetOptions(), s.node.Tombstone)
	if err != nil {
		return nil, err
	}
	return &streams.TombstoneResp{PositionOption: &streams.TombstoneResp_Position_{
		Position: &streams.TombstoneResp_Position{CommitPosition: uint64(at), PreparePosition: uint64(at)},
	}}, nil
}

// ending is what the options of both calls have in common.
type ending interface {
	GetStreamIdentifier() *shared.StreamIdentifier
	GetRevision() uint64
	GetNoStream() *shared.Empty
	GetAny() *shared.Empty
	GetStreamExists() *shared.Empty
}

type endFunc func(ctx context.Context, stream string, expected eventnode.Expectation) (eventlog.Position, error)

func (s *service) end(ctx context.Context, options ending, end endFunc) (eventlog.Position, error) {
	call := unary{ctx}
	stream, err := streamName(options.GetStreamIdentifier())
	if err != nil {
		return 0, err
	}
	if err := s.appendable(stream); err != nil {
		return 0, fail(call, err)
	}
	expected, err := expectation(options)
	if err != nil {
		return 0, err
	}
	at, err := end(ctx, stream, expected)
	if err != nil {
		return 0, fail(call, err)
	}
	return at, nil
}

// unary is a call that is answered by one message.
type unary struct{ ctx context.Context }

// Context implements trailing.
func (c unary) Context() context.Context { return c.ctx }

// SetTrailer implements trailing. It fails only outside a call.
func (c unary) SetTrailer(md metadata.MD) { _ = grpc.SetTrailer(c.ctx, md) }

// expectation reads the expected revision that a deletion names.
func expectation(options ending) (eventnode.Expectation, error) {
	switch {
	case options.GetNoStream() != nil:
		return eventnode.NoStream, nil
	case options.GetAny() != nil:
		return eventnode.Any, nil
	case options.GetStreamExists() != nil:
		return eventnode.StreamExists, nil
	}
	return revisionExpected(options.GetRevision())
}

// revisionExpected reads a revision; one that no event can have is refused.
func revisionExpected(revision uint64) (eventnode.Expectation, error) {
	if revision >= uint64(lastRevision) {
		return 0, status.Error(codes.InvalidArgument, "the expected revision is too high")
	}
	return eventnode.Expectation(revision), nil
}
