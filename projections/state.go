package projections

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// State is how a projection fares, as seen from this process.
type State struct {
	Projection string
	// Position is the place up to which the rows hold every event, Behind its
	// distance to the last event in positions (not in events), and Lag the age
	// of the oldest event that is missing.
	Position eventlog.Position
	Behind   uint64
	Lag      time.Duration
	// Leading says that this process applies the events.
	Leading bool
	// Parked lists the events that are left out, in the order of the log.
	Parked []Parked
	// Halted is why nothing is applied any more, Waiting what an older version
	// waits for, Retrying what is unavailable; empty where it is not so.
	Halted, Waiting, Retrying string
	// Missing says that there are no rows yet.
	Missing bool
}

// States returns the states of all projections, in the order of their names.
// An error means that log or database could not be asked.
func (b *Board) States(ctx context.Context) ([]State, error) {
	tail, err := b.log.End(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the log's end: %w", err)
	}
	var states []State
	for _, s := range b.known() {
		if err := b.complete(ctx, &s, tail); err != nil {
			return nil, fmt.Errorf("read the state of %s: %w", s.Projection, err)
		}
		states = append(states, s)
	}
	return states, nil
}

// known returns what the board itself knows.
func (b *Board) known() []State {
	b.mu.Lock()
	defer b.mu.Unlock()
	states := make([]State, 0, len(b.order))
	for _, name := range b.order {
		e := b.entries[name]
		s := State{Projection: name, Position: e.position, Leading: e.leading}
		switch {
		case errors.Is(e.fault, ErrHalted):
			s.Halted = e.fault.Error()
		case errors.Is(e.fault, domain.ErrUnknownType):
			s.Waiting = e.fault.Error()
		}
		if e.trouble != nil {
			s.Retrying = e.trouble.Error()
		}
		states = append(states, s)
	}
	return states
}

// complete adds what database and log know.
func (b *Board) complete(ctx context.Context, s *State, tail eventlog.Position) error {
	names := newNaming(s.Projection, s.Projection)
	at, found, err := loadCheckpoint(ctx, b.db, names)
	if errors.Is(err, sqldb.ErrNoSchema) || (err == nil && !found) {
		s.Missing = true
	} else if err != nil {
		return err
	} else if s.Parked, err = loadParked(ctx, b.db, names); err != nil {
		return err
	}
	s.Position = max(s.Position, at.Position)
	if s.Position >= tail {
		return nil
	}
	s.Behind = uint64(tail - s.Position)
	s.Lag, err = b.lag(ctx, s.Position)
	return err
}

// lag returns the age of the first event behind a position.
func (b *Board) lag(ctx context.Context, after eventlog.Position) (time.Duration, error) {
	for e, err := range b.log.ReadAll(ctx, after, domain.StreamPrefix, 1) {
		if err != nil {
			return 0, err
		}
		return max(0, time.Since(e.RecordedAt)), nil
	}
	return 0, nil
}
