package projections_test

import (
	"testing"

	"parley/domain"
	"parley/projections/projectiontest"
)

func TestRows_do_not_depend_on_the_database_or_the_batches(t *testing.T) {
	t.Parallel()
	var history []projectiontest.Event
	for i := range 40 {
		history = append(history, projectiontest.Event{Stream: stream(i % 7), Data: ticked{N: int64(i)}})
		if i%5 == 0 {
			history = append(history, projectiontest.Event{Stream: stream(i % 7), Data: paused{}})
		}
	}
	tables := projectiontest.Run(t, ticks(1), [][]domain.Type{manifest}, history...)
	tables.Golden(t)
	got := tables.Select("streams", "events, total")
	if len(got) != 7 {
		t.Errorf("want a row for each of 7 streams, got %v", got)
	}
}
