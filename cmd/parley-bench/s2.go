package main

import (
	"context"
	"fmt"
)

// Bars of S2, by writers, and through the client.
var inProcessBars = map[int]float64{1: 1, 16: 1.3, 64: 1.8}

const throughClientBar = 0.7

// speedOfAppending measures S2: an append to the embedded event store at an
// exact revision, in process and through the official client.
func (l *lab) speedOfAppending(ctx context.Context) ([]table, error) {
	const node, nodeOverWire, postgres = "event store in process", "event store through the client", "PG"
	db, err := l.postgres(ctx)
	if err != nil {
		return nil, err
	}
	inside, err := l.inProcess(node)
	if err != nil {
		return nil, err
	}
	contenders := []contender{db.inserting(), inside}
	for _, c := range []struct {
		name, folder string
		start        func(folder string) (address string, err error)
		exact        bool
	}{{nodeOverWire, "node-appending", l.node, true}, {clientBar, "bare-appending", l.child, false}} {
		address, err := c.start(c.folder)
		if err != nil {
			return nil, err
		}
		opened, err := l.throughClient(c.name, address, c.exact)
		if err != nil {
			return nil, err
		}
		contenders = append(contenders, opened)
	}
	in := table{
		title: "S2 · appending to the embedded event store, in process",
		note:  fmt.Sprintf("One event of %d bytes at an exact revision, each writer to a stream of its own. PG commits one row of the same size through pgx, fsync on, and checks no revision.", payloadBytes),
	}
	through := table{
		title: "S2 · appending to the embedded event store, through the official client",
		note:  "The same through one official client. CLIENT's server checks no revision and keeps no index.",
	}
	for _, writers := range clientCounts {
		laps, err := l.race(ctx, writers, contenders...)
		if err != nil {
			return nil, err
		}
		what := fmt.Sprintf("%d writers, appends/s", writers)
		in.compare(what, laps[node], laps[postgres], postgres, inProcessBars[writers])
		through.compare(what, laps[nodeOverWire], laps[clientBar], clientBar, throughClientBar)
	}
	return []table{in, through}, nil
}
