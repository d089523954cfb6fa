package eventstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"parley/domain/eventlog"
)

func TestFaultOf_reads_what_the_client_wraps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want fault
	}{
		{nil, none},
		{errors.New("whatever"), again},
		{fmt.Errorf("append: %w", errNoAnswer), silent},
		{fmt.Errorf("append: %w", errPanicked), again},
		{errStreamMoved, conflict},
		{status.Error(codes.Unavailable, "going away"), broken},
		{fmt.Errorf("perform read: %w", status.Error(codes.Unavailable, "gone")), broken},
		{status.Error(codes.DeadlineExceeded, ""), silent},
		{status.Error(codes.Canceled, ""), again},
		{status.Error(codes.DataLoss, "bad checksum"), damaged},
		{status.Error(codes.PermissionDenied, ""), refused},
		{status.Error(codes.InvalidArgument, "bad stream name"), refused},
		{status.Error(codes.InvalidArgument, "Maximum Append Size of 1048576 Exceeded."), tooLarge},
		{status.Error(codes.NotFound, "no route"), again},
		{status.Error(codes.Internal, "stream terminated"), again},
	} {
		if got := faultOf(c.err); got != c.want {
			t.Errorf("%v: got %d, want %d", c.err, got, c.want)
		}
	}
}

func TestFinal_turns_definite_errors_into_the_ports(t *testing.T) {
	t.Parallel()
	if err := final(appending, status.Error(codes.InvalidArgument, "append size")); !errors.Is(err, eventlog.ErrTooLarge) {
		t.Errorf("got %v, want too large", err)
	}
	if err := final(appending, status.Error(codes.PermissionDenied, "")); !errors.Is(err, eventlog.ErrUnavailable) {
		t.Errorf("got %v, want unavailable", err)
	}
}

func TestUnknown_keeps_the_reason_and_the_last_error(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for why, want := range map[error]error{
		unavailable(ctx):   context.Canceled,
		eventlog.ErrClosed: eventlog.ErrClosed,
	} {
		err := unknown(appending, why, errNoAnswer)
		if !errors.Is(err, eventlog.ErrUnavailable) || !errors.Is(err, want) || !strings.Contains(err.Error(), errNoAnswer.Error()) {
			t.Errorf("got %v", err)
		}
	}
}

func TestDamageOf_names_what_the_server_names(t *testing.T) {
	t.Parallel()
	told, err := status.New(codes.DataLoss, "damaged").WithDetails(wrapperspb.UInt64(145), wrapperspb.String("the event is missing"))
	if err != nil {
		t.Fatal(err)
	}
	wrapped := fmt.Errorf("read: %w", told.Err())
	if got, want := *damageOf(wrapped, 7), (eventlog.DamagedError{Position: 145, Reason: "the event is missing"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := damageOf(status.Error(codes.DataLoss, "bad block"), 7); got.Position != 7 || !strings.Contains(got.Reason, "bad block") {
		t.Errorf("got %+v from a server that names nothing", got)
	}
}

func TestCutShort_is_only_an_answer_lost_to_an_early_end(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]bool{
		errors.New("could not send append request. Reason: EOF"):  true,
		status.Error(codes.Unavailable, "unexpected EOF"):         false,
		status.Error(codes.Aborted, "operation timed out"):        false,
		fmt.Errorf("no answer: %w", context.DeadlineExceeded):     false,
		fmt.Errorf("%w: something about EOF", errNoAnswer):        false,
		status.Error(codes.InvalidArgument, "EOF in stream name"): false,
	} {
		if got := cutShort(err); got != want {
			t.Errorf("%v: got %v, want %v", err, got, want)
		}
	}
}
