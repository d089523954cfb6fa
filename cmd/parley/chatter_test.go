package main_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
)

// chatter is many people who post without pause, and the outside ledger of what
// they sent and what they were promised. A post without a clear answer is sent
// again under its key; now and then so is one that was promised.
type chatter struct {
	t      *testing.T
	ends   chan struct{}
	people sync.WaitGroup

	mu       sync.Mutex
	sent     map[string]bool               // bodies
	promised map[string]map[string]float64 // conversation, body: number
	refused  map[int]int                   // by status
	longest  time.Duration                 // that an answer took
}

// repeatOneIn is how often a post is sent again although it was promised.
const repeatOneIn = 8

// chat makes people post to the conversations, each to a server of its choice.
func chat(t *testing.T, people int, servers []*program, conversations ...string) *chatter {
	t.Helper()
	c := &chatter{t: t, ends: make(chan struct{}), sent: map[string]bool{}, promised: map[string]map[string]float64{}, refused: map[int]int{}}
	for _, at := range conversations {
		c.promised[at] = map[string]float64{}
	}
	for range people {
		person := uuid.NewString()
		c.people.Go(func() {
			for n := 0; !c.ended(); n++ {
				c.post(servers, conversations[rand.N(len(conversations))], fmt.Sprintf("%s-%d", person, n))
			}
		})
	}
	t.Cleanup(c.stop)
	return c
}

// expect says that others send these as well.
func (c *chatter) expect(bodies ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, body := range bodies {
		c.sent[body] = true
	}
}

// all returns what was sent.
func (c *chatter) all() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Collect(maps.Keys(c.sent))
}

func (c *chatter) ended() bool {
	select {
	case <-c.ends:
		return true
	default:
		return false
	}
}

// stop lets everybody finish the post that they are at, if it can be.
func (c *chatter) stop() {
	c.mu.Lock()
	if !c.ended() {
		close(c.ends)
	}
	c.mu.Unlock()
	c.people.Wait()
}

// post sends a message until there is a promise, or until the end.
func (c *chatter) post(servers []*program, at, body string) {
	c.mu.Lock()
	c.sent[body] = true
	c.mu.Unlock()
	for {
		began := time.Now()
		answer, err := servers[rand.N(len(servers))].as("user:user").try(http.MethodPost, at+"/messages", say(body), "Idempotency-Key", body)
		promised := err == nil && c.note(at, body, answer, time.Since(began))
		if promised && rand.N(repeatOneIn) > 0 || c.ended() {
			return
		}
		if promised {
			continue
		}
		<-time.After(20 * time.Millisecond)
	}
}

// note takes an answer into the ledger, and reports whether it is a promise.
func (c *chatter) note(at, body string, answer reply, took time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.longest = max(c.longest, took)
	if answer.status == http.StatusCreated {
		number := answer.object()["number"].(float64)
		if before, again := c.promised[at][body]; again && before != number {
			c.t.Errorf("%q was promised as %v and then as %v", body, before, number)
		}
		c.promised[at][body] = number
		return true
	}
	c.refused[answer.status]++
	if answer.status != http.StatusServiceUnavailable || answer.header.Get("Retry-After") == "" {
		c.t.Errorf("a post was answered with %d: %s", answer.status, answer.body)
	}
	return false
}

// promises returns how many there are.
func (c *chatter) promises() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, each := range c.promised {
		n += len(each)
	}
	return n
}

// refusals returns how many posts had the status.
func (c *chatter) refusals(status int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.refused[status]
}

// awaitMore waits for more promises.
func (c *chatter) awaitMore(n int, when string) {
	c.t.Helper()
	enough := c.promises() + n
	eventually(c.t, startLimit, fmt.Sprintf("%d more posts succeeded %s", n, when), func() bool { return c.promises() >= enough })
}

// verify compares the ledger with what a server holds: every promise is kept
// under its number, nothing is there twice, nothing that was not sent, and numbers
// have no gaps.
func (c *chatter) verify(p *program) {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for at, promised := range c.promised {
		position := p.as("user:user").post(at+"/messages", say("the end")).want(http.StatusCreated).position()
		bodies := map[string]float64{}
		last := 0.0
		for more := true; more; {
			page := p.as("user:user").get(fmt.Sprintf("%s/messages?limit=200&after=%.0f", at, last), "Parley-Min-Position", position).want(http.StatusOK)
			for _, m := range page.items() {
				body, number := m["body"].(string), m["number"].(float64)
				if number != last+1 {
					c.t.Fatalf("message %v follows %v", number, last)
				}
				if other, twice := bodies[body]; twice && body != "the end" {
					c.t.Fatalf("%q is there as %v and as %v", body, other, number)
				}
				if !c.sent[body] && body != "the end" {
					c.t.Fatalf("%q is there and was never sent", body)
				}
				last, bodies[body] = number, number
			}
			more = page.object()["has_newer"].(bool)
		}
		for body, number := range promised {
			if bodies[body] != number {
				c.t.Errorf("%q was promised as %v and is there as %v", body, number, bodies[body])
			}
		}
	}
}
