package main_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"
)

// noPositions are numbers that a store never handed out, by where they lie: below
// the first event, between two, beside the last, and past all that was written. The
// first three are positions where the numbering has no gaps.
func noPositions(t *testing.T, stores []string, last string) map[string]uint64 {
	t.Helper()
	at, err := strconv.ParseUint(last, 10, 64)
	if err != nil {
		t.Fatalf("read the position: %v", err)
	}
	none := map[string]uint64{"past the end": at + 1<<40, "the largest number": 1<<64 - 1}
	if setting(stores, "--eventstore") != "" {
		none["a small number"], none["beside an event"], none["before an event"] = 5, at+1, at-1
	}
	return none
}

// soonLimit is how soon a number that is no position is answered on a busy machine;
// who waits or looks for it takes longer.
const soonLimit = 5 * time.Second

// Whoever goes on from a number that is no position is told at once that the log is
// another one, and is not left waiting for what never comes.
func TestServe_refuses_to_go_on_from_what_is_no_position(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		admin := p.as(anAdmin)
		last := admin.post(p.begin("positions")+"/messages", saying("last")).want(http.StatusCreated).position()
		p.settled()
		for where, n := range noPositions(t, stores, last) {
			number := strconv.FormatUint(n, 10)
			for _, query := range []string{"?wait=0&after=" + number, "?wait=10&after=" + number, "?type=of-nothing.v1&after=" + number} {
				began := time.Now()
				refused := admin.get("/v1/events"+query, "Parley-Min-Position", "").want(http.StatusGone)
				if took := time.Since(began); took > soonLimit {
					t.Errorf("%s: %s is answered after %v", where, query, took)
				}
				if refused.field("code") != "log_changed" || refused.field("head") == nil || refused.field("log") == nil {
					t.Errorf("%s: %s is refused with %s", where, query, refused.body)
				}
			}
			admin.get("/v1/events", "Accept", "text/event-stream", "Last-Event-ID", number).want(http.StatusGone)
			began := time.Now()
			screen, _ := p.as(anOwner).live(number)
			if told := screen.nextHint(); told.Event != "reset" {
				t.Errorf("%s: a screen is told %+v", where, told)
			}
			if took := time.Since(began); took > soonLimit {
				t.Errorf("%s: a screen is told after %v", where, took)
			}
			screen.close()
		}
		for _, from := range []string{"0", last} {
			admin.get("/v1/events?wait=0&after=" + from).want(http.StatusOK)
		}
	})
}
