package httpapi

import (
	"sync"
	"time"

	"parley/domain"
)

// maxStreams is how many streams, of hints and of events, one person may have open
// on this instance: many pages on several machines.
const maxStreams = 20

// openStreams counts the streams that each person has open. It is safe for
// concurrent use.
type openStreams struct {
	mu sync.Mutex
	of map[string]int
}

// enter counts a stream more, unless that is too many.
func (o *openStreams) enter(person string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.of[person] >= maxStreams {
		return false
	}
	o.of[person]++
	return true
}

// leave ends what enter began.
func (o *openStreams) leave(person string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.of[person]--; o.of[person] == 0 {
		delete(o.of, person)
	}
}

// stream runs a stream of the caller's, or refuses one too many.
func (a *api) stream(c *call, run func() error) error {
	if a.rates == nil {
		return run()
	}
	person := c.actor.Organization + "\x00" + c.actor.Person.String()
	if !a.rates.streams.enter(person) {
		return &domain.Error{
			Code: codeRateLimited, RetryAfter: 10 * time.Second,
			Message: "You have too many streams open; close some, such as pages that you no longer look at.",
		}
	}
	defer a.rates.streams.leave(person)
	return run()
}
