package commands

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"parley/domain/eventlog"
)

// Limits of deciding again after lost races. The first tries follow at once:
// whoever was answered first, reads first.
const (
	raceTimeout = 5 * time.Second
	hurriedTry  = 8
	maxPause    = 4 * time.Millisecond
)

// settle decides the command until it has an outcome. It runs inside the
// entry's gate.
func (r *Repository[S, E]) settle(ctx context.Context, e *entry[S], c *command[S, E]) (Outcome[S, E], error) {
	toTail, began := false, time.Now()
	for try := 0; try == 0 || time.Since(began) < raceTimeout; try++ {
		current, err := r.load(ctx, e, toTail)
		if err != nil {
			return Outcome[S, E]{}, err
		}
		if e.derived() {
			// What begins here may have begun before, in a stream that was deleted since.
			if _, err := r.vanish(ctx, e); err != nil {
				return Outcome[S, E]{}, err
			}
		}
		done, repeated, err := c.earlier(&e.receipts, e.stream, e.rests())
		if err != nil {
			return Outcome[S, E]{}, err
		}
		if repeated {
			out, again, err := r.repeat(ctx, e, c, done)
			if again {
				continue
			}
			return out, err
		}
		events, err := c.decide(e.show(c.now))
		if errors.Is(err, errDisagreeing) && !c.looked {
			c.looked, toTail = true, true
			e.raise(brief)
			continue
		}
		if nothing := err != nil || len(events) == 0; nothing && !current {
			toTail = true
			continue
		} else if nothing {
			removed, lost := r.vanish(ctx, e)
			if removed && lost == nil {
				continue
			}
			return r.unchanged(e, firstError(lost, err))
		}
		if c.req.Held != nil {
			return Outcome[S, E]{}, c.req.Held
		}
		out, err := r.append(ctx, e, c, events)
		if !isConflict(err) {
			return out, err
		}
		if err := pause(ctx, try); err != nil {
			return Outcome[S, E]{}, fault("wait to decide again", err)
		}
	}
	return Outcome[S, E]{}, unavailable(errContended)
}

// unchanged is the outcome of a refusal or a no-op. A stream without events has
// no position: there it is that of everything known here.
func (r *Repository[S, E]) unchanged(e *entry[S], refusal error) (Outcome[S, E], error) {
	if refusal != nil {
		return Outcome[S, E]{}, refusal
	}
	position := e.position
	if position == eventlog.Start {
		_, position, _ = r.Follower.Known()
	}
	return r.outcome(e, nil, position), nil
}

func (r *Repository[S, E]) outcome(e *entry[S], events []E, position eventlog.Position) Outcome[S, E] {
	out := Outcome[S, E]{Revision: e.at(), Position: position, Events: events}
	if r.agg.Copy != nil {
		out.State = r.agg.Copy(&e.state)
	}
	return out
}

// pause waits a random time, but not before the first tries, so that instances
// that race do not go on meeting each other.
func pause(ctx context.Context, try int) error {
	if try < hurriedTry {
		return ctx.Err()
	}
	return delay(ctx, rand.N(maxPause))
}
