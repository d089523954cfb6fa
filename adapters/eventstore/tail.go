package eventstore

import (
	"context"
	"fmt"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/domain/eventlog"
)

// Sizes of the pages in which Tail walks back: mostly one of the last events is
// the one; if not, what lies behind may be long.
const (
	firstTailPage = 16
	tailPage      = 500
)

// Tail implements [eventlog.Log]. It walks back over what does not have the
// prefix.
func (s *Store) Tail(ctx context.Context, prefix string) (eventlog.Position, error) {
	var from esdb.AllPosition = esdb.End{}
	for n := firstTailPage; ; n = tailPage {
		events, err := ask(ctx, s, func(ctx context.Context, client *esdb.Client) ([]eventlog.Recorded, error) {
			return readPage(ctx, client, openBackwards(from, n))
		})
		if err != nil {
			return eventlog.Start, fmt.Errorf("read tail: %w", final(err))
		}
		for _, e := range events {
			if strings.HasPrefix(e.Stream, prefix) {
				return e.Position, nil
			}
		}
		if len(events) < n {
			return eventlog.Start, nil
		}
		from = allPosition(events[n-1].Position)
	}
}
