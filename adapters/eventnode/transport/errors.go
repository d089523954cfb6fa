package transport

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// errAccessDenied refuses a write that the configuration does not allow.
var errAccessDenied = errors.New("access denied")

// errNoType refuses an event that does not say what it is.
var errNoType = errors.New("an event's metadata has no type or no content type")

// errStopping ends a subscription when the server stops.
var errStopping = status.Error(codes.Unavailable, "the server is stopping")

// trailing is the part of a call that carries trailers.
type trailing interface {
	Context() context.Context
	SetTrailer(metadata.MD)
}

// fail maps an error to the status that clients know, with the trailers that
// name its kind. It is the one such table; BatchAppend, whose answers have no
// trailers, has names of its own for those kinds.
func fail(call trailing, err error) error {
	if _, ok := status.FromError(err); ok {
		return err
	}
	switch {
	case errors.Is(err, errAccessDenied):
		call.SetTrailer(metadata.Pairs("exception", "access-denied"))
		return status.Error(codes.PermissionDenied, "access to the stream is denied")
	case errors.Is(err, errNoType):
		call.SetTrailer(metadata.Pairs("exception", "missing-required-metadata-property", "required-metadata-properties", "type,content-type"))
		return status.Error(codes.InvalidArgument, "an event needs 'type' and 'content-type' in its metadata")
	case errors.Is(err, eventlog.ErrTooLarge):
		call.SetTrailer(metadata.Pairs("exception", "maximum-append-size-exceeded",
			"maximum-append-size", strconv.Itoa(eventlog.MaxAppendBytes)))
		return status.Errorf(codes.InvalidArgument, "the append is larger than %d bytes or has more than %d events",
			eventlog.MaxAppendBytes, eventlog.MaxAppendEvents)
	case errors.Is(err, eventlog.ErrNoSuchPosition):
		return status.Error(codes.InvalidArgument, "invalid position: the log has no event there")
	case call.Context().Err() != nil:
		return status.FromContextError(call.Context().Err()).Err()
	case errors.Is(err, eventlog.ErrUnavailable), errors.Is(err, eventlog.ErrClosed):
		return status.Error(codes.Unavailable, "the event store is not available")
	}
	if gone, ok := errors.AsType[*eventnode.StreamDeletedError](err); ok {
		// Clients read the name of the stream without looking whether it is there.
		call.SetTrailer(metadata.Pairs("exception", "stream-deleted", "stream-name", gone.Stream))
		return status.Errorf(codes.FailedPrecondition, "Event stream '%s' is deleted.", gone.Stream)
	}
	if wrong, ok := errors.AsType[*eventnode.WrongRevisionError](err); ok {
		return refuseRevision(call, wrong)
	}
	if damage, ok := errors.AsType[*eventlog.DamagedError](err); ok {
		return &fault{damaged(damage), err}
	}
	return &fault{status.New(codes.Internal, "the event store failed"), err}
}

// refuseRevision tells a deletion that its expectation did not hold; an append is
// answered with a message instead.
func refuseRevision(call trailing, wrong *eventnode.WrongRevisionError) error {
	expected, actual := strconv.FormatInt(int64(wrong.Expected), 10), strconv.FormatInt(int64(wrong.Current), 10)
	call.SetTrailer(metadata.Pairs("exception", "wrong-expected-version", "stream-name", wrong.Stream,
		"expected-version", expected, "actual-version", actual))
	return status.Errorf(codes.FailedPrecondition,
		"Delete failed due to WrongExpectedVersion. Stream: %s, Expected version: %s, Actual version: %s", wrong.Stream, expected, actual)
}

// damaged tells where the log is damaged: in words, and in the status' details
// the position and the reason, because official clients drop trailers of a
// subscription.
func damaged(damage *eventlog.DamagedError) *status.Status {
	told := status.New(codes.DataLoss, damage.Error())
	detailed, err := told.WithDetails(wrapperspb.UInt64(uint64(damage.Position)), wrapperspb.String(strings.ToValidUTF8(damage.Reason, "\uFFFD")))
	if err != nil {
		return told
	}
	return detailed
}
