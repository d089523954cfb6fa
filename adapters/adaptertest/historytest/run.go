package historytest

import (
	"context"
	"sync"
	"testing"
)

// Result is what a history held.
type Result struct {
	Calls    int // with an answer or without
	Unknowns int // appends without a clear answer
}

// Run lets clients work on a log while disturb does its harm, and fails the test
// unless their history is that of one log. The log must be there again when
// disturb returns. A test may run any number of histories on one log.
func Run(t *testing.T, log Log, disturb func()) Result {
	t.Helper()
	h := newHistory()
	working, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for id := range clients {
		group.Go(func() { newClient(id, log, h).run(working) })
	}
	disturb()
	stop()
	group.Wait()
	newClient(clients, log, h).readFinally()
	if err := h.check(); err != nil {
		t.Errorf("the history is not that of one log: %v", err)
	}
	return Result{Calls: len(h.calls), Unknowns: h.unknowns}
}
