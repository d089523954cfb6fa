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
	// Position is the place up to which the rows hold every event, Lag the age of
	// the oldest event that is missing, and Behind the distance to the last event in
	// positions, which are bytes or events, as the store has it.
	Position eventlog.Position
	Lag      time.Duration
	Behind   uint64
	// Leading says that this process applies the events.
	Leading bool
	// Begun says that the rows were compared with the log, by who leads here or by
	// this process of rows that are led elsewhere, and CaughtUp that since then they
	// were seen at its end. Neither is taken back when they fall behind, but both
	// when the log is replaced. Unready is why they have not begun.
	Begun, CaughtUp bool
	Unready         string
	// Parked lists the events that are left out, in the order of the log.
	Parked []Parked
	// Halted is why nothing is applied any more, Waiting what an older version
	// waits for, Retrying what is unavailable; empty where it is not so.
	Halted, Waiting, Retrying string
	// Refused is why the event store refuses what it is asked for, and RefusedSince
	// since when; empty where it does not.
	Refused      eventlog.Refusal
	RefusedSince time.Time
	// Missing says that there are no rows yet.
	Missing bool
}

// askTime is how long the log may be asked for the states of all projections.
const askTime = time.Second

// States returns the states of all projections, in the order of their names. It
// asks the database, and the log, while that serves and for at most a second, about
// what is not at its end yet. An error means that the database could not be asked.
func (b *Board) States(ctx context.Context) ([]State, error) {
	asking, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	if b.log.Trouble().Err != nil {
		cancel()
	}
	states := b.known()
	for i := range states {
		if err := b.complete(ctx, asking, &states[i]); err != nil {
			return nil, fmt.Errorf("read the state of %s: %w", states[i].Projection, err)
		}
	}
	return states, nil
}

// known returns what the board itself knows.
func (b *Board) known() []State {
	trouble := b.log.Trouble()
	b.mu.Lock()
	defer b.mu.Unlock()
	states := make([]State, len(b.order))
	for i, name := range b.order {
		states[i] = b.entries[name].state(name)
		states[i].refuse(trouble.Err, trouble.Since)
	}
	return states
}

// state returns what an entry says. The board's lock is held.
func (e *entry) state(name string) State {
	s := State{Projection: name, Position: e.position, Leading: e.leading}
	switch {
	case errors.Is(e.fault, ErrHalted):
		s.Halted = e.fault.Error()
	case errors.Is(e.fault, domain.ErrUnknownType):
		s.Waiting = e.fault.Error()
	}
	if e.trouble != nil {
		s.Retrying = e.trouble.Error()
		s.refuse(e.trouble, e.troubled)
	}
	return s
}

func (s *State) refuse(trouble error, since time.Time) {
	if refused, is := errors.AsType[*eventlog.RefusedError](trouble); is {
		s.Refused, s.RefusedSince = refused.Refusal, since
	}
}

// complete adds what the database knows, and, as long as the log may be asked, how
// the rows stand to it.
func (b *Board) complete(ctx, asking context.Context, s *State) error {
	names := newNaming(s.Projection, s.Projection)
	at, found, err := loadCheckpoint(ctx, b.db, names)
	switch {
	case errors.Is(err, sqldb.ErrNoSchema) || err == nil && !found:
		s.Missing = true
	case err != nil:
		return err
	default:
		if s.Parked, err = loadParked(ctx, b.db, names); err != nil {
			return err
		}
		b.watch(asking, s.Projection, at)
	}
	b.mu.Lock()
	e := b.entries[s.Projection]
	s.Begun, s.CaughtUp, s.Unready = e.begun, e.caughtUp, e.unready
	if e.ofLog || !e.leading {
		s.Position = max(s.Position, at.Position)
	}
	b.mu.Unlock()
	s.Behind, s.Lag = b.lag(asking, s.Projection, s.Position)
	return nil
}
