package main_test

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"parley/adapters/adaptertest/logtest"
	"parley/adapters/eventnode/transport"
	"parley/domain/eventlog"
)

// counted counts what a listener's connections send.
type counted struct {
	net.Listener
	sent *atomic.Int64
}

// Accept implements net.Listener.
func (c counted) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	return countedConn{conn, c.sent}, err
}

type countedConn struct {
	net.Conn
	sent *atomic.Int64
}

// Write implements io.Writer.
func (c countedConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.sent.Add(int64(n))
	return n, err
}

// foreigners is how many events of others are written at a time, each of a kibibyte.
const foreigners = 3000

// writeForeign lets others write to the store.
func (w *wire) writeForeign(t *testing.T) {
	t.Helper()
	stream, body := "shop-"+uuid.NewString(), fmt.Appendf(nil, `{"pad":%q}`, strings.Repeat("x", 1000))
	for n := 0; n < foreigners; n += 100 {
		events := make([]eventlog.NewEvent, 100)
		for i := range events {
			events[i] = eventlog.NewEvent{ID: uuid.New(), Type: "ordered", Data: body}
		}
		if _, err := w.node.Append(t.Context(), stream, eventlog.Revision(n-1), events); err != nil {
			t.Fatalf("append foreign events: %v", err)
		}
	}
}

// What a store sends for a question that people and monitoring ask all the time does
// not grow with what others write to it, before, between and after Parley's own.
func TestServe_pays_nothing_for_what_others_write(t *testing.T) {
	t.Parallel()
	sent := &atomic.Int64{}
	w := &wire{
		config: transport.Config{Writable: true},
		wrap:   func(l net.Listener) net.Listener { return counted{l, sent} },
	}
	w.open(t, logtest.Spaced(t.TempDir()))
	w.writeForeign(t)
	p := serve(t, []string{"--data", t.TempDir(), "--eventstore", w.connection()})
	at := p.begin("shared")
	w.writeForeign(t)
	p.showsWhatIsSaid(at, "between")
	p.settled()
	before := p.costs(sent)
	w.writeForeign(t)
	after := p.costs(sent)
	t.Logf("bytes sent for a question: %v, and with %d more events of others %v", before, foreigners, after)
	for path, most := range costLimits {
		if before[path] > most || after[path] > most {
			t.Errorf("%s takes %d bytes and then %d, at most %d may be sent", path, before[path], after[path], most)
		}
	}
	began := sent.Load()
	p.terminate()
	p.start()
	p.showsWhatIsSaid(at, "again")
	if got := sent.Load() - began; got > startCost {
		t.Errorf("a start with kept read models and a first read take %d bytes, at most %d may be sent", got, startCost)
	}
}

// costLimits is what a store may send while each question is asked, in bytes: some
// reads of one event, and what keeps the connection alive. Each event of others has
// a thousand, so not even ten of them fit.
var costLimits = map[string]int64{
	"/readyz": 8 << 10, "/v1/admin/projections": 8 << 10, "/metrics": 8 << 10, "/v1/events?wait=0&after=": 8 << 10,
}

// startCost is what a store may send for a start: every read model and every cache
// finds its place, and none reads what it has.
const startCost = 256 << 10

// costs asks each question some times and returns the least that the store has sent
// for it.
func (p *program) costs(sent *atomic.Int64) map[string]int64 {
	p.t.Helper()
	least, admin := map[string]int64{}, p.as(anAdmin)
	_, next := admin.readAll(url.Values{})
	for path := range costLimits {
		asked := path
		if strings.HasSuffix(path, "after=") {
			asked += strconv.FormatUint(next, 10)
		}
		for n := range 5 {
			began := sent.Load()
			admin.get(asked, "Parley-Min-Position", "").want(http.StatusOK)
			if cost := sent.Load() - began; n == 0 || cost < least[path] {
				least[path] = cost
			}
		}
	}
	return least
}
