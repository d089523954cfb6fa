package main_test

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
)

// startProxy relays an address until the test ends.
func startProxy(t *testing.T, upstream string) *toxiproxy.Proxy {
	t.Helper()
	api := &toxiproxy.ApiServer{Metrics: toxiproxy.NewMetricsContainer(nil)}
	api.Logger = zero(api.Logger)
	proxy := toxiproxy.NewProxy(api, "event store", "127.0.0.1:0", upstream)
	if err := proxy.Start(); err != nil {
		t.Fatalf("start proxy: %v", err)
	}
	t.Cleanup(proxy.Stop)
	return proxy
}

// zero returns a new zero value: for a logger, one that is silent.
func zero[T any](*T) *T { return new(T) }

// The directions in which a proxy can swallow data.
const (
	requests = "upstream"
	answers  = "downstream"
)

// swallow drops everything that is sent in these directions and closes nothing.
func swallow(t *testing.T, proxy *toxiproxy.Proxy, directions ...string) {
	t.Helper()
	for _, direction := range directions {
		toxic := `{"name":"` + direction + `","type":"timeout","stream":"` + direction + `","attributes":{"timeout":0}}`
		if _, err := proxy.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
			t.Fatalf("add toxic: %v", err)
		}
	}
}

// release lets data through again; connections that lost some are closed.
func release(t *testing.T, proxy *toxiproxy.Proxy, directions ...string) {
	t.Helper()
	for _, direction := range directions {
		if err := proxy.Toxics.RemoveToxic(t.Context(), direction); err != nil {
			t.Fatalf("remove toxic: %v", err)
		}
	}
}

// hole relays an address and can swallow what comes on the connections that are
// open, for ever, while new ones work.
type hole struct {
	address string

	mu   sync.Mutex
	open []*relay
}

// relay is one connection, both ways.
type relay struct {
	mu   sync.Mutex
	dead bool
	ends [2]net.Conn
}

func startHole(t *testing.T, upstream string) *hole {
	t.Helper()
	listener := listen(t, "127.0.0.1:0")
	h := &hole{address: listener.Addr().String()}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", upstream)
			if err != nil {
				_ = near.Close()
				continue
			}
			r := &relay{ends: [2]net.Conn{near, far}}
			h.mu.Lock()
			h.open = append(h.open, r)
			h.mu.Unlock()
			running.Go(func() { r.copy(near, far) })
			running.Go(func() { r.copy(far, near) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		h.closeAll()
		running.Wait()
	})
	return h
}

// copy moves bytes until an end closes; a dead relay drops them and does not
// pass on that an end was closed.
func (r *relay) copy(to io.WriteCloser, from io.Reader) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		r.mu.Lock()
		dead := r.dead
		r.mu.Unlock()
		if dead && err == nil {
			continue
		}
		if dead {
			return
		}
		if _, failed := to.Write(buffer[:n]); failed != nil || err != nil {
			_ = to.Close()
			return
		}
	}
}

// swallowOpen turns every open connection into a black hole.
func (h *hole) swallowOpen() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range h.open {
		r.mu.Lock()
		r.dead = true
		r.mu.Unlock()
	}
}

func (h *hole) closeAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range h.open {
		for _, end := range r.ends {
			_ = end.Close()
		}
	}
}
