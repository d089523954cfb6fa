package main_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"parley/adapters/adaptertest/pgtest"
)

// copy returns a copy of what the node holds. The node is killed for it and started
// again.
func (n *ownNode) copy() (older string) {
	n.t.Helper()
	n.kill()
	older = n.t.TempDir()
	if err := os.CopyFS(older, os.DirFS(filepath.Join(n.dir, "events"))); err != nil {
		n.t.Fatalf("copy the events: %v", err)
	}
	n.start()
	return older
}

// becomes puts an older copy in the place of what a killed node holds.
func (n *ownNode) becomes(older string) {
	n.t.Helper()
	events := filepath.Join(n.dir, "events")
	err := os.RemoveAll(events)
	if err == nil {
		err = os.CopyFS(events, os.DirFS(older))
	}
	if err != nil {
		n.t.Fatalf("replace the events: %v", err)
	}
}

// writeElsewhere writes messages to what a killed node holds, by another server at
// another address.
func (n *ownNode) writeElsewhere(messages int) {
	n.t.Helper()
	other := &ownNode{t: n.t, dir: n.dir, address: freeAddress(n.t)}
	other.start()
	p := serve(n.t, []string{"--data", n.t.TempDir(), "--eventstore", other.connection()})
	at := p.begin("elsewhere")
	for i := range messages {
		p.as(anOwner).post(at+"/messages", saying(fmt.Sprint("elsewhere ", i))).want(http.StatusCreated)
	}
	p.kill()
	other.kill()
}

// reasons is all that a server gives as reasons for not being ready.
type reasons struct {
	ends, ended chan struct{}
	mu          sync.Mutex
	all         map[string]bool
}

// reasons collects what the server says until it is asked for.
func (p *program) reasons() *reasons {
	r := &reasons{ends: make(chan struct{}), ended: make(chan struct{}), all: map[string]bool{}}
	go func() {
		defer close(r.ended)
		for {
			select {
			case <-r.ends:
				return
			default:
			}
			if answer, err := p.as(anAdmin).try(http.MethodGet, "/readyz", nil); err == nil && answer.status == http.StatusServiceUnavailable {
				reason, _ := answer.field("reason").(string)
				r.mu.Lock()
				r.all[reason] = true
				r.mu.Unlock()
			}
		}
	}()
	return r
}

// include reports whether one of the reasons says something, and ends the
// collection.
func (r *reasons) include(says string) bool {
	close(r.ends)
	<-r.ended
	for reason := range r.all {
		if strings.Contains(reason, says) {
			return true
		}
	}
	return false
}

// The folder of the event store is replaced by an older copy of itself under a
// running server, and less or more is written to it than was lost: the server notices
// that it is another log, says that it is not ready, and then has forgotten what is
// lost, and nothing else.
func TestServe_forgets_what_a_replaced_event_store_has_lost(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(*testing.T) []string{
		"SQLite":     func(*testing.T) []string { return nil },
		"PostgreSQL": func(t *testing.T) []string { return []string{"--database", pgtest.Start(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			node := startNode(t)
			p := serve(t, append(database(t), "--data", t.TempDir(), "--eventstore", node.connection()))
			kept := p.begin("kept")
			p.showsWhatIsSaid(kept, "kept")
			older := node.copy()
			p.awaitReady()
			p.losesAndGoesOn(node, older, kept, 0)
			p.losesAndGoesOn(node, older, kept, 60)
		})
	}
}

// losesAndGoesOn says things that the event store then loses because of an older copy
// in its place, to which others may have written meanwhile, and demands that the
// server is as if they had never been said.
func (p *program) losesAndGoesOn(node *ownNode, older, kept string, written int) {
	p.t.Helper()
	owner, key := p.as(anOwner), []string{"Idempotency-Key", fmt.Sprint("lost-", written)}
	lost := p.begin("lost")
	for range 10 {
		owner.post(lost+"/messages", saying("lost")).want(http.StatusCreated)
	}
	owner.post(kept+"/messages", saying("said again"), key...).want(http.StatusCreated)
	p.settled()
	screen, _ := owner.live("")
	why := p.reasons()
	node.kill()
	node.becomes(older)
	if written > 0 {
		node.writeElsewhere(written)
	}
	node.start()
	for told := screen.nextHint(); told.Event != "reset"; told = screen.nextHint() {
	}
	p.latest.Store(0)
	p.awaitReady()
	if !why.include("replaced") {
		p.t.Errorf("the server does not say why it is not ready: %v", why.all)
	}
	owner.get(lost).want(http.StatusNotFound)
	owner.post(lost+"/messages", saying("lost")).want(http.StatusNotFound)
	again := owner.post(kept+"/messages", saying("said again"), key...).want(http.StatusCreated)
	name, position := again.since()
	owner.get(kept, name, position).want(http.StatusOK).
		tells(p.t, map[string]any{"message_count": again.field("number"), "last_message.body": "said again"})
	p.showsWhatIsSaid(p.begin("new"), fmt.Sprint("new", written))
	wantRowsLikeEvents(p.t, p)
}
