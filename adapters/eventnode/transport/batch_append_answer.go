package transport

import (
	"context"
	"errors"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/emptypb"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

var (
	errTimeout = context.DeadlineExceeded
	errNoRoom  = status.Error(codes.ResourceExhausted, "too many appends are unfinished: send the last parts of some, then this one again")
)

// success answers an append that was carried out, now or before.
func (a *batched) success(appended eventlog.Appended) *streams.BatchAppendResp {
	done := &streams.BatchAppendResp_Success{}
	if appended.Revision >= 0 {
		done.CurrentRevisionOption = &streams.BatchAppendResp_Success_CurrentRevision{CurrentRevision: uint64(appended.Revision)}
	} else {
		done.CurrentRevisionOption = &streams.BatchAppendResp_Success_NoStream{NoStream: &emptypb.Empty{}}
	}
	if at := uint64(appended.Position); at > 0 {
		done.PositionOption = &streams.BatchAppendResp_Success_Position{Position: &shared.AllStreamPosition{CommitPosition: at, PreparePosition: at}}
	} else {
		done.PositionOption = &streams.BatchAppendResp_Success_NoPosition{NoPosition: &emptypb.Empty{}}
	}
	answer := a.unanswered()
	answer.Result = &streams.BatchAppendResp_Success_{Success: done}
	return answer
}

// refusal answers an append with an error, whose kind clients know by the type
// of its details. A fault is logged here: it ends no call.
func (b *batchCall) refusal(a *batched, err error) *streams.BatchAppendResp {
	told, details := b.kind(a, err)
	// It fails only for what is no valid message.
	if detailed, err := told.WithDetails(details); err == nil {
		told = detailed
	}
	answer := a.unanswered()
	answer.Result = &streams.BatchAppendResp_Error{Error: told.Proto()}
	return answer
}

// unanswered returns what all answers to an append say. Like the real server it
// leaves out what was expected.
func (a *batched) unanswered() *streams.BatchAppendResp {
	return &streams.BatchAppendResp{CorrelationId: a.correlation, StreamIdentifier: a.identifier}
}

// kind is for this call what fail is for the others, which it asks for all that
// has no form of its own here.
func (b *batchCall) kind(a *batched, err error) (told *status.Status, details protoadapt.MessageV1) {
	if wrong, ok := errors.AsType[*eventnode.WrongRevisionError](err); ok {
		return status.New(codes.AlreadyExists, "WrongExpectedVersion"), wrongVersion(wrong)
	}
	if _, ok := errors.AsType[*eventnode.StreamDeletedError](err); ok {
		return status.New(codes.NotFound, "StreamDeleted"), &shared.StreamDeleted{StreamIdentifier: a.identifier}
	}
	switch {
	case errors.Is(err, errAccessDenied):
		return status.New(codes.PermissionDenied, "AccessDenied"), &shared.AccessDenied{}
	case errors.Is(err, eventlog.ErrTooLarge):
		return status.New(codes.InvalidArgument, "MaximumAppendSizeExceeded"), &shared.MaximumAppendSizeExceeded{MaxAppendSize: eventlog.MaxAppendBytes}
	case errors.Is(err, errTimeout):
		return status.New(codes.DeadlineExceeded, "Timeout"), &shared.Timeout{}
	}
	err = fail(unheard{b.ctx}, err)
	faultLog{b.service.cfg.Logger}.log(streams.Streams_BatchAppend_FullMethodName, err)
	text := status.Convert(err).Message()
	switch kind := status.Code(err); kind {
	case codes.InvalidArgument:
		return status.New(kind, "BadRequest"), &shared.BadRequest{Message: text}
	case codes.ResourceExhausted:
		return status.New(kind, text), &shared.BadRequest{Message: text}
	default:
		return status.New(kind, text), &shared.Unknown{}
	}
}

// unheard is a call without trailers: an answer inside a call cannot have any.
type unheard struct{ ctx context.Context }

// Context implements trailing.
func (u unheard) Context() context.Context { return u.ctx }

// SetTrailer implements trailing.
func (unheard) SetTrailer(metadata.MD) {}
