package main_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/adapters/adaptertest/chaostest"
	"parley/adapters/adaptertest/pgtest"
)

// siege is one server, or two on one PostgreSQL, on an event store over the wire that
// meets what a real one meets, and everybody who uses them meanwhile.
type siege struct {
	*testing.T
	node    *ownNode
	servers []*program
	leader  int // which of them keeps the read models

	struck   int
	talks    []*chatter // what was promised, and stays so
	promised int
	took     []time.Duration // from the end of a fault until all was shown
}

// afflictions are the faults, in the order in which they strike. Each ends with the
// fault.
var afflictions = []struct {
	is     string
	strike func(*siege, *chatter)
}{
	{"the server killed", func(s *siege, _ *chatter) { s.restart(len(s.servers) - 1 - s.leader) }},
	{"the node killed", func(s *siege, _ *chatter) { s.node.kill(); s.node.start() }},
	{"the leader killed", func(s *siege, _ *chatter) { s.restart(s.leader); s.leader = len(s.servers) - 1 - s.leader }},
	{"the node ended", func(s *siege, _ *chatter) { s.endNode() }},
	{"a stream tombstoned", func(s *siege, _ *chatter) { s.tombstone() }},
	{"the node frozen", (*siege).freezeNode},
}

// restart kills a server and starts it again.
func (s *siege) restart(server int) {
	s.Helper()
	s.servers[server].kill()
	s.servers[server].launch()
}

// endNode asks the node to stop, as its operator does for a new version.
func (s *siege) endNode() {
	s.Helper()
	s.node.signal(syscall.SIGTERM)
	if err := s.node.cmd.Wait(); err != nil {
		s.Fatalf("the node ended: %v", err)
	}
	s.node.start()
}

// freezeNode stops the node's process until calls have run out of time.
func (s *siege) freezeNode(c *chatter) {
	s.Helper()
	before := c.refusals(http.StatusServiceUnavailable)
	s.node.signal(syscall.SIGSTOP)
	eventually(s.T, startLimit, "posts are refused", func() bool { return c.refusals(http.StatusServiceUnavailable) > before })
	s.node.signal(syscall.SIGCONT)
}

// tombstone ends the stream of a conversation, which is then nowhere.
func (s *siege) tombstone() {
	s.Helper()
	p := s.servers[s.struck%len(s.servers)]
	at := p.begin("tombstoned")
	p.as(anOwner).post(at+"/messages", saying("tombstoned")).want(http.StatusCreated)
	p.end(tombstoned, at)
	for _, p := range s.servers {
		eventually(s.T, startLimit, "a tombstoned conversation is gone", func() bool {
			list, err := p.as(anOwner).try(http.MethodGet, "/v1/conversations?limit=200&name=tombstoned", nil)
			return err == nil && list.status == http.StatusOK && !strings.Contains(string(list.body), idAt(at))
		})
		p.ask(s.T, []probe{
			{"nobody reads it", anAdmin, "GET", at, nil, nil, "404"},
			{"nobody writes in it", anOwner, "POST", at + "/messages", saying("anybody there?"), nil, "404"},
		})
	}
}

// talk lets people talk in new conversations, on every server.
func (s *siege) talk() *chatter {
	s.Helper()
	var rooms [2]string
	for i := range rooms {
		rooms[i], _ = s.servers[i%len(s.servers)].as(anOwner).begin(nil)
	}
	return chat(s.T, 4, s.servers, rooms[:]...)
}

// survive lets a fault strike while people talk.
func (s *siege) survive(is string, strike func(*siege, *chatter)) {
	s.Helper()
	c := s.talk()
	c.awaitMore(20, "before "+is)
	<-time.After(rand.N(10 * time.Millisecond))
	strike(s, c)
	s.recovers(is)
	c.awaitMore(20, "after "+is)
	s.keep(c)
}

// keep ends a talk and compares what was promised in it with what is there.
func (s *siege) keep(c *chatter) {
	s.Helper()
	c.stop()
	for _, p := range s.servers {
		c.verify(p)
	}
	s.talks, s.promised = append(s.talks, c), s.promised+c.promises()
}

// recovers waits until every server says that it is ready, demands that each then
// shows what has just been written, and notes how long that took.
func (s *siege) recovers(after string) {
	s.Helper()
	began := time.Now()
	for _, p := range s.servers {
		p.awaitReady()
		said := p.as(anOwner).post("/v1/conversations", obj{"name": uuid.NewString(), "customer_user": "buyer"}).want(http.StatusCreated)
		name, position := said.since()
		for _, path := range []string{"/v1/conversations?limit=1", "/v1/records/order/1001/activities", "/v1/people", "/v1/search?q=after", "/v1/me/unread"} {
			if answer := p.as(anOwner).get(path, name, position); answer.status != http.StatusOK {
				s.Errorf("after %s a server is ready and answers %s with %d: %s", after, path, answer.status, answer.body)
			}
		}
	}
	s.struck, s.took = s.struck+1, append(s.took, time.Since(began))
}

// isReplaced puts an older copy of itself in the place of the node, to which others
// have written less or more than was lost: what was promised before is kept, and what
// came after is as if it had never been.
func (s *siege) isReplaced(written int) {
	s.Helper()
	before := s.talk()
	before.awaitMore(20, "before a copy")
	s.keep(before)
	older := s.node.copy()
	for _, p := range s.servers {
		p.awaitReady()
	}
	lost := s.talk()
	lost.awaitMore(40, "after a copy")
	lost.stop()
	s.node.kill()
	s.node.becomes(older)
	if written > 0 {
		s.node.writeElsewhere(written)
	}
	for _, p := range s.servers {
		p.latest.Store(0)
	}
	s.node.start()
	s.forget(lost)
	s.recovers("an older copy in the node's place")
	for _, p := range s.servers {
		before.verify(p)
		for at := range lost.promised {
			p.ask(s.T, []probe{
				{"what is lost is not read", anOwner, "GET", at, nil, nil, "404"},
				{"nor written in", anOwner, "POST", at + "/messages", saying("anybody there?"), nil, "404"},
			})
		}
	}
}

// forget waits until no server knows what was lost: until one has noticed, it may
// still say that it is ready.
func (s *siege) forget(lost *chatter) {
	s.Helper()
	for _, p := range s.servers {
		for at := range lost.promised {
			eventually(s.T, startLimit, "what was lost is forgotten", func() bool {
				answer, err := p.as(anOwner).try(http.MethodGet, at, nil)
				return err == nil && answer.status == http.StatusNotFound
			})
		}
	}
}

// besiege starts servers on a node and makes faults strike.
func besiege(t *testing.T, faults int, databases ...[]string) *siege {
	t.Helper()
	s := &siege{T: t, node: startNode(t)}
	for _, database := range databases {
		s.servers = append(s.servers, serve(t, append(database, "--data", t.TempDir(), "--eventstore", s.node.connection()), "--listen", freeAddress(t)))
	}
	for s.struck < faults {
		if n := s.struck % (len(afflictions) + 1); n < len(afflictions) {
			s.survive(afflictions[n].is, afflictions[n].strike)
		} else {
			s.isReplaced(200 * (s.struck / (len(afflictions) + 1) % 2))
		}
	}
	for _, c := range s.talks {
		c.verify(s.servers[0])
	}
	wantRowsLikeEvents(t, s.servers[0])
	return s
}

// shownLimit is how long after a fault all may take to be shown, in the long form.
const shownLimit = 5 * time.Second

// Whatever happens to the servers, to the process of their event store, to its folder
// and to its streams: what was promised is kept unless the store has lost it, nothing
// is there twice, a server that says that it is ready shows everything, and in the end
// the rows are what the events say.
func TestServe_lives_through_what_happens_to_a_real_event_store(t *testing.T) {
	t.Parallel()
	for name, databases := range map[string]func(*testing.T) [][]string{
		"one server and SQLite": func(*testing.T) [][]string { return [][]string{nil} },
		"two servers and PostgreSQL": func(t *testing.T) [][]string {
			database := pgtest.Start(t)
			return [][]string{{"--database", database}, {"--database", database}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := besiege(t, chaostest.Cycles(len(afflictions)+1, 60), databases(t)...)
			slices.Sort(s.took)
			longest := s.took[len(s.took)-1]
			if chaostest.Long() && longest > shownLimit {
				t.Errorf("all was shown after %v, want at most %v", longest, shownLimit)
			}
			result := fmt.Sprintf("%d faults, in turn the server, the node and the leader killed, the node ended, a stream tombstoned, the node frozen, an older copy in its place; "+
				"%d messages promised: 0 lost but with the copy, 0 doubled, read models = fold; all shown after %v (median), %v (longest)",
				s.struck, s.promised, s.took[len(s.took)/2].Round(time.Millisecond), longest.Round(time.Millisecond))
			t.Log(result)
			chaostest.Report(t, "R14", "what happens to a real event store, over the wire: "+name, result)
		})
	}
}
