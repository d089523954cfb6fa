package worldtest_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"parley/domain"
	"parley/domain/notification"
	"parley/domain/sqldb"
	"parley/projections"
	"parley/projections/conversations"
	"parley/projections/directory"
	"parley/projections/inboxes"
	"parley/projections/notifications"
	"parley/projections/orders"
	"parley/projections/projectiontest"
	"parley/projections/receipts"
	"parley/projections/search"
	"parley/projections/timelines"
	"parley/projections/worldtest"
)

// All but that of files, of which a world has no streams.
var readModels = []projections.Projection{
	conversations.Projection, directory.Projection, inboxes.Projection, notifications.Projection,
	orders.Projection, receipts.Projection, search.Projection, timelines.Projection,
}

// cut takes the beginning away from some conversations, as a scavenge does that
// follows a limit which somebody set on their streams.
func cut(w *worldtest.World, seed uint64) []projectiontest.Event {
	random, left := rand.New(rand.NewPCG(seed, 9)), map[string]int{}
	return slices.DeleteFunc(slices.Clone(w.Events), func(e projectiontest.Event) bool {
		if !strings.HasPrefix(e.Stream, domain.StreamPrefix+"conversation-") {
			return false
		}
		if _, known := left[e.Stream]; !known {
			left[e.Stream] = max(0, random.IntN(12)-4)
		}
		left[e.Stream]--
		return left[e.Stream] >= 0
	})
}

// Fill fails where anything is parked, or a rebuild differs.
func TestReadModels_stop_for_no_stream_that_lost_its_beginning(t *testing.T) {
	t.Parallel()
	manifests := append([][]domain.Type{notification.Types, notification.NotifierTypes}, worldtest.Manifests...)
	for seed := range uint64(2) {
		history := cut(worldtest.NewWithLosses(seed, 200), seed)
		for _, p := range readModels {
			t.Run(fmt.Sprintf("%s, seed %d", p.Name, seed), func(t *testing.T) {
				t.Parallel()
				projectiontest.Each(t, func(t *testing.T, db sqldb.DB) {
					projectiontest.Fill(t, db, p, manifests, history...)
				})
			})
		}
	}
}
