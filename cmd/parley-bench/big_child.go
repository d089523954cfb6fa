package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// smallBytes is the size of the big store's events, smallStream how many of them
// a stream has: there are then more streams than any cache holds.
const (
	smallBytes  = 100
	smallStream = 20
)

// fillCommand fills a big store and answers with a filling.
type fillCommand struct {
	Dir    string `arg:""`
	Events int    `arg:""`
}

// filling is how a store was filled.
type filling struct {
	Took   time.Duration
	Memory growth
}

// Run implements the command.
func (c fillCommand) Run(ctx context.Context) error {
	node, err := eventnode.Open(eventnode.Config{Dir: c.Dir})
	if err != nil {
		return err
	}
	defer node.Close()
	began, memory := time.Now(), newGrowth(c.Events)
	// In parts, between which nothing is under way.
	for left := c.Events; left > 0; {
		part := min(left, max(smallStream, c.Events/200))
		if err := fill(ctx, node, part, smallStream, payloadOf(smallBytes)); err != nil {
			return err
		}
		memory.note(part)
		left -= part
	}
	if err := node.Close(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(filling{time.Since(began), *memory})
}

// walkCommand opens a big store, follows all of it, appends to it, and answers
// with a walk.
type walkCommand struct {
	Dir    string `arg:""`
	Events int    `arg:""`
}

// walk is what was found.
type walk struct {
	Cold, Warm         time.Duration // until the store was open
	Opened             int64         // resident then
	Reading, Appending time.Duration
	Read, Appended     growth
	Appends            int
}

// Run implements the command.
func (c walkCommand) Run(ctx context.Context) error {
	var w walk
	node, err := w.open(c.Dir)
	if err != nil {
		return err
	}
	defer node.Close()
	if err := w.followTwice(ctx, node, c.Events); err != nil {
		return fmt.Errorf("follow all: %w", err)
	}
	sub, err := node.Follow(ctx, node.Head(), "")
	if err != nil {
		return err
	}
	defer sub.Close()
	w.Appends = max(1000, c.Events/100)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		began, memory := time.Now(), newGrowth(w.Appends)
		err = follow(ctx, sub, memory, w.Appends)
		w.Appended, w.Appending = *memory, time.Since(began)
		return err
	})
	for writer := range 16 {
		group.Go(func() error { return appendSingly(ctx, node, writer, w.Appends) })
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("append: %w", err)
	}
	return json.NewEncoder(os.Stdout).Encode(w)
}

// open opens the store twice, first with nothing of it in memory.
func (w *walk) open(dir string) (*eventnode.Node, error) {
	var node *eventnode.Node
	for _, took := range []*time.Duration{&w.Cold, &w.Warm} {
		if node != nil {
			if err := node.Close(); err != nil {
				return nil, err
			}
		}
		began := time.Now()
		var err error
		if node, err = eventnode.Open(eventnode.Config{Dir: dir}); err != nil {
			return nil, err
		}
		*took = time.Since(began)
	}
	w.Opened = resident()
	return node, nil
}

// followTwice takes in all events, and then all again: the first time fills the
// caches, which are bounded, so that the second half of the samples shows whether
// anything else grows.
func (w *walk) followTwice(ctx context.Context, node *eventnode.Node, events int) error {
	began, memory := time.Now(), newGrowth(2*events)
	for range 2 {
		sub, err := node.Follow(ctx, eventlog.Start, "")
		if err != nil {
			return err
		}
		err = follow(ctx, sub, memory, events)
		if sub.Close(); err != nil {
			return err
		}
	}
	w.Read, w.Reading = *memory, time.Since(began)/2
	return nil
}

// follow takes in so many events.
func follow(ctx context.Context, sub eventlog.Subscription, memory *growth, events int) error {
	for seen := 0; seen < events; {
		batch, err := sub.Next(ctx)
		if err != nil {
			return err
		}
		seen += len(batch.Events)
		memory.note(len(batch.Events))
	}
	return nil
}

// appendSingly appends one writer's part of so many events, at exact revisions.
func appendSingly(ctx context.Context, node *eventnode.Node, writer, events int) error {
	stream, at, data := "bench-"+uuid.NewString(), eventlog.NoStream, payloadOf(smallBytes)
	for i := writer; i < events; i += 16 {
		event := eventlog.NewEvent{ID: uuid.New(), Type: eventType, Data: data}
		done, err := node.Append(ctx, stream, at, []eventlog.NewEvent{event})
		if err != nil {
			return err
		}
		at = done.Revision
	}
	return nil
}
