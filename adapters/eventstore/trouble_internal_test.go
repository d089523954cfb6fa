package eventstore

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/domain/eventlog"
)

// lines counts what is logged.
type lines struct{ strings.Builder }

func (l *lines) count() int { return strings.Count(l.String(), "\n") }

// troubled returns troubles of a store that is connected, and what they log.
func troubled() (*troubles, *lines) {
	log := &lines{}
	t := newTroubles(slog.New(slog.NewTextHandler(log, nil)))
	t.works(connecting)
	return t, log
}

var (
	errUnknown = status.Error(codes.Unknown, "Exception was thrown by handler.")
	errRights  = status.Error(codes.PermissionDenied, "Access Denied")
)

func TestTroubles_are_logged_at_once_and_once_a_minute_while_they_last(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		troubles, log := troubled()
		began := time.Now()
		for range 10 * 60 * 5 { // ten minutes
			troubles.note(subscribing, errUnknown)
			time.Sleep(200 * time.Millisecond)
		}
		if n := log.count(); n != 10 {
			t.Errorf("it was logged %d times in ten minutes", n)
		}
		if since := troubles.present().Since; !since.Equal(began) {
			t.Errorf("it lasts since %v, want %v", since, began)
		}
		troubles.note(subscribing, errRights)
		if n := log.count(); n != 11 || !strings.Contains(log.String(), "refused=rights") {
			t.Errorf("that it is another one was not logged: %s", log.String())
		}
	})
}

func TestTroubles_come_anew_once_it_has_worked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		troubles, log := troubled()
		for n := range 5 {
			began := time.Now()
			troubles.note(readingAll, errRights)
			if got := log.count(); got != n+1 {
				t.Errorf("logged %d times, want %d", got, n+1)
			}
			if since := troubles.present().Since; !since.Equal(began) {
				t.Errorf("it lasts since %v, want %v", since, began)
			}
			if troubles.note(readingAll, nil); troubles.present().Err != nil {
				t.Errorf("it works, and trouble is %v", troubles.present().Err)
			}
			time.Sleep(recovers)
		}
	})
}

func TestTroubles_that_come_and_go_are_logged_once_a_minute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		troubles, log := troubled()
		for range 600 { // ten minutes
			troubles.note(readingAll, errRights)
			troubles.note(readingAll, nil)
			time.Sleep(time.Second)
		}
		if got := log.count(); got != 10 {
			t.Errorf("logged %d times in ten minutes", got)
		}
	})
}

// What waits for readiness makes no calls: trouble that nobody meets any more must
// not keep it waiting.
func TestTroubles_lapse_when_nobody_meets_them(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		troubles, _ := troubled()
		troubles.note(appending, errRights)
		time.Sleep(repeatEvery)
		if troubles.present().Err == nil {
			t.Error("it lapsed early")
		}
		time.Sleep(time.Second)
		if err := troubles.present().Err; err != nil {
			t.Errorf("trouble is %v", err)
		}
	})
}

func TestTroubles_of_the_connection_come_first_then_the_oldest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		troubles, _ := troubled()
		troubles.note(subscribing, errUnknown)
		time.Sleep(time.Second)
		troubles.note(readingAll, errRights)
		if got := refusalIn(troubles.present().Err); got != eventlog.RefusedCall {
			t.Errorf("got %q, want that of the subscription", got)
		}
		troubles.meet(connecting, reason(connecting, errNoAnswer))
		if got := refusalIn(troubles.present().Err); got != "" {
			t.Errorf("got %q, want that there is no connection", got)
		}
		troubles.works(connecting)
		troubles.note(subscribing, nil)
		if got := refusalIn(troubles.present().Err); got != eventlog.RefusedRights {
			t.Errorf("got %q, want that of the read", got)
		}
	})
}

// A server that refuses a connection also just hangs up, now and then.
func TestTroubles_that_are_refusals_stay_so_for_a_while(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		troubles, _ := troubled()
		outage := status.Error(codes.Unavailable, "connection reset by peer")
		troubles.meet(connecting, reason(connecting, errRights))
		troubles.meet(connecting, reason(connecting, outage))
		if got := refusalIn(troubles.present().Err); got != eventlog.RefusedRights {
			t.Errorf("got %q, want rights", got)
		}
		time.Sleep(refusalStays)
		troubles.meet(connecting, reason(connecting, outage))
		if got := refusalIn(troubles.present().Err); got != "" {
			t.Errorf("got %q, want an outage", got)
		}
	})
}

func TestStalled_is_a_store_that_fails_write_after_write(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stall, first, second, third := &stalled{}, &line{}, &line{}, &line{}
		gone := status.Error(codes.Unavailable, "gone")
		fails := func(l *line, err error, want bool) {
			t.Helper()
			if got := errors.Is(stall.note(l, err), errStalled); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		}
		for range 32 { // one connection breaks under many
			fails(first, gone, false)
		}
		fails(second, gone, false)
		fails(second, status.Error(codes.InvalidArgument, "what one person asks for"), false)
		fails(third, gone, true)
		fails(third, gone, true)
		fails(third, nil, false)
		for _, want := range []bool{false, false, true} { // one connection, no answer
			time.Sleep(time.Second)
			fails(third, errNoAnswer, want)
		}
	})
}
