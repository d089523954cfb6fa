//go:build unix

package eventnode_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"parley/adapters/adaptertest/chaostest"
	"parley/adapters/adaptertest/historytest"
)

// Sixteen clients cannot tell the node from one log that does everything at once
// and in some order, whatever happens to its process.
func TestNode_is_one_log_to_everybody_while_it_is_killed_and_frozen(t *testing.T) {
	t.Parallel()
	node := startRemote(t)
	var total historytest.Result
	histories := chaostest.Cycles(4, 60)
	for n := range histories {
		got := historytest.Run(t, node, func() { disturb(node, n) })
		total.Calls += got.Calls
		total.Unknowns += got.Unknowns
	}
	if total.Unknowns == 0 {
		t.Error("nobody was disturbed")
	}
	chaostest.Report(t, "R4", "node in process: 16 clients, 20 streams, kills and pauses, checked by porcupine",
		fmt.Sprintf("%d histories of %d calls, %d of unknown outcome: 0 violations", histories, total.Calls, total.Unknowns))
}

// disturb lets clients work, and kills the node, freezes it, or freezes and then
// kills it.
func disturb(node *remote, n int) {
	work := func() { <-time.After(time.Duration(50+rand.N(150)) * time.Millisecond) }
	work()
	if n%3 > 0 {
		node.freeze()
		<-time.After(600 * time.Millisecond)
	}
	if n%3 == 1 {
		node.thaw()
	} else {
		node.kill()
		work()
		node.start()
	}
	work()
}
