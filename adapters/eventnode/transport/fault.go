package transport

import (
	"context"
	"errors"
	"log/slog"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
)

// fault is a failure of the server itself: the caller learns its status, the log
// its cause.
type fault struct {
	told  *status.Status
	cause error
}

// Error implements error.
func (f *fault) Error() string { return f.told.Message() + ": " + f.cause.Error() }

// GRPCStatus returns what the caller is told.
func (f *fault) GRPCStatus() *status.Status { return f.told }

// faultLog logs faults, each once.
type faultLog struct{ logger *slog.Logger }

func (l faultLog) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	resp, err := handler(ctx, req)
	l.log(info.FullMethod, err)
	return resp, err
}

func (l faultLog) stream(srv any, call grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	err := handler(srv, call)
	l.log(info.FullMethod, err)
	return err
}

func (l faultLog) log(method string, err error) {
	if f, ok := errors.AsType[*fault](err); ok {
		l.logger.Error("a call of an event store client failed", "method", method, "error", f.cause)
	}
}
