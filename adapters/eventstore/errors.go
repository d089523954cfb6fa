package eventstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"parley/domain/eventlog"
)

// fault is what an error of the client means to a call.
type fault int

const (
	none     fault = iota // no error
	conflict              // the stream is at another revision
	tooLarge              // the server takes no append of this size
	missing               // the stream has no events
	deleted               // the stream has ended for ever
	nowhere               // no event has, had or passed the position
	damaged               // stored bytes are not what was written
	refused               // the server understood and will not
	again                 // the outcome is unknown, or nothing was done
	silent                // no answer came: again, and the connection is in doubt
	broken                // the connection is gone: again, on another one
)

// definite reports whether the server has answered for good.
func (f fault) definite() bool { return f < again }

// answered reports whether the server did what it was asked for, or said why
// that cannot be done.
func (f fault) answered() bool { return f < refused }

// errNoAnswer ends an attempt whose time is over.
var errNoAnswer = errors.New("no answer in time")

// errPanicked ends an attempt in which the client panicked.
var errPanicked = errors.New("event store client panicked")

// byCode is the meaning of the client's own codes.
var byCode = map[esdb.ErrorCode]fault{
	esdb.ErrorCodeWrongExpectedVersion: conflict,
	esdb.ErrorCodeAccessDenied:         refused,
	esdb.ErrorCodeUnauthenticated:      refused,
	esdb.ErrorCodeUnsupportedFeature:   refused,
	esdb.ErrorCodeStreamDeleted:        deleted,
	esdb.ErrorCodeParsing:              refused,
	esdb.ErrorAborted:                  again,
	esdb.ErrorCodeDeadlineExceeded:     silent,
	esdb.ErrorCodeConnectionClosed:     broken,
	esdb.ErrorUnavailable:              broken,
	// The client has turned to the leader by itself, on another connection.
	esdb.ErrorCodeNotLeader: broken,
}

// byStatus is the meaning of gRPC's codes where the client has none of its own,
// or hands out the bare error, as a dropped subscription does.
var byStatus = map[codes.Code]fault{
	codes.OK:               none,
	codes.InvalidArgument:  refused,
	codes.PermissionDenied: refused,
	codes.Unauthenticated:  refused,
	codes.Unimplemented:    refused,
	codes.DataLoss:         damaged,
	codes.DeadlineExceeded: silent,
	codes.Unavailable:      broken,
}

// sizeRefused is how servers say it; the client drops the trailer that names it.
var sizeRefused = regexp.MustCompile(`(?i)append (size|is larger)`)

// faultOf classifies an error. What nobody knows is worth another try: the
// call's context ends it.
func faultOf(err error) fault {
	if err == nil {
		return none
	}
	if f, own := ownFault(err); own {
		return f
	}
	code := status.Code(err)
	var client *esdb.Error
	if errors.As(err, &client) {
		if f, known := byCode[client.Code()]; known {
			return f
		}
		// A stream without events is a message of the server, not a status.
		if client.Code() == esdb.ErrorCodeResourceNotFound && code != codes.NotFound {
			return missing
		}
	}
	if code == codes.InvalidArgument && sizeRefused.MatchString(err.Error()) {
		return tooLarge
	}
	if f, known := byStatus[code]; known {
		return f
	}
	return again
}

// ownFault classifies an error of this package.
func ownFault(err error) (f fault, own bool) {
	for sentinel, f := range map[error]fault{
		errNoAnswer:                silent,
		errStreamMoved:             conflict,
		errVersion:                 refused,
		eventlog.ErrNoSuchPosition: nowhere,
	} {
		if errors.Is(err, sentinel) {
			return f, true
		}
	}
	return again, false
}

// cutShort reports that the server answered before it had read all: the client
// then loses the answer.
func cutShort(err error) bool {
	return err != nil && faultOf(err) == again && (errors.Is(err, io.EOF) || strings.Contains(err.Error(), "EOF"))
}

// final turns a definite error of a call into the port's.
func final(c call, err error) error {
	switch faultOf(err) {
	case damaged:
		return damageOf(err, eventlog.Start)
	case tooLarge:
		return fmt.Errorf("%w: %w", eventlog.ErrTooLarge, err)
	case deleted:
		return fmt.Errorf("%w: %w", eventlog.ErrStreamDeleted, err)
	case refused:
		return refusedBy(c, err)
	default:
		return err
	}
}

// reason is why a call comes to nothing, in the port's words.
func reason(c call, err error) error {
	if _, refuses := refusalOf(err); refuses {
		return refusedBy(c, err)
	}
	return fmt.Errorf("%w: %s: %w", eventlog.ErrUnavailable, c, err)
}

// damageOf is the damage that the server reported. Parley's node names the
// position in the status' details; of another server only what was read before
// the damage is known.
func damageOf(err error, reached eventlog.Position) *eventlog.DamagedError {
	damage := &eventlog.DamagedError{Position: reached, Reason: err.Error()}
	for _, detail := range status.Convert(err).Details() {
		switch d := detail.(type) {
		case *wrapperspb.UInt64Value:
			damage.Position = eventlog.Position(d.GetValue())
		case *wrapperspb.StringValue:
			damage.Reason = d.GetValue()
		}
	}
	return damage
}

// unavailable says that the context ended before a call could begin.
func unavailable(ctx context.Context) error {
	return fmt.Errorf("%w: %w", eventlog.ErrUnavailable, context.Cause(ctx))
}

// unknown says that no other attempt follows the last one, whose outcome is
// unknown, and why: the context ended, the store was closed or the log replaced.
func unknown(c call, why, last error) error {
	switch _, refuses := refusalOf(last); {
	case errors.Is(why, eventlog.ErrLogChanged):
		return fmt.Errorf("%w (last: %v)", why, last)
	case refuses:
		return fmt.Errorf("%w: %w", why, refusedBy(c, last))
	case errors.Is(why, eventlog.ErrUnavailable):
		return fmt.Errorf("%w (last: %v)", why, last)
	}
	return fmt.Errorf("%w: %w (last: %v)", eventlog.ErrUnavailable, why, last)
}
