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

// notifierPage is how many messages and deliveries are looked at in one step.
const notifierPage = 100

// Run works until ctx ends; what is being delivered then is finished or left to
// its claim's timeout. Wake says that the read model has moved.
func (n Notifier) Run(ctx context.Context, wake <-chan struct{}) {
	DueLoop{What: "notifications", Step: n.step, Logger: n.Logger}.Run(ctx, wake)
}

// step decides and delivers what there is now and returns how long to wait for
// more.
func (n Notifier) step(ctx context.Context) (time.Duration, error) {
	if err := n.decideAll(ctx); err != nil {
		return 0, err
	}
	now := time.Now()
	due, err := n.Queue.Due(ctx, now, notifierPage)
	if err != nil {
		return 0, err
	}
	if err := doEach(ctx, cmp.Or(n.Parallel, 4), due, n.deliver); err != nil {
		return 0, err
	}
	if len(due) > 0 {
		return duePause, nil
	}
	next, err := n.Queue.NextDue(ctx, now)
	return until(next), err
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

func (n Notifier) deliver(ctx context.Context, due notification.Due) error {
	if err := n.Deliver.Handle(ctx, DeliverNotification{due}); err != nil {
		return fmt.Errorf("deliver notification: %w", err)
	}
	return nil
}
