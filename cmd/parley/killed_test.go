package main_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/adapters/adaptertest/chaostest"
	"parley/adapters/adaptertest/logtest"
	"parley/adapters/adaptertest/pgtest"
)

// ownNode is an event store that runs as a process of its own.
type ownNode struct {
	t       *testing.T
	dir     string
	address string
	cmd     *exec.Cmd
}

// startNode starts a node on a folder and an address of its own.
func startNode(t *testing.T) *ownNode {
	t.Helper()
	n := &ownNode{t: t, dir: t.TempDir(), address: freeAddress(t)}
	n.start()
	t.Cleanup(n.kill)
	return n
}

// start starts the process, again after a kill, and waits until it is open.
func (n *ownNode) start() {
	n.t.Helper()
	n.cmd = command("node", "--data", n.dir, "--listen", n.address, "--writable", "--stride", strconv.Itoa(logtest.Stride), "--log-level", "warn")
	var problems strings.Builder
	n.cmd.Stderr = &problems
	stdout, err := n.cmd.StdoutPipe()
	if err == nil {
		err = n.cmd.Start()
	}
	if err != nil {
		n.t.Fatalf("start the node: %v", err)
	}
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if strings.Contains(lines.Text(), n.address) {
			return
		}
	}
	_ = n.cmd.Wait()
	n.t.Fatalf("the node ended:\n%s", problems.String())
}

func (n *ownNode) kill() {
	_ = n.cmd.Process.Kill()
	_ = n.cmd.Wait()
}

// connection returns the connection string of the node.
func (n *ownNode) connection() string { return "esdb://" + n.address + "?tls=false" }

// survivor is a server that is killed again and again.
type survivor struct {
	*program
	node     *ownNode // nil for the embedded one
	starts   *starts
	kills    int
	promises int
	up       []time.Duration // how long it took to be up again
}

// cycle kills the server, its node, or both, sometimes also in the middle of the
// start that follows, and starts what was killed.
func (s *survivor) cycle(n int) {
	s.t.Helper()
	if s.node != nil && n%3 > 0 {
		s.node.kill()
	}
	if s.node == nil || n%3 < 2 {
		s.kill()
	}
	if s.node != nil && n%3 > 0 {
		s.node.start()
	}
	if s.node != nil && n%3 == 2 {
		s.awaitReady() // by itself
		return
	}
	if n%4 == 3 {
		s.startInVain()
	}
	began := time.Now()
	s.start()
	s.up = append(s.up, time.Since(began))
}

// startInVain starts the server and kills it on its way up.
func (s *survivor) startInVain() {
	s.t.Helper()
	cmd := command(s.args...)
	cmd.Stderr = s
	if err := cmd.Start(); err != nil {
		s.t.Fatalf("start the server: %v", err)
	}
	<-time.After(time.Duration(rand.N(500)) * time.Millisecond)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

// generation is how many kills the same people live through.
const generation = 30

// The server, and the event store where it is another process, are killed without
// warning under load. What was promised is kept, nothing is there twice, nothing
// that nobody sent, and the read models are what the events say.
func TestServe_keeps_its_promises_when_it_is_killed(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) ([]string, *ownNode){
		"embedded node and SQLite": func(t *testing.T) ([]string, *ownNode) {
			return []string{"--data", t.TempDir()}, nil
		},
		"client over the wire and PostgreSQL": func(t *testing.T) ([]string, *ownNode) {
			node := startNode(t)
			return []string{"--data", t.TempDir(), "--eventstore", node.connection(), "--database", pgtest.Start(t)}, node
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stores, node := open(t)
			s := &survivor{program: serve(t, stores, "--listen", freeAddress(t)), node: node, starts: newStarts(t)}
			for kills := chaostest.Cycles(10, 300); s.kills < kills; {
				s.live(min(generation, kills-s.kills))
			}
			wantRowsLikeEvents(t, s.program)
			s.report(name)
		})
	}
}

// live lets people use the server through a number of kills and then compares what
// they were promised with what is there.
func (s *survivor) live(kills int) {
	s.t.Helper()
	one, _ := s.as("user:user").begin(nil)
	two, _ := s.as("user:user").begin(nil)
	c, stop := chat(s.t, 6, []*program{s.program}, one, two), s.starts.run(2, s.program)
	for range kills {
		c.awaitMore(1+rand.N(30), fmt.Sprintf("before kill %d", s.kills))
		<-time.After(rand.N(10 * time.Millisecond))
		s.cycle(s.kills)
		s.kills++
	}
	c.awaitMore(10, "after the kills")
	c.stop()
	stop()
	c.verify(s.program)
	s.starts.verify(s.program)
	s.promises += c.promises()
}

// report enters the result.
func (s *survivor) report(stores string) {
	s.t.Helper()
	slices.Sort(s.up)
	result := fmt.Sprintf("%d kills; %d messages and %d conversations promised: 0 lost, 0 doubled, 0 invented, numbers gap-free, read models = fold; up again after %v (median), %v (longest)",
		s.kills, s.promises, len(s.starts.promised), s.up[len(s.up)/2].Round(time.Millisecond), s.up[len(s.up)-1].Round(time.Millisecond))
	s.t.Log(result)
	chaostest.Report(s.t, "R1", "kill -9 under load: "+stores, result)
}
