package search_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/domain/words"
	"parley/projections/projectiontest"
	"parley/projections/search"
	"parley/projections/worldtest"
)

func TestSearch_equals_the_fold_of_the_history(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			world := worldtest.NewWithLosses(seed, 150)
			tables := projectiontest.Run(t, search.Projection, worldtest.Manifests, world.Events...)
			got, want := tables.Select("texts", "organization, conversation, number, public_number, internal, words"), wantTexts(world)
			slices.Sort(got)
			slices.Sort(want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("texts differ (-fold +rows):\n%s", diff)
			}
		})
	}
}

func wantTexts(w *worldtest.World) (out []string) {
	for _, c := range w.Conversations {
		out = append(out, fmt.Sprintf("%s|%s|0|0|false|%s", c.Organization, c.ID, words.List(c.State.Name)))
		for _, m := range c.Messages {
			listed := words.List(m.Body)
			if m.Redacted {
				listed = `""` // as the tables show nothing
			}
			out = append(out, fmt.Sprintf("%s|%s|%d|%d|%t|%s", c.Organization, c.ID, m.Number, m.PublicNumber, m.Internal, listed))
		}
	}
	return out
}
