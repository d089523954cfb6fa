package transport

import (
	"context"
	"errors"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode/persistent"
	"parley/domain/eventlog"
)

// unaryCall lets a unary call carry trailers.
type unaryCall struct{ ctx context.Context }

func (c unaryCall) Context() context.Context { return c.ctx }

func (c unaryCall) SetTrailer(md metadata.MD) { _ = grpc.SetTrailer(c.ctx, md) }

// failGroup maps an error of a group to the status that clients know, with the
// trailers that name its kind, the stream and the group.
func failGroup(call trailing, p place, err error) error {
	if err == nil {
		return nil
	}
	told := func(code codes.Code, exception, text string) error {
		call.SetTrailer(metadata.Pairs("exception", exception, "stream-name", string(p.source), "group-name", p.group))
		return status.Error(code, text)
	}
	name := p.group + "' on stream '" + string(p.source) + "'"
	switch {
	case errors.Is(err, persistent.ErrExists):
		return told(codes.AlreadyExists, "persistent-subscription-exists", "Subscription group '"+name+" exists.")
	case errors.Is(err, persistent.ErrMissing):
		return told(codes.NotFound, "persistent-subscription-does-not-exist", "Subscription group '"+name+" does not exist.")
	case errors.Is(err, persistent.ErrFull):
		return told(codes.FailedPrecondition, "maximum-subscribers-reached", "Maximum subscriptions reached for subscription group '"+name+".")
	case errors.Is(err, persistent.ErrDropped):
		return told(codes.Canceled, "persistent-subscription-dropped", "Subscription group '"+name+" was dropped.")
	case errors.Is(err, eventlog.ErrNoSuchPosition):
		return told(codes.Canceled, "persistent-subscription-dropped", "Subscription group '"+name+" was dropped: it begins at an invalid position.")
	}
	if wrong, ok := errors.AsType[*persistent.SettingsError](err); ok {
		call.SetTrailer(metadata.Pairs("reason", wrong.Reason))
		return told(codes.Internal, "persistent-subscription-failed", "Subscription group '"+name+" failed: "+wrong.Reason+".")
	}
	return fail(call, err)
}
