package stream_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/adapters/stream"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// recorder is a consumer that remembers what it was fed.
type recorder struct {
	name  string
	apply func(ctx context.Context, batch eventlog.Batch) error // nil: always succeeds

	awaited chan struct{} // nil: nobody ever waits

	mu     sync.Mutex
	at     eventlog.Position
	seen   []uuid.UUID
	terms  int
	lives  int
	causes []error
}

func (r *recorder) Name() string { return r.name }

func (r *recorder) Awaited() <-chan struct{} { return r.awaited }

func (r *recorder) Begin(context.Context) (eventlog.Position, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.terms++
	return r.at, nil
}

func (r *recorder) Apply(ctx context.Context, batch eventlog.Batch) error {
	if r.apply != nil {
		if err := r.apply(ctx, batch); err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range batch.Events {
		r.seen = append(r.seen, e.ID)
	}
	r.at = batch.Position
	if batch.Live {
		r.lives++
	}
	return nil
}

func (r *recorder) End(cause error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.causes = append(r.causes, cause)
}

func (r *recorder) count() (events, terms int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.seen), r.terms
}

// appendEvents appends events to streams of their own, and returns their ids.
func appendEvents(tb testing.TB, log *eventnode.Node, n int) []uuid.UUID {
	tb.Helper()
	ids := make([]uuid.UUID, n)
	for i := range ids {
		ids[i] = uuid.New()
		e := eventlog.NewEvent{ID: ids[i], Type: "happened", Data: []byte("{}"), Metadata: []byte("{}")}
		if _, err := log.Append(tb.Context(), "parley_test-"+ids[i].String(), eventlog.NoStream, []eventlog.NewEvent{e}); err != nil {
			tb.Fatal(err)
		}
	}
	return ids
}

// alone is a leadership that nobody else wants, and that can be taken away.
type alone struct{ lost chan struct{} }

func (a *alone) lead(context.Context, string) (sqldb.Lease, error) { return a, nil }
func (a *alone) Lost() <-chan struct{}                             { return a.lost }
func (a *alone) Release()                                          {}

// start runs a router until the test ends or the returned function is called,
// which returns what Run returned.
func start(tb testing.TB, cfg stream.Config) (stop func() error) {
	tb.Helper()
	router, err := stream.NewRouter(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- router.Run(ctx) }()
	stop = sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-ended:
			return err
		case <-time.After(time.Minute):
			return errors.New("router does not stop")
		}
	})
	tb.Cleanup(func() {
		if err := stop(); err != nil {
			tb.Errorf("stop router: %v", err)
		}
	})
	return stop
}

// eventually polls until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			t.Fatalf("never: %s", what)
		case <-tick.C:
		}
	}
}
