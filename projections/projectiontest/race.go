package projectiontest

import (
	"errors"
	"sync"
	"testing"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
	"parley/projections"
)

// race applies a history by two projectors at once that both believe to lead, as
// those of two instances may for a moment, each in batches of another size. One
// that is fenced begins again where the checkpoint is.
func race(t *testing.T, db sqldb.DB, p projections.Projection, manifests [][]domain.Type, history []Event) {
	t.Helper()
	log := recording(Record(t, history...))
	newRacer := func() *projections.Projector {
		return projections.NewProjector(p, projections.Config{
			Log: log, DB: db, Registry: registry(t, manifests), Board: projections.NewBoard(log, db),
		})
	}
	first := newRacer()
	if _, err := first.Begin(t.Context()); err != nil { // makes the schema
		t.Fatal(err)
	}
	first.End(nil)
	var racers sync.WaitGroup
	for _, size := range []int{5, 7} {
		racer := newRacer()
		racers.Go(func() {
			for done := false; !done && !t.Failed(); {
				done = runOn(t, racer, log, size)
			}
			racer.End(nil)
		})
	}
	racers.Wait()
}

// runOn is one term of a racer, and reports whether it came to the end.
func runOn(t *testing.T, racer *projections.Projector, log recording, size int) (done bool) {
	after, err := racer.Begin(t.Context())
	if err != nil {
		t.Errorf("begin: %v", err)
		return true
	}
	rest := log
	for len(rest) > 0 && rest[0].Position <= after {
		rest = rest[1:]
	}
	for ; len(rest) > 0; rest = rest[min(size, len(rest)):] {
		run := rest[:min(size, len(rest))]
		err := racer.Apply(t.Context(), eventlog.Batch{Events: run, Position: run[len(run)-1].Position})
		switch {
		case errors.Is(err, projections.ErrFenced):
			return false
		case err != nil:
			t.Errorf("apply: %v", err)
			return true
		}
	}
	return true
}
