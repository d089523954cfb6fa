package main_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"parley/adapters/adaptertest/chaostest"
	"parley/domain/eventlog"
)

// What is left of a connection that the official client forgets to close when it
// replaces it by itself: a goroutine that waits for callbacks, and one that waits
// for its next try while the server is away.
var (
	forgotten = goleak.IgnoreTopFunction("google.golang.org/grpc/internal/grpcsync.(*CallbackSerializer).run")
	retrying  = goleak.IgnoreTopFunction("google.golang.org/grpc.(*addrConn).resetTransportAndUnlock")
)

// The server goes away under 32 appenders and 8 followers, for a moment and for
// so long that the bare client would have given up, and comes back each time. No
// call outlives its context, nothing is lost or doubled. The test is not parallel,
// so that goroutines left behind are its own.
func TestEventStore_survives_outages_of_the_server(t *testing.T) {
	untouched := goleak.IgnoreCurrent()
	t.Run("under load", func(t *testing.T) {
		w := startWire(t)
		l := startLoad(t, openStore(t, w.address), 32, 8)
		l.awaitProgress("before any outage")
		outages := []time.Duration{time.Second, 10 * time.Second, time.Minute}
		for _, outage := range outages[:chaostest.Cycles(2, 3)] {
			w.stop(t)
			<-time.After(outage)
			w.start(t)
			l.awaitProgress("after " + outage.String())
		}
		l.finish(w.node)
		l.report("outages of 1 s, 10 s and 60 s under 32 appenders and 8 subscribers")
	})
	goleak.VerifyNone(t, untouched, forgotten, retrying)
}

// A store may be opened before there is a server, waits for it, and can be
// closed without ever having met it.
func TestEventStore_waits_for_a_server_that_is_not_there_yet(t *testing.T) {
	untouched := goleak.IgnoreCurrent()
	t.Run("closed while the server is down", func(t *testing.T) {
		w := startWire(t)
		w.stop(t)
		store := openStore(t, w.address)
		l := startLoad(t, store, 4, 2)
		<-time.After(300 * time.Millisecond)
		l.stop()
	})
	t.Run("opened before the server starts", func(t *testing.T) {
		w := startWire(t)
		w.stop(t)
		l := startLoad(t, openStore(t, w.address), 4, 2)
		<-time.After(time.Second)
		w.start(t)
		l.awaitProgress("after the server started")
		l.finish(w.node)
	})
	goleak.VerifyNone(t, untouched, forgotten, retrying)
}

// A connection that swallows everything without closing, or what goes in one
// direction, is given up and replaced; what was under way on it is not done twice.
func TestEventStore_replaces_a_connection_that_swallows_everything(t *testing.T) {
	t.Parallel()
	w := startWire(t)
	proxy := startProxy(t, w.address)
	l := startLoad(t, openStore(t, proxy.Listen), 8, 4)
	l.awaitProgress("through the proxy")
	for _, directions := range [][]string{{requests, answers}, {requests}, {answers}} {
		for range chaostest.Cycles(1, 10) {
			swallow(t, proxy, directions...)
			<-time.After(4 * time.Second)
			release(t, proxy, directions...)
			l.awaitProgress(fmt.Sprintf("after %v went into a black hole", directions))
		}
	}
	l.finish(w.node)
	l.report("black holes of 4 s, in both directions and half-open in either, through toxiproxy")
}

// The server has done the append, but nobody hears of it: it is sent again and
// answered with the first result.
func TestEventStore_repeats_an_append_whose_answer_was_lost(t *testing.T) {
	t.Parallel()
	w := startWire(t)
	proxy := startProxy(t, w.address)
	store := openStore(t, proxy.Listen)
	if _, err := store.End(t.Context()); err != nil {
		t.Fatalf("tail: %v", err)
	}
	l := &load{T: t, log: store}
	swallow(t, proxy, answers)
	done := make(chan eventlog.Appended, 1)
	go func() {
		defer close(done)
		event := eventlog.NewEvent{ID: uuid.New(), Type: "load.appended.v1", Data: []byte(`{}`)}
		got, err := store.Append(t.Context(), loadPrefix+"lost", eventlog.NoStream, []eventlog.NewEvent{event})
		if err != nil {
			t.Errorf("append: %v", err)
		}
		done <- got
	}()
	var at eventlog.Position
	l.await("the node has the event", func() bool {
		at, _ = w.node.End(t.Context())
		return at > eventlog.Start
	})
	release(t, proxy, answers)
	if got, want := <-done, (eventlog.Appended{Revision: 0, Position: at}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if tail, _ := w.node.End(t.Context()); tail != at {
		t.Errorf("the event is there twice: at %d and %d", at, tail)
	}
}

// An old connection stays dead for ever, as behind a lost route; new ones work.
func TestEventStore_leaves_a_dead_connection_behind(t *testing.T) {
	t.Parallel()
	w := startWire(t)
	hole := startHole(t, w.address)
	store := openStore(t, hole.address)
	l := startLoad(t, store, 4, 2)
	l.awaitProgress("through the relay")
	hole.swallowOpen()
	l.awaitProgress("on another connection")
	l.finish(w.node)
	l.report("a connection that is dead for ever, new ones work")
}
