package eventstore

import (
	"context"
	"errors"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/domain/eventlog"
)

// call is what the store is asked for, as it is told.
type call string

// The calls.
const (
	connecting    call = "connect"
	readingAll    call = "read $all"
	subscribing   call = "subscribe to $all"
	readingStream call = "read a stream"
	appending     call = "append"
	truncating    call = "truncate a stream"
)

// ofCommands reports whether commands make the call, each for one thing that one
// person wants.
func (c call) ofCommands() bool { return c == readingStream || c == appending || c == truncating }

// concerns reports whether a refusal of the call is the store's trouble: of a call
// for one thing it is only when it would meet any other one, too.
func (c call) concerns(refusal eventlog.Refusal) bool {
	return !c.ofCommands() || refusal == eventlog.RefusedCredentials || refusal == eventlog.RefusedRights || refusal == eventlog.RefusedWrites
}

// errVersion refuses a server that never says when a subscription has caught up.
var errVersion = errors.New("server is older than 23.10 or does not tell its version")

// refusedBy is a refusal of a call in the port's words, unless it has them already.
func refusedBy(c call, err error) error {
	if isRefusal(err) {
		return err
	}
	refusal, refuses := refusalOf(err)
	if !refuses {
		refusal = eventlog.RefusedCall
	}
	return &eventlog.RefusedError{Refusal: refusal, Call: string(c), Err: err}
}

// isRefusal reports whether an error is one in the port's words.
func isRefusal(err error) bool {
	_, is := errors.AsType[*eventlog.RefusedError](err)
	return is
}

// refusalByCode are the refusals that a status names. Without a service of streams
// it is no event store.
var refusalByCode = map[codes.Code]eventlog.Refusal{
	codes.Unauthenticated:  eventlog.RefusedCredentials,
	codes.PermissionDenied: eventlog.RefusedRights,
	codes.Unimplemented:    eventlog.RefusedAddress,
}

// refusalOf returns why the server refuses, and false where it has answered or
// cannot be reached. What is neither is refused, whatever it is.
func refusalOf(err error) (refusal eventlog.Refusal, refuses bool) {
	switch f := faultOf(err); {
	case errors.Is(err, errStalled):
		return eventlog.RefusedWrites, true
	case errors.Is(err, errVersion):
		return eventlog.RefusedVersion, true
	case f.answered(), f == silent, isOutage(err):
		return "", false
	case f == broken:
		return refusalOfConnection(err.Error())
	}
	if strings.Contains(err.Error(), "received unexpected content-type") {
		return eventlog.RefusedAddress, true
	}
	if refusal, known := refusalByCode[status.Code(err)]; known {
		return refusal, true
	}
	return eventlog.RefusedCall, true
}

// isOutage reports what passes by itself: a server that gives up or is about to
// elect its leader, and the end of the call on this side.
func isOutage(err error) bool {
	for _, passing := range []error{
		context.Canceled, context.DeadlineExceeded, errBehind, eventlog.ErrClosed, eventlog.ErrLogChanged,
	} {
		if errors.Is(err, passing) {
			return true
		}
	}
	code := status.Code(err)
	return code == codes.Canceled || code == codes.Aborted || strings.Contains(err.Error(), "No leader info available")
}

// saysConnection is what texts of connections that were not made say. The first
// that is contained counts; none means that nobody answers.
var saysConnection = []struct {
	text    string
	refusal eventlog.Refusal
}{
	{"first record does not look like a TLS handshake", eventlog.RefusedAddress},
	{"looked like an HTTP/1.1 header", eventlog.RefusedAddress},
	{"name resolver error", eventlog.RefusedAddress},
	{errSpeaksTLS.Error(), eventlog.RefusedAddress},
	{"x509:", eventlog.RefusedCertificate},
	{"tls: ", eventlog.RefusedCertificate},
}

// refusalOfConnection reads why there is no connection from its text: gRPC keeps
// no more of the cause.
func refusalOfConnection(text string) (refusal eventlog.Refusal, refuses bool) {
	for _, says := range saysConnection {
		if strings.Contains(text, says.text) {
			return says.refusal, true
		}
	}
	return "", false
}
