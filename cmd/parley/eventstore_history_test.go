//go:build unix

package main_test

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"parley/adapters/adaptertest/chaostest"
	"parley/adapters/adaptertest/historytest"
	"parley/adapters/eventstore"
)

// signal sends a signal to the process.
func (n *ownNode) signal(s syscall.Signal) {
	n.t.Helper()
	if err := n.cmd.Process.Signal(s); err != nil {
		n.t.Fatal(err)
	}
}

// disturb lets clients work, and kills the node, freezes it, or freezes and then
// kills it.
func (n *ownNode) disturb(round int) {
	work := func() { <-time.After(time.Duration(100+rand.N(300)) * time.Millisecond) }
	work()
	if round%3 > 0 {
		n.signal(syscall.SIGSTOP)
		<-time.After(600 * time.Millisecond)
	}
	if round%3 == 1 {
		n.signal(syscall.SIGCONT)
	} else {
		n.kill()
		work()
		n.start()
	}
	work()
}

// Sixteen clients cannot tell the node, through the official client, from one log
// that does everything at once and in some order, whatever happens to its process.
func TestEventStore_is_one_log_to_everybody_while_its_node_is_killed_and_frozen(t *testing.T) {
	t.Parallel()
	node := startNode(t)
	store, err := eventstore.Open(eventstore.Config{ConnectionString: node.connection(), Heartbeat: 200 * time.Millisecond})
	opened(t, store, err)
	var total historytest.Result
	histories := chaostest.Cycles(3, 60)
	for n := range histories {
		got := historytest.Run(t, store, func() { node.disturb(n) })
		total.Calls += got.Calls
		total.Unknowns += got.Unknowns
	}
	if total.Unknowns == 0 {
		t.Error("nobody was disturbed")
	}
	chaostest.Report(t, "R4", "node through the official client: 16 clients, 20 streams, kills and pauses, checked by porcupine",
		fmt.Sprintf("%d histories of %d calls, %d of unknown outcome: 0 violations", histories, total.Calls, total.Unknowns))
}
