package projections_test

import (
	"testing"

	"github.com/google/uuid"

	"parley/domain"
	"parley/projections"
)

func TestMeta_knows_the_aggregate_of_every_stream(t *testing.T) {
	t.Parallel()
	id := uuid.New()
	for _, aggregate := range []string{"conversation", "record-type", "business-unit"} {
		if got := (projections.Meta{Stream: domain.Stream(aggregate, id)}).AggregateID(); got != id {
			t.Errorf("the id of a %s is %v, want %v", aggregate, got, id)
		}
	}
	for _, stream := range []string{"", "parley_conversation", "parley_conversation-" + id.String()[1:]} {
		if got := (projections.Meta{Stream: stream}).AggregateID(); got != uuid.Nil {
			t.Errorf("stream %q has id %v", stream, got)
		}
	}
}
