package main

import (
	"context"
	"fmt"
)

// batchWriters is with how many writers appends in one call are measured, and
// burst is how many appends each sends at a time.
const (
	batchWriters = 16
	burst        = 16
)

// batchBar is that of appends in one call against as many writers of which each
// append is a call.
const batchBar = 2

// speedOfBatching measures S2 by BatchAppend: many small appends in one call.
func (l *lab) speedOfBatching(ctx context.Context) ([]table, error) {
	const calls, one, many = "CALLS", "one call, one at a time", "one call, many at a time"
	address, err := l.node("node-batching")
	if err != nil {
		return nil, err
	}
	unary, err := l.throughClient(calls, address, true)
	if err != nil {
		return nil, err
	}
	contenders := []contender{unary}
	for name, atOnce := range map[string]int{one: 1, many: burst} {
		opened, err := l.inOneCall(ctx, name, address, atOnce)
		if err != nil {
			return nil, err
		}
		contenders = append(contenders, opened)
	}
	laps, err := l.race(ctx, batchWriters, contenders...)
	if err != nil {
		return nil, err
	}
	t := table{
		title: "S2 · appending to the embedded event store, by one call of BatchAppend",
		note: fmt.Sprintf("One event of %d bytes an append, at an exact revision, each writer to a stream of its own; all writers share one call of the bare protocol. CALLS is the same by the official client, which makes a call for each append. Where a writer sends %d appends at a time and waits for their answers, times are those of all %d.",
			payloadBytes, burst, burst),
	}
	t.compare(fmt.Sprintf("%d writers, one at a time, appends/s", batchWriters), laps[one], laps[calls], calls, 1)
	t.compare(fmt.Sprintf("%d writers, %d at a time, appends/s", batchWriters, burst), times(laps[many], burst), laps[calls], calls, batchBar)
	return []table{t}, nil
}
