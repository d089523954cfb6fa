package commands

import "context"

// gate lets one pass at a time, in the order of arrival.
type gate chan struct{}

func newGate() gate { return make(gate, 1) }

// enter waits for the turn, no longer than ctx.
func (g gate) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case g <- struct{}{}:
		return nil
	default: // a turn is handed to those who wait, so nobody is overtaken above
	}
	select {
	case g <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g gate) leave() { <-g }
