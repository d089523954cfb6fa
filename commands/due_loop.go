package commands

import (
	"cmp"
	"context"
	"log/slog"
	"time"
)

// DueLoop is how this service does by itself what falls due: deliveries, closing
// what is idle, cleaning up. It owns no state and decides nothing.
//
// To make something fall due: keep in a read model, with an index, when each
// thing does; let Step find what is due now and do each by a command, many with
// [doEach]; return [until] the next one falls due. The read model may be behind
// and another instance may be at the same, so the command decides on the
// aggregate's own state and clock, and does nothing where nothing is due (any
// more): that alone makes it happen once, whatever is killed when. Run the loop
// on one instance at a time, as cmd/parley does by whileLeading; leadership only
// saves doubled work. Wake it when what it waits for may have come nearer.
type DueLoop struct {
	// What is delayed when a step fails, as the log says it, once for all that fail
	// in a row with the same error: "notifications".
	What string
	// Step does what is due now and returns how long to wait for more; 0 means
	// that there is more. After an error the next step is a second later, so a
	// step does all it can before it returns one.
	Step func(ctx context.Context) (time.Duration, error)
	// Idle bounds the time between two steps; 0 means 30 s.
	Idle   time.Duration
	Logger *slog.Logger
}

// duePause is the time between two steps after a failure, or where the read
// model may not yet show what was done.
const duePause = time.Second

// Run takes steps until ctx ends, which a step under way must heed. Wake brings
// the next step at once; it should have room for one.
func (l DueLoop) Run(ctx context.Context, wake <-chan struct{}) {
	told := ""
	for ctx.Err() == nil {
		wait, err := l.Step(ctx)
		if err != nil {
			wait = duePause
		}
		told = l.tell(ctx, err, told)
		timer := time.NewTimer(min(wait, cmp.Or(l.Idle, 30*time.Second)))
		select {
		case <-ctx.Done():
		case <-wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// tell logs an error unless it was the last one told, and returns what now is.
func (l DueLoop) tell(ctx context.Context, err error, told string) string {
	if err == nil || ctx.Err() != nil {
		return ""
	}
	if err.Error() != told {
		l.Logger.WarnContext(ctx, l.What+" are delayed", "error", err)
	}
	return err.Error()
}

// until returns how long to wait for what falls due next; the zero time, when
// nothing will, is as far off as can be.
func until(next time.Time) time.Duration {
	if next.IsZero() {
		return 1<<63 - 1
	}
	return max(time.Until(next), 0)
}

// doEach does everything that is due, so many at once, so that what is slow or
// fails holds up nothing else. It returns the first error when all are done.
func doEach[T any](ctx context.Context, parallel int, due []T, do func(context.Context, T) error) error {
	free := make(chan struct{}, parallel)
	failures := make(chan error, len(due))
	for _, d := range due {
		free <- struct{}{}
		go func() {
			defer func() { <-free }()
			failures <- do(ctx, d)
		}()
	}
	var first error
	for range due {
		if err := <-failures; err != nil && first == nil {
			first = err
		}
	}
	return first
}
