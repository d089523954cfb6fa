package eventstore

import (
	"context"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/domain/eventlog"
)

// End implements [eventlog.Log].
func (s *Store) End(ctx context.Context) (eventlog.Position, error) {
	end, err := s.end(ctx)
	if err != nil {
		return eventlog.Start, fmt.Errorf("read the log's end: %w", err)
	}
	return end, nil
}

// At implements [eventlog.Log].
func (s *Store) At(ctx context.Context, position eventlog.Position) (eventlog.Recorded, error) {
	found, err := ask(ctx, s, func(ctx context.Context, client *esdb.Client) ([]eventlog.Recorded, error) {
		return readPage(ctx, client, func(ctx context.Context, client *esdb.Client) (*esdb.ReadStream, error) {
			return client.ReadAll(ctx, esdb.ReadAllOptions{From: allPosition(position)}, 1)
		})
	})
	switch {
	case err != nil:
		return eventlog.Recorded{}, fmt.Errorf("read event at %d: %w", position, final(err))
	case len(found) == 0:
		return eventlog.Recorded{}, fmt.Errorf("read event at %d: %w", position, eventlog.ErrNoSuchPosition)
	case found[0].Position != position:
		return eventlog.Recorded{}, fmt.Errorf("read event at %d: %w", position, eventlog.ErrGone)
	}
	return found[0], nil
}

// Trouble implements [eventlog.Log].
func (s *Store) Trouble() eventlog.Trouble { return eventlog.Trouble{} }

// OnReplaced implements [eventlog.Log].
func (s *Store) OnReplaced(func()) {}
