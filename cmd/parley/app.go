package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"

	"golang.org/x/sync/errgroup"

	"parley/adapters/live"
	"parley/adapters/snapshots"
	"parley/adapters/stream"
)

// app is the assembled server, without its listeners.
type app struct {
	settings  serveCommand
	folder    *folder
	logger    *slog.Logger
	stack     *stack
	use       useCases
	models    *readModels
	readiness *readiness
	router    *stream.Router
	hub       *live.Hub
	texts     texts
	unhear    func()
	snapshots *snapshots.Snapshots
	metrics   *metrics
	wake      chan struct{} // the notifier's

	public   http.Handler
	operator http.Handler

	life    context.Context // of everything that goes on by itself
	stop    context.CancelFunc
	begun   chan struct{} // closed once the start is over
	closing chan struct{}
	once    sync.Once
}

// newApp assembles the server. It connects to nothing that may be down.
func newApp(ctx context.Context, c serveCommand, f *folder, logger *slog.Logger) (*app, error) {
	k, err := openStack(ctx, c.stores, f, logger)
	if err != nil {
		return nil, err
	}
	a := &app{settings: c, folder: f, logger: logger, stack: k, begun: make(chan struct{}), closing: make(chan struct{}), wake: make(chan struct{}, 1)}
	a.life, a.stop = context.WithCancel(context.WithoutCancel(ctx))
	if err := a.assemble(); err != nil {
		return nil, errors.Join(err, a.close())
	}
	if k.node != nil {
		a.metrics.registry.MustRegister(logCollector{k.node})
	}
	return a, nil
}

// beginClosing ends streams and long polls, and turns readiness off.
func (a *app) beginClosing() { a.once.Do(func() { close(a.closing) }) }

// run keeps the server's own work going until stop, or until a part fails for
// good, which ends the others.
func (a *app) run(ctx context.Context) error {
	defer a.stop()
	defer context.AfterFunc(ctx, a.stop)()
	group, life := errgroup.WithContext(a.life)
	group.Go(func() error { return a.use.follower.Run(life) })
	group.Go(func() error { return a.router.Run(life) })
	group.Go(func() error { a.hub.Run(life); return nil })
	group.Go(func() error { a.snapshots.Run(life); return nil })
	group.Go(func() error { return a.begin(life) })
	group.Go(func() error { a.notify(life); return nil })
	group.Go(func() error { a.closeIdle(life); return nil })
	group.Go(func() error { a.cleanUpFiles(life); return nil })
	group.Go(func() error { a.finishPurges(life); return nil })
	err := group.Wait()
	a.models.work.Wait()
	return err
}

// begin does what a start has to do once, as soon as the log is there.
func (a *app) begin(ctx context.Context) error {
	select {
	case <-a.use.follower.Started():
	case <-ctx.Done():
		return nil
	}
	err := untilDone(ctx, a.logger, func() error {
		if a.settings.Demo {
			if err := a.use.seedDemo(ctx, a.settings.DemoOrganization); err != nil {
				return err
			}
		}
		if a.settings.isForOneCommand() {
			return nil // mail goes on or stays off with the next server
		}
		return a.use.switchNotifier(ctx, a.settings.SMTP != "")
	})
	if err == nil {
		a.readiness.started()
		close(a.begun)
	}
	return nil
}

// close closes the stores; run must have ended.
func (a *app) close() error {
	a.stop()
	if a.unhear != nil {
		a.unhear()
	}
	return a.stack.close()
}
