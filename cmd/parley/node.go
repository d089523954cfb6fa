package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"parley/adapters/eventnode"
)

// nodeAddress is where a node listens unless it is told otherwise.
const nodeAddress = "127.0.0.1:2113"

// nodeStopLimit is how long calls in flight may take when a node stops.
const nodeStopLimit = 5 * time.Second

// nodeCommand runs the embedded event store alone, on the data folder that a
// server would use.
type nodeCommand struct {
	Data     string `help:"Folder of the events, created if missing; a server's own will do while that is stopped." default:"./parley-data" type:"path"`
	outside  `embed:""`
	Stride   *int64 `help:"Number the events of a new folder so far apart, behind 2^32, as an EventStoreDB does not count them either; a folder keeps its numbering. 1 to 1048576." placeholder:"N"`
	LogLevel string `help:"How much to log: debug, info, warn or error." default:"info" enum:"debug,info,warn,error"`
}

// Run implements the command.
func (c nodeCommand) Run(ctx context.Context, std stdio) error {
	if !c.isOpen() {
		c.Listen = nodeAddress
	}
	if err := c.check("--"); err != nil {
		return err
	}
	if c.Stride != nil && (*c.Stride < 1 || *c.Stride > eventnode.MaxStride) {
		return usagef("--stride must be a number from 1 to %d", eventnode.MaxStride)
	}
	f, err := holdFolder(c.Data)
	if err != nil {
		return err
	}
	defer f.release()
	g, err := c.listen("--")
	if err != nil {
		return err
	}
	defer g.close()
	logger := newLogger(std, c.LogLevel)
	node, err := c.open(f, logger)
	if err != nil {
		return err
	}
	defer node.Close()
	group, life := errgroup.WithContext(ctx)
	if err := serveOperations(life, group, node, f.path); err != nil {
		return err
	}
	stop := c.serve(ctx, group, node, g, logger)
	g.greet(std, c.Credentials != "")
	group.Go(func() error {
		<-life.Done()
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), nodeStopLimit)
		defer cancel()
		stop(limit)
		return nil
	})
	if err := group.Wait(); err != nil {
		return err
	}
	return node.Close()
}

// open opens the folder's event store, whose numbering only a new one is told.
func (c nodeCommand) open(f *folder, logger *slog.Logger) (*eventnode.Node, error) {
	cfg := eventnode.Config{Dir: f.events(), Logger: logger}
	if c.Stride != nil {
		cfg.Stride = uint64(*c.Stride)
	}
	node, err := eventnode.Open(cfg)
	if has, ok := errors.AsType[*eventnode.NumberingError](err); ok {
		return nil, usagef("--stride %d: the events in %s are numbered %d apart and stay so; leave --stride out, say --stride %d, or name a new folder with --data",
			cfg.Stride, f.path, has.Stride, has.Stride)
	}
	return node, err
}
