package main_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/adapters/eventnode"
)

// forgotten is all that is left of a connection that the official client forgets
// to close when it replaces it by itself.
var forgotten = goleak.IgnoreTopFunction("google.golang.org/grpc/internal/grpcsync.(*CallbackSerializer).run")

// The server goes away under 32 appenders and 8 followers, for a moment and for
// so long that the bare client would have given up, and comes back each time.
// The test is not parallel, so that goroutines left behind are its own.
func TestEventStore_survives_outages_of_the_server(t *testing.T) {
	untouched := goleak.IgnoreCurrent()
	t.Run("under load", func(t *testing.T) {
		w := startWire(t, eventnode.Config{FirstPosition: 1 << 40, Stride: 31})
		l := startLoad(t, openStore(t, w.address), 32, 8)
		l.awaitProgress("before any outage")
		for _, outage := range []time.Duration{300 * time.Millisecond, 2 * time.Second, 12 * time.Second} {
			w.stop(t)
			<-time.After(outage)
			w.start(t)
			l.awaitProgress("after " + outage.String())
		}
		l.finish(w.node)
	})
	goleak.VerifyNone(t, untouched, forgotten)
}

// A store may be opened before there is a server, waits for it, and can be
// closed without ever having met it.
func TestEventStore_waits_for_a_server_that_is_not_there_yet(t *testing.T) {
	untouched := goleak.IgnoreCurrent()
	t.Run("closed while the server is down", func(t *testing.T) {
		w := startWire(t, eventnode.Config{})
		w.stop(t)
		store := openStore(t, w.address)
		l := startLoad(t, store, 4, 2)
		<-time.After(300 * time.Millisecond)
		l.stop()
	})
	t.Run("opened before the server starts", func(t *testing.T) {
		w := startWire(t, eventnode.Config{})
		w.stop(t)
		l := startLoad(t, openStore(t, w.address), 4, 2)
		<-time.After(time.Second)
		w.start(t)
		l.awaitProgress("after the server started")
		l.finish(w.node)
	})
	goleak.VerifyNone(t, untouched, forgotten)
}

// A connection that swallows everything without closing is given up and
// replaced; what was under way on it is not done twice.
func TestEventStore_replaces_a_connection_that_swallows_everything(t *testing.T) {
	t.Parallel()
	w := startWire(t, eventnode.Config{})
	proxy := startProxy(t, w.address)
	l := startLoad(t, openStore(t, proxy.Listen), 8, 4)
	l.awaitProgress("through the proxy")
	for range 2 {
		swallow(t, proxy)
		<-time.After(4 * time.Second)
		release(t, proxy)
		l.awaitProgress("after the black hole")
	}
	l.finish(w.node)
}

// An old connection stays dead for ever, as behind a lost route; new ones work.
func TestEventStore_leaves_a_dead_connection_behind(t *testing.T) {
	t.Parallel()
	w := startWire(t, eventnode.Config{})
	hole := startHole(t, w.address)
	store := openStore(t, hole.address)
	l := startLoad(t, store, 4, 2)
	l.awaitProgress("through the relay")
	hole.swallowOpen()
	l.awaitProgress("on another connection")
	l.finish(w.node)
}
