package main

import (
	"context"
	"testing"

	"parley/adapters/eventnode"
	"parley/adapters/sqlite"
	"parley/domain"
	"parley/projections"
)

func TestFreshness_lets_no_read_model_rest_unless_it_is_patient(t *testing.T) {
	t.Parallel()
	for name, patient := range map[string]bool{"a query": false, "a hint": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			board, projector := leading(t)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := (freshness{board: board, patient: patient}).Wait(ctx, []string{projector.Name()}, 1); err == nil {
				t.Error("want a wait for what is not there to be given up")
			}
			select {
			case <-projector.Awaited():
				if patient {
					t.Error("who is patient was in a hurry")
				}
			default:
				if !patient {
					t.Error("the read model was not told that somebody is in a hurry")
				}
			}
		})
	}
}

// leading returns a read model that leads, over an empty log.
func leading(t *testing.T) (*projections.Board, *projections.Projector) {
	t.Helper()
	log, err := eventnode.Open(eventnode.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	db, err := sqlite.Open(sqlite.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	registry, err := domain.NewRegistry()
	if err != nil {
		t.Fatal(err)
	}
	board := projections.NewBoard(log, db)
	p := projections.NewProjector(allProjections()[0], projections.Config{Log: log, DB: db, Registry: registry, Board: board})
	if _, err := p.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.End(nil) })
	return board, p
}
