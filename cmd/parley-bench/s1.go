package main

import (
	"context"
	"fmt"
	"time"
)

// The contenders' names.
const (
	ideal     = "IDEAL"
	parley    = "Parley"
	clientBar = "CLIENT"
	overWire  = "Parley over the wire"
)

// Bars of S1, and what the best of the libraries that check a revision reached
// as a bare append, by clients, on a machine of two cores.
const (
	postingBar = 0.5
	lagBar     = time.Second
)

var bestPeer = map[int]float64{16: 5600, 64: 5800}

// speedOfPosting measures S1: a message posted over HTTP, signed in, authorized,
// acknowledged from disk, while the read models keep up.
func (l *lab) speedOfPosting(ctx context.Context) ([]table, error) {
	embedded := table{
		title: "S1 · posting a message over HTTP, embedded event store",
		note: fmt.Sprintf("`POST /v1/conversations/{id}/messages`, %d conversations, bodies of %d bytes, all read models being written beside it. IDEAL answers the same request from a bare log.",
			l.run.Conversations, payloadBytes),
	}
	err := l.racePosting(ctx, &embedded, parley, ideal, func() (*server, contender, error) {
		s, err := l.startParley(ctx, "parley")
		if err != nil {
			return nil, contender{}, err
		}
		address, err := l.child("ideal")
		if err != nil {
			return nil, contender{}, err
		}
		p := newPosting(address, s.conversations)
		l.atClose(p.close)
		return s, contender{name: ideal, open: p.open}, nil
	})
	if err != nil {
		return nil, err
	}
	wire := table{
		title: "S1 · posting a message over HTTP, through the official client",
		note:  "The same, but every event goes through the official client to the event store in another process. CLIENT appends through the same client to a server that has nothing but a bare log.",
	}
	err = l.racePosting(ctx, &wire, overWire, clientBar, func() (*server, contender, error) {
		node, err := l.node("node-posting")
		if err != nil {
			return nil, contender{}, err
		}
		s, err := l.startParley(ctx, "parley-wire", "--eventstore", "esdb://"+node+"?tls=false")
		if err != nil {
			return nil, contender{}, err
		}
		bare, err := l.child("bare-posting")
		if err != nil {
			return nil, contender{}, err
		}
		c, err := l.throughClient(clientBar, bare, false)
		return s, c, err
	})
	return []table{embedded, wire}, err
}

// racePosting races a server against its baseline and fills the table.
func (l *lab) racePosting(ctx context.Context, t *table, name, baseline string, open func() (*server, contender, error)) error {
	s, other, err := open()
	if err != nil {
		return err
	}
	p := newPosting(s.address, s.conversations)
	l.atClose(p.close)
	for _, clients := range clientCounts {
		var lag lagMeter
		mine := contender{name: name, open: p.open, beside: func(ctx context.Context) { lag.watch(ctx, s) }, rest: s.caughtUp}
		laps, err := l.race(ctx, clients, mine, other)
		if err != nil {
			return err
		}
		t.compare(fmt.Sprintf("%d clients, posts/s", clients), laps[name], laps[baseline], baseline, postingBar)
		if peer := bestPeer[clients]; peer > 0 && name == parley {
			t.atLeast(fmt.Sprintf("%d clients, against the best library's bare append", clients), laps[name], peer)
		}
		worst, asked := lag.result()
		t.atMost(fmt.Sprintf("%d clients, worst lag of a read model (%d samples)", clients, asked), worst, lagBar)
	}
	return nil
}
