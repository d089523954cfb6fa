package main_test

import (
	"fmt"
	"net/http"
	"slices"
	"syscall"
	"testing"
	"time"

	"parley/adapters/adaptertest/chaostest"
)

// takeOverLimit is how long a frozen leader may hold its read models up, in the
// long form.
const takeOverLimit = 5 * time.Second

// signal sends a signal to the process.
func (p *program) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatalf("signal the server: %v", err)
	}
}

// One instance after the other is frozen in the middle of its work and woken
// again while the other has taken over: then both believe for a moment that they
// lead. Each event is applied once.
func TestServe_a_frozen_leader_is_replaced_and_wakes_to_no_harm(t *testing.T) {
	t.Parallel()
	one, two := pair(t)
	servers := []*program{one, two}
	crowds := make([]*chatter, len(servers))
	for i, p := range servers {
		at, _ := p.as(anOwner).begin(obj{"contexts": arr{aRecord("order", "1001")}})
		crowds[i] = chat(t, 2, []*program{p}, at)
		t.Cleanup(func() { p.signal(syscall.SIGCONT) }) // before the crowd is waited for
	}
	var took []time.Duration
	cycles := chaostest.Cycles(2, 30)
	for n := range cycles {
		frozen, other := servers[n%2], servers[(n+1)%2]
		crowds[n%2].awaitMore(20, "before the freeze")
		frozen.signal(syscall.SIGSTOP)
		took = append(took, other.takesOver())
		crowds[(n+1)%2].awaitMore(20, "while the other is frozen")
		frozen.signal(syscall.SIGCONT)
		crowds[n%2].awaitMore(20, "after the freeze")
		frozen.takesOver() // or follows, but answers
	}
	for i, c := range crowds {
		c.stop()
		c.verify(servers[0])
		c.verify(servers[1])
		servers[i].awaitReady()
	}
	wantRowsLikeEvents(t, one)
	slices.Sort(took)
	longest := took[len(took)-1]
	if chaostest.Long() && longest > takeOverLimit {
		t.Errorf("taken over after %v, want at most %v", longest, takeOverLimit)
	}
	result := fmt.Sprintf("%d freezes, %d messages promised: 0 lost, 0 doubled, each event applied once, read models = fold; taken over after %v (median), %v (longest)",
		cycles, crowds[0].promises()+crowds[1].promises(), took[len(took)/2].Round(time.Millisecond), longest.Round(time.Millisecond))
	t.Log(result)
	chaostest.Report(t, "R6", "two instances race on every projector, one frozen and woken", result)
}

// takesOver writes something and returns how long it was until every kind of
// question was answered from there on.
func (p *program) takesOver() time.Duration {
	p.t.Helper()
	began := time.Now()
	sent := p.as(anOwner).post("/v1/conversations", obj{"name": "after", "customer_user": "other-buyer"}).want(http.StatusCreated)
	name, position := sent.since()
	for _, path := range []string{"/v1/conversations?limit=1", "/v1/records/order/1001/activities", "/v1/people", "/v1/search?q=after", "/v1/me/unread"} {
		eventually(p.t, startLimit, path+" is answered", func() bool { return p.as(anOwner).get(path, name, position).status == http.StatusOK })
	}
	return time.Since(began)
}
