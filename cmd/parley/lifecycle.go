package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// Limits of HTTP connections: slow clients are cut, and what is in flight at the
// end is given its time.
const (
	headerTimeout = 5 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
	drainLimit    = 7 * time.Second // which leaves time to close the stores within 10 s
)

// door is a server and where it listens.
type door struct {
	server   *http.Server
	listener net.Listener
}

func newHTTPServer(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader}
}

// serve runs everything while body runs, and then closes in order: no new
// requests, streams and long polls end, requests in flight finish, projectors
// stop between two batches, stores close. The context that body gets ends when a
// part of the server fails for good.
func (a *app) serve(ctx context.Context, doors []door, g gates, body func(context.Context) error) error {
	socket, err := listenForOperator(a.folder.path)
	if err != nil {
		return errors.Join(err, a.close())
	}
	group, life := errgroup.WithContext(context.WithoutCancel(ctx))
	stopNode := a.settings.Outside.serve(life, group, a.stack.node, g, a.logger)
	doors = append(doors, door{newHTTPServer(operations(a.stack.node, a.operator)), socket})
	for _, d := range doors {
		group.Go(func() error { return ignoreClosed(d.server.Serve(d.listener)) })
	}
	group.Go(func() error { return a.run(life) })
	group.Go(func() error {
		result := body(life)
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainLimit)
		defer cancel()
		a.beginClosing()
		result = errors.Join(result, shutdown(drain, doors))
		stopNode(drain)
		a.stop()
		return result
	})
	return errors.Join(group.Wait(), a.close())
}

// serveFor runs a server on the folder's socket alone, for as long as use takes.
func serveFor(ctx context.Context, c serveCommand, std stdio, f *folder, use func(server) error) error {
	defer f.release()
	a, err := newApp(ctx, c, f, newLogger(std, c.LogLevel))
	if err != nil {
		return err
	}
	return a.serve(ctx, nil, gates{}, func(context.Context) error { return use(operatorOf(f.path)) })
}

// shutdown lets requests in flight finish, and cuts what has not by the end: a
// client that neither sends nor reads is no failure of the server.
func shutdown(ctx context.Context, doors []door) error {
	var all error
	for _, d := range doors {
		err := d.server.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			err = d.server.Close()
		}
		if err != nil {
			all = errors.Join(all, fmt.Errorf("finish requests: %w", err))
		}
	}
	return all
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
