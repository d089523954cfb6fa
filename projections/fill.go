package projections

import (
	"context"
	"fmt"

	"parley/domain"
	"parley/domain/eventlog"
)

// Limits of one transaction of a rebuild, which nobody waits for.
const (
	fillEvents = 2000
	fillBytes  = 4 << 20
)

// fill brings tables up to a position that the log handed out, in big batches,
// reading the next one while the last is written. Trouble hears what is waited for,
// progress the position after each batch.
func fill(ctx context.Context, log eventlog.Log, t *tables, to eventlog.Position, trouble func(error), progress func(eventlog.Position)) error {
	return insist(ctx, nil, trouble, func() error {
		for t.at.Position < to {
			if err := fillOnce(ctx, log, t, to, progress); err != nil {
				return err
			}
		}
		return nil
	})
}

func fillOnce(ctx context.Context, log eventlog.Log, t *tables, to eventlog.Position, progress func(eventlog.Position)) error {
	ctx, cancel := context.WithCancel(ctx)
	chunks, failed := make(chan []eventlog.Recorded, 1), make(chan error, 1)
	go func() {
		defer close(chunks)
		failed <- readChunks(ctx, log, t.at.Position, to, chunks)
	}()
	defer func() {
		cancel()
		for range chunks { // until the reader is gone
		}
	}()
	for chunk := range chunks {
		if err := t.advance(ctx, chunk, chunk[len(chunk)-1].Position); err != nil {
			return err
		}
		progress(t.at.Position)
	}
	if err := <-failed; err != nil {
		return err
	}
	return t.advance(ctx, nil, to)
}

// readChunks sends the events behind one position up to another.
func readChunks(ctx context.Context, log eventlog.Log, after, to eventlog.Position, chunks chan<- []eventlog.Recorded) error {
	var chunk []eventlog.Recorded
	size := 0
	send := func() error {
		if len(chunk) == 0 {
			return nil
		}
		select {
		case chunks <- chunk:
			chunk, size = nil, 0
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for e, err := range log.ReadAll(ctx, after, domain.StreamPrefix, 0) {
		if err != nil {
			return fmt.Errorf("read the log: %w", err)
		}
		if e.Position > to {
			break
		}
		chunk = append(chunk, e)
		size += len(e.Data) + len(e.Metadata)
		if len(chunk) >= fillEvents || size >= fillBytes {
			if err := send(); err != nil {
				return err
			}
		}
	}
	return send()
}
