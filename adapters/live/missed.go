package live

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"parley/domain"
	"parley/domain/eventlog"
)

// errAway says that more was missed than can be made up for.
var errAway = errors.New("missed more than is kept")

// missed brings back from the log what the ring does not hold.
type missed struct {
	log   eventlog.Log
	ring  *ring
	means interpreter
	limit int                               // events
	turn  chan struct{}                     // holds one element while somebody reads
	away  atomic.Pointer[eventlog.Position] // from here, or from before, it is known to be too much
}

// after returns the hints behind a position, or errAway.
func (m *missed) after(ctx context.Context, p eventlog.Position) (reach, error) {
	found, _, ok := m.ring.after(p)
	if ok {
		return found, nil
	}
	// One at a time: most of those who wait then find it in the ring.
	select {
	case m.turn <- struct{}{}:
		defer func() { <-m.turn }()
	case <-ctx.Done():
		return reach{}, ctx.Err()
	}
	for {
		found, from, ok := m.ring.after(p)
		if ok {
			return found, nil
		}
		if away := m.away.Load(); away != nil && p <= *away {
			return found, errAway
		}
		older, err := m.read(ctx, p, from)
		if errors.Is(err, errAway) {
			m.away.Store(&p)
		}
		if err != nil {
			return found, err
		}
		if found, ok := m.ring.join(older, p, from); ok {
			return found, nil
		}
	}
}

// read returns the hints behind p and up to another position.
func (m *missed) read(ctx context.Context, p, upTo eventlog.Position) (found []hint, err error) {
	passed := 0
	for e, err := range m.log.ReadAll(ctx, p, domain.StreamPrefix, m.limit+1) {
		if err != nil {
			return nil, fmt.Errorf("read missed events: %w", err)
		}
		if e.Position > upTo {
			break
		}
		if passed++; passed > m.limit {
			return nil, errAway
		}
		if h, ok := m.means.hint(&e); ok {
			found = append(found, h)
		}
	}
	return found, nil
}
