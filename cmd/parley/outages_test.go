package main_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"

	"parley/adapters/adaptertest/chaostest"
	"parley/adapters/adaptertest/pgtest"
)

// installation is two servers on one PostgreSQL and one event store, each server
// a process, the event store another, with a proxy before both stores.
type installation struct {
	*testing.T
	postgres     *pgtest.Server
	toPostgres   *toxiproxy.Proxy
	toEventStore *toxiproxy.Proxy
	servers      []*program
	chatter      *chatter
	watchers     *watchers

	back                        []time.Duration // after the database was
	promised, answered, refused int
}

func install(t *testing.T) *installation {
	t.Helper()
	i := &installation{T: t, postgres: pgtest.NewServer(t)}
	i.toPostgres = startProxy(t, "127.0.0.1:"+strconv.Itoa(i.postgres.Port()))
	i.toEventStore = startProxy(t, startNode(t).address)
	database, err := url.Parse(i.postgres.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		i.servers = append(i.servers, serve(t, []string{
			"--data", t.TempDir(), "--eventstore", "esdb://" + i.toEventStore.Listen + "?tls=false",
			"--database", "postgres://postgres@" + i.toPostgres.Listen + database.Path,
		}, "--listen", freeAddress(t)))
	}
	return i
}

// cut closes the connections through a proxy and opens the way again.
func (i *installation) cut(proxy *toxiproxy.Proxy) {
	i.Helper()
	proxy.Stop()
	<-time.After(rand.N(200 * time.Millisecond))
	if err := proxy.Start(); err != nil {
		i.Fatalf("start proxy: %v", err)
	}
}

// killPostgres kills the database while everybody goes on, and starts it again.
func (i *installation) killPostgres() {
	i.Helper()
	i.postgres.Kill(i)
	i.chatter.awaitMore(20, "while the database is down")
	for _, p := range i.servers {
		for _, path := range []string{"/v1/conversations", "/v1/me/unread", "/readyz"} {
			answer := p.as(anOwner).get(path).want(http.StatusServiceUnavailable)
			if answer.header.Get("Retry-After") == "" {
				i.Errorf("%s does not say when to come back", path)
			}
		}
	}
	i.postgres.Restart(i)
	began := time.Now()
	for _, p := range i.servers {
		p.awaitReady()
	}
	i.watchers.awaitMore(3, "after the database was back")
	i.back = append(i.back, time.Since(began))
}

// other is what happens between two kills of the database: an instance is
// killed, in turn, or connections to each store are cut.
func (i *installation) other(n int) {
	if n%2 == 0 {
		p := i.servers[n/2%2]
		p.kill()
		p.start()
	} else {
		i.cut(i.toPostgres)
		i.cut(i.toEventStore)
	}
	i.chatter.awaitMore(20, "after the fault")
	i.watchers.awaitMore(5, "after the fault")
}

// period is how often the database is killed in the long form.
const period = 10 * time.Second

// backLimit is how long after the database questions may be answered again, in
// the long form.
const backLimit = 5 * time.Second

// Two servers live through kills of the database, of each other, and cut
// connections to both stores: commands go on where they can, questions are told
// to come back, nothing is lost, nothing stale is answered, and in the end the
// rows are what the events say.
func TestServe_two_instances_live_through_outages_of_everything(t *testing.T) {
	t.Parallel()
	i := install(t)
	cycles := chaostest.Cycles(2, 30)
	for n := range cycles {
		next := time.After(period)
		i.live(n)
		if chaostest.Long() {
			<-next
		}
	}
	wantRowsLikeEvents(t, i.servers[0])
	i.report(cycles)
}

// rooms is how many conversations people use in one cycle: few enough messages
// come into each that no key must be looked up in the database.
const rooms = 8

// live is one kill of the database, and another fault, in conversations of its
// own.
func (i *installation) live(n int) {
	i.Helper()
	at := make([]string, rooms)
	for room := range at {
		at[room], _ = i.servers[n%2].as(anOwner).begin(nil)
	}
	i.chatter, i.watchers = chat(i.T, 2, i.servers, at...), watch(i.T, 2, i.servers, n)
	i.watchers.awaitMore(5, fmt.Sprintf("before kill %d", n))
	i.killPostgres()
	i.other(n)
	i.watchers.stop()
	i.chatter.stop()
	for _, p := range i.servers {
		p.awaitReady()
		i.chatter.verify(p)
	}
	i.promised += i.chatter.promises()
	i.answered += int(i.watchers.answered.Load())
	i.refused += int(i.watchers.refused.Load())
}

// report enters the result.
func (i *installation) report(cycles int) {
	i.Helper()
	slices.Sort(i.back)
	longest := i.back[len(i.back)-1]
	if chaostest.Long() && longest > backLimit {
		i.Errorf("back after %v, want at most %v", longest, backLimit)
	}
	result := fmt.Sprintf("PostgreSQL killed %d times, in between an instance killed or connections to both stores cut; %d messages promised: 0 lost, 0 doubled; "+
		"%d questions with a position: 0 stale, %d told to come back; read models = fold; back after %v (median), %v (longest)",
		cycles, i.promised, i.answered, i.refused,
		i.back[len(i.back)/2].Round(time.Millisecond), longest.Round(time.Millisecond))
	i.Log(result)
	chaostest.Report(i.T, "R5", "two instances on PostgreSQL and an event store over the wire", result)
}
