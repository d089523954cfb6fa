package main_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/domain/conversation"
)

// starts is people who start conversations without pause, and the outside ledger
// of which they asked for and which they were promised. The name is the key.
type starts struct {
	t      *testing.T
	ends   chan struct{}
	people sync.WaitGroup

	mu       sync.Mutex
	sent     map[string]bool
	promised map[string]string // name: id
}

func newStarts(t *testing.T) *starts {
	return &starts{t: t, sent: map[string]bool{}, promised: map[string]string{}}
}

// run makes people start conversations on a server, one after the other, until
// what it returns is called.
func (s *starts) run(people int, p *program) (stop func()) {
	s.ends = make(chan struct{})
	for range people {
		s.people.Go(func() {
			for s.goOn() {
				s.start(p, uuid.NewString())
			}
		})
	}
	stop = sync.OnceFunc(func() {
		close(s.ends)
		s.people.Wait()
	})
	s.t.Cleanup(stop)
	return stop
}

// goOn waits a moment and reports whether the end has not come.
func (s *starts) goOn() bool {
	select {
	case <-s.ends:
		return false
	case <-time.After(20 * time.Millisecond):
		return true
	}
}

// start asks for a conversation until there is a promise, and then once more.
func (s *starts) start(p *program, name string) {
	s.mu.Lock()
	s.sent[name] = true
	s.mu.Unlock()
	for promises := 0; promises < 2; {
		answer, err := p.as("user:user").try(http.MethodPost, "/v1/conversations",
			map[string]any{"name": name, "customer_user": "buyer", "message": say("the beginning")}, "Idempotency-Key", name)
		if err == nil && s.note(name, answer) {
			promises++
		} else if !s.goOn() {
			return
		}
	}
}

// note takes an answer into the ledger, and reports whether it is a promise.
func (s *starts) note(name string, answer reply) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch answer.status {
	case http.StatusCreated:
		id := answer.object()["id"].(string)
		if before := s.promised[name]; before != "" && before != id {
			s.t.Errorf("conversation %s was promised as %s and then as %s", name, before, id)
		}
		s.promised[name] = id
		return true
	case http.StatusServiceUnavailable:
		return false
	}
	s.t.Errorf("a start was answered with %d: %s", answer.status, answer.body)
	return false
}

// verify compares the ledger with the events of a server: what was promised is
// there, once, and nothing that nobody asked for.
func (s *starts) verify(p *program) {
	s.t.Helper()
	there := map[string]string{}
	events, _ := p.as("user:admin").readAll(url.Values{"type": {"conversation.started.v1"}})
	for _, e := range events {
		var data conversation.Started
		if err := json.Unmarshal(e.Data, &data); err != nil {
			s.t.Fatalf("read %s: %v", e.Subject, err)
		}
		id := strings.TrimPrefix(e.Subject, "parley_conversation-")
		switch other := there[data.Name]; {
		case data.Name == "talk": // of the chatter
		case other != "":
			s.t.Errorf("conversation %q is there as %s and as %s", data.Name, other, id)
		case !s.sent[data.Name]:
			s.t.Errorf("conversation %q is there as %s and nobody asked for it", data.Name, id)
		default:
			there[data.Name] = id
		}
	}
	for name, id := range s.promised {
		if there[name] != id {
			s.t.Errorf("conversation %q was promised as %s and is there as %q", name, id, there[name])
		}
	}
}
