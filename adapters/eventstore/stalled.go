package eventstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// stalled finds out that a store takes no writes though it serves reads. Servers
// have no word for that: they give up, fail, or are about to be ready.
type stalled struct {
	mu    sync.Mutex
	fails int   // since the last write that was carried out
	line  *line // of the last that counted
	at    time.Time
}

// stalledAfter is how many writes must fail one after the other, each on a line of
// its own, which has served a read, or a second after the one before.
const stalledAfter = 3

// errStalled says that reads are answered and writes come to nothing.
var errStalled = errors.New("reads are answered, writes are not")

// note takes the result of a write and returns what it says of the store.
func (s *stalled) note(l *line, err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.fails = 0
	}
	if faultOf(err).definite() || errors.Is(err, context.Canceled) {
		return err
	}
	if now := time.Now(); s.fails == 0 || l != s.line || now.Sub(s.at) >= time.Second {
		s.fails, s.line, s.at = s.fails+1, l, now
	}
	if s.fails < stalledAfter {
		return err
	}
	return fmt.Errorf("%w: %w", errStalled, err)
}
