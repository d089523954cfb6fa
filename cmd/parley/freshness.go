package main

import (
	"context"
	"time"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/projections"
)

// freshnessLimit is how long a query waits for a read model, by the contract.
const freshnessLimit = 5 * time.Second

// freshness bounds the wait for read models. Who is patient lets them rest under
// load: hints are, since there is one for every event.
type freshness struct {
	board   *projections.Board
	patient bool
}

// Wait implements queries.Freshness.
func (f freshness) Wait(ctx context.Context, names []string, min eventlog.Position) error {
	if min == eventlog.Start {
		return nil
	}
	bounded, cancel := context.WithTimeout(ctx, freshnessLimit)
	defer cancel()
	wait := f.board.WaitUrgently
	if f.patient {
		wait = f.board.Wait
	}
	err := wait(bounded, names, min)
	if err != nil && ctx.Err() == nil {
		return domain.Unavailable("The read models have not come that far yet; try again.", time.Second, err)
	}
	return err
}
