package commands

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"parley/domain/notification"
)

// Notifier decides and delivers notifications: the one loop that turns what is
// in the read model of notifications into mails. It owns no state of its own.
// Decisions and claims are events at exact revisions, so a second instance, a
// restart at any point or a read model that is behind can only find less to do.
type Notifier struct {
	Queue   notification.Queue
	Decide  DecideNotificationHandler
	Deliver DeliverNotificationHandler
	Logger  *slog.Logger
	// Parallel is how many deliveries go on at once; 0 means 4.
	Parallel int
}

const (
	notifierPage  = 100
	notifierPause = time.Second      // after a failure, and between looks at a queue that lags
	notifierIdle  = 30 * time.Second // the longest time without a look at the queue
)

// Run works until ctx ends; what is being delivered then is finished or left to
// its claim's timeout. Wake says that the read model has moved.
func (n Notifier) Run(ctx context.Context, wake <-chan struct{}) {
	for ctx.Err() == nil {
		wait, err := n.step(ctx)
		if err != nil && ctx.Err() == nil {
			n.Logger.WarnContext(ctx, "notifications are delayed", "error", err)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// step decides and delivers what there is now and returns how long to wait for
// more.
func (n Notifier) step(ctx context.Context) (time.Duration, error) {
	if err := n.decideAll(ctx); err != nil {
		return notifierPause, err
	}
	now := time.Now()
	due, err := n.Queue.Due(ctx, now, notifierPage)
	if err != nil {
		return notifierPause, err
	}
	if err := n.deliverAll(ctx, due); err != nil {
		return notifierPause, err
	}
	if len(due) > 0 {
		return notifierPause, nil
	}
	next, err := n.Queue.NextDue(ctx, now)
	if err != nil || next.IsZero() {
		return notifierIdle, err
	}
	return min(notifierIdle, max(time.Until(next), 0)), nil
}

func (n Notifier) decideAll(ctx context.Context) error {
	messages, err := n.Queue.Undecided(ctx, notifierPage)
	if err != nil {
		return err
	}
	for _, m := range messages {
		if err := n.Decide.Handle(ctx, DecideNotification{m}); err != nil {
			return err
		}
	}
	return nil
}

// deliverAll attempts the deliveries, a few at once, so that a slow answer to
// one does not hold up all others. It returns the first error.
func (n Notifier) deliverAll(ctx context.Context, due []notification.Due) error {
	free := make(chan struct{}, cmp.Or(n.Parallel, 4))
	failures := make(chan error, len(due))
	for _, d := range due {
		free <- struct{}{}
		go func() {
			defer func() { <-free }()
			failures <- n.Deliver.Handle(ctx, DeliverNotification{d})
		}()
	}
	var first error
	for range due {
		if err := <-failures; err != nil && first == nil {
			first = fmt.Errorf("deliver notification: %w", err)
		}
	}
	return first
}
