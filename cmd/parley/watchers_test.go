package main_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// watchers is people who write something and then ask for it with the position
// that they were told, each time of a server of their choice, and who notice
// every answer from before it.
type watchers struct {
	t        *testing.T
	servers  []*program
	ends     chan struct{}
	people   sync.WaitGroup
	answered atomic.Int64 // questions
	refused  atomic.Int64 // questions that were told to come back
}

// watch makes people watch a conversation of their own each, until stop; the
// name of the watch is in those of the conversations.
func watch(t *testing.T, people int, servers []*program, watch int) *watchers {
	t.Helper()
	w := &watchers{t: t, servers: servers, ends: make(chan struct{})}
	for n := range people {
		name := fmt.Sprintf("watch-%d-%d.", watch, n)
		at, _ := servers[0].as(anOwner).begin(obj{"name": name})
		w.people.Go(func() {
			for round := 1; w.goOn(); round++ {
				w.round(at, name, name+strconv.Itoa(round))
			}
		})
	}
	t.Cleanup(w.stop)
	return w
}

// goOn waits a moment and reports whether the end has not come.
func (w *watchers) goOn() bool {
	select {
	case <-w.ends:
		return false
	case <-time.After(20 * time.Millisecond):
		return true
	}
}

// stop lets everybody finish the round that they are at.
func (w *watchers) stop() {
	select {
	case <-w.ends:
	default:
		close(w.ends)
	}
	w.people.Wait()
}

func (w *watchers) any() caller { return w.servers[rand.N(len(w.servers))].as(anOwner) }

// round writes a message until it is promised, and asks for it everywhere.
func (w *watchers) round(at, name, text string) {
	for {
		written, err := w.any().try(http.MethodPost, at+"/messages", saying(text), "Idempotency-Key", text)
		if err == nil && written.status == http.StatusCreated {
			w.ask(at, name, text, written)
			return
		}
		if err == nil && written.status != http.StatusServiceUnavailable {
			w.t.Errorf("a watcher's message was answered with %d: %s", written.status, written.body)
		}
		if !w.goOn() {
			return
		}
	}
}

// ask puts each question once; it is answered from after the message, or not.
func (w *watchers) ask(at, name, text string, written reply) {
	number := written.field("number").(float64)
	header, position := written.since()
	for path, shows := range map[string]func(reply) bool{
		at: func(r reply) bool { return r.field("message_count").(float64) >= number },
		at + "/messages?limit=1&after=" + strconv.Itoa(int(number)-1): func(r reply) bool { return r.field("items.0.body") == text },
		"/v1/conversations?name=" + name:                              func(r reply) bool { return r.field("items.0.message_count").(float64) >= number },
	} {
		read, err := w.any().try(http.MethodGet, path, nil, header, position)
		switch {
		case err != nil: // the server was killed
		case read.status == http.StatusServiceUnavailable && read.header.Get("Retry-After") != "":
			w.refused.Add(1)
		case read.status != http.StatusOK || !shows(read):
			w.t.Errorf("after message %v at %s, %s is answered with %d: %s", number, position, path, read.status, read.body)
		default:
			w.answered.Add(1)
		}
	}
}

// awaitMore waits until more questions have been answered.
func (w *watchers) awaitMore(n int64, when string) {
	w.t.Helper()
	enough := w.answered.Load() + n
	eventually(w.t, startLimit, fmt.Sprintf("%d more questions were answered %s", n, when), func() bool { return w.answered.Load() >= enough })
}
