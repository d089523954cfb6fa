package main

import (
	"context"
	"log/slog"
	"time"

	"parley/adapters/mail"
	"parley/commands"
	"parley/domain/eventlog"
	"parley/projections/notifications"
	"parley/queries"
)

// notify decides and delivers notifications while mail is configured, on one
// instance at a time.
func (a *app) notify(ctx context.Context) {
	if a.settings.SMTP == "" || a.awaitReadModel(ctx, notifications.Name) != nil {
		return
	}
	a.whileLeading(ctx, "notifier", func(led context.Context) { a.use.notifier.Run(led, a.wake) })
}

// awaitReadModel waits until the start is over and the read model has come to
// where the log was then.
func (a *app) awaitReadModel(ctx context.Context, name string) error {
	select {
	case <-a.begun:
	case <-ctx.Done():
		return ctx.Err()
	}
	return a.models.board.Wait(ctx, []string{name}, a.use.follower.Head())
}

// wakeNotifier says that the notifier's read model has moved.
func (a *app) wakeNotifier(name string, _ eventlog.Position) {
	if name != notifications.Name {
		return
	}
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// newNotifier returns the notifier, or a usage error for mail settings that
// cannot work. Without a mail server it has no mailer and must not run.
func newNotifier(c serveCommand, u useCases, q queries.Sources, t texts, logger *slog.Logger) (commands.Notifier, error) {
	n := commands.Notifier{
		Queue:  queries.NotificationQueue{Sources: q},
		Decide: commands.DecideNotificationHandler{Notifications: u.notifications, Directory: u.directory},
		Deliver: commands.DeliverNotificationHandler{
			Notifications: u.notifications, Conversations: u.conversations.Repository,
			Directory: u.directory,
		},
		Logger: logger,
	}
	if c.SMTP == "" {
		return n, nil
	}
	mailer, err := mail.New(mail.Config{URL: c.SMTP, From: c.MailFrom, PublicURL: c.PublicURL, Markup: t.html.Of, PlainText: t.plain.Of})
	if err != nil {
		return n, usagef("--smtp: %v", err)
	}
	n.Deliver.Mailer = mailer
	return n, nil
}

// startPause is how long a start waits before it tries again.
const startPause = 200 * time.Millisecond

// untilDone does something until it succeeds or ctx ends.
func untilDone(ctx context.Context, logger *slog.Logger, do func() error) error {
	told := false
	for {
		err := do()
		if err == nil {
			return nil
		}
		if !told && ctx.Err() == nil {
			logger.WarnContext(ctx, "the start is delayed", "error", err)
			told = true
		}
		timer := time.NewTimer(startPause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}
