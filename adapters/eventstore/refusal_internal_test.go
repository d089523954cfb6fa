package eventstore

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/domain/eventlog"
)

// What is neither an answer nor a known outage is refused.
func TestRefusalOf(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]eventlog.Refusal{
		nil:                                     "",
		errNoAnswer:                             "",
		errStreamMoved:                          "",
		eventlog.ErrNoSuchPosition:              "",
		errBehind:                               "",
		status.Error(codes.DataLoss, "damaged"): "",
		status.Error(codes.Unavailable, "Server Is Not Ready"):                               "",
		status.Error(codes.Unavailable, `dial tcp 127.0.0.1:1: connect: connection refused`): "",
		status.Error(codes.Aborted, "Operation timed out"):                                   "",
		status.Error(codes.Canceled, "the client connection is closing"):                     "",
		status.Error(codes.DeadlineExceeded, "late"):                                         "",
		status.Error(codes.Unknown, "No leader info available in response"):                  "",
		fmt.Errorf("put: %w", context.Canceled):                                              "",
		errPanicked:                                                                          eventlog.RefusedCall,
		errors.New("failed to initiate subscription"):                                        eventlog.RefusedCall,
		errUnknown:                                           eventlog.RefusedCall,
		status.Error(codes.Internal, "no"):                   eventlog.RefusedCall,
		status.Error(codes.NotFound, "no route"):             eventlog.RefusedCall,
		fmt.Errorf("perform read: %w", errRights):            eventlog.RefusedRights,
		status.Error(codes.Unauthenticated, ""):              eventlog.RefusedCredentials,
		status.Error(codes.Unimplemented, "unknown service"): eventlog.RefusedAddress,
		status.Error(codes.Unavailable, "name resolver error: produced zero addresses"):                    eventlog.RefusedAddress,
		status.Error(codes.Unavailable, "handshake failed: x509: certificate signed by unknown authority"): eventlog.RefusedCertificate,
		fmt.Errorf("%w: %w", errVersion, errUnknown):                                                       eventlog.RefusedVersion,
		fmt.Errorf("%w: %w", errStalled, errNoAnswer):                                                      eventlog.RefusedWrites,
	} {
		if got, refuses := refusalOf(err); got != want || refuses != (want != "") {
			t.Errorf("%v: got %q, %v, want %q", err, got, refuses, want)
		}
	}
}
