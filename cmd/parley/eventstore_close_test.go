package main_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"parley/adapters/adaptertest/chaostest"
	"parley/adapters/eventnode"
	"parley/adapters/eventstore"
	"parley/domain/eventlog"
)

// interrupted is an appender whose store was closed: what was acknowledged, what
// was not, and why.
type interrupted struct {
	stream string
	acked  []uuid.UUID
	last   uuid.UUID
	err    error
}

// appendUntilClosed appends event after event and counts what is acknowledged.
func (a *interrupted) appendUntilClosed(t *testing.T, store *eventstore.Store, acknowledged *atomic.Int64) {
	for revision := eventlog.NoStream; ; revision++ {
		a.last = uuid.New()
		event := eventlog.NewEvent{ID: a.last, Type: "load.appended.v1", Data: []byte(`{}`)}
		if _, a.err = store.Append(t.Context(), a.stream, revision, []eventlog.NewEvent{event}); a.err != nil {
			return
		}
		a.acked = append(a.acked, a.last)
		acknowledged.Add(1)
	}
}

// wantTruth demands that the stream is what the appender was told, and reports
// whether it was told that nobody knows.
func (a *interrupted) wantTruth(t *testing.T, node *eventnode.Node) (unknown bool) {
	t.Helper()
	var stored []uuid.UUID
	for e, err := range node.ReadStream(t.Context(), a.stream, 0, 0) {
		if err != nil {
			t.Fatalf("read %s: %v", a.stream, err)
		}
		stored = append(stored, e.ID)
	}
	unknown = errors.Is(a.err, eventlog.ErrUnavailable)
	if !errors.Is(a.err, eventlog.ErrClosed) {
		t.Errorf("a closed store said %v", a.err)
	}
	if !slices.Equal(stored, a.acked) && (!unknown || !slices.Equal(stored, append(a.acked, a.last))) {
		t.Errorf("%s holds %d events, %d were acknowledged and the last ended with: %v", a.stream, len(stored), len(a.acked), a.err)
	}
	return unknown
}

// A store that is closed in the middle of appends tells each whether it was carried
// out, whether it was never sent, or that nobody knows. The test is not parallel, so
// that goroutines left behind are its own.
func TestEventStore_closed_in_the_middle_of_appends_claims_nothing_that_is_not_so(t *testing.T) {
	untouched := goleak.IgnoreCurrent()
	t.Run("again and again", func(t *testing.T) {
		w, unknown := startWire(t), 0
		rounds := chaostest.Cycles(20, 500)
		for n := range rounds {
			unknown += closeInTheMiddle(t, w, n)
		}
		if unknown == 0 {
			t.Error("no append was under way")
		}
		chaostest.Report(t, "R5", "event store client: closed in the middle of appends",
			fmt.Sprintf("%d times with 16 appenders, %d appends of unknown outcome said so: 0 lost, 0 doubled, 0 claimed otherwise", rounds, unknown))
	})
	goleak.VerifyNone(t, untouched, forgotten, retrying)
}

// closeInTheMiddle closes a store under 16 appenders and returns how many of them
// do not know.
func closeInTheMiddle(t *testing.T, w *wire, round int) (unknown int) {
	t.Helper()
	store := openStore(t, w.address)
	var group sync.WaitGroup
	var acknowledged atomic.Int64
	appenders := make([]interrupted, 16)
	for i := range appenders {
		appenders[i].stream = fmt.Sprintf("%sclosed-%d-%d", loadPrefix, round, i)
		group.Go(func() { appenders[i].appendUntilClosed(t, store, &acknowledged) })
	}
	enough := rand.Int64N(64)
	eventually(t, recovery, "enough was appended", func() bool { return acknowledged.Load() >= enough })
	if err := store.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	group.Wait()
	for i := range appenders {
		if appenders[i].wantTruth(t, w.node) {
			unknown++
		}
	}
	return unknown
}
