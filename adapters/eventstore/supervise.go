package eventstore

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// supervise keeps a line current until the store is closed.
func (s *Store) supervise() {
	failures := 0
	for s.ctx.Err() == nil {
		l, err := s.connect()
		if err != nil {
			if s.ctx.Err() == nil {
				s.troubles.meet(connecting, reason(connecting, err))
			}
			failures++
			pause(s.ctx, failures)
			continue
		}
		s.troubles.works(connecting)
		s.log.Info("event store connected")
		s.use(l)
		s.watch(l)
		if l.answered.Load() {
			failures = 0
		}
		failures++
		pause(s.ctx, failures)
	}
}

// watch returns once the line is retired. It retires it itself when the store is
// closed, or when the line does not answer.
func (s *Store) watch(l *line) {
	heartbeat := time.NewTicker(s.config.Heartbeat)
	defer heartbeat.Stop()
	for {
		select {
		case <-l.ctx.Done():
			return
		case <-s.ctx.Done():
			s.lose(l, s.ctx.Err())
			return
		case doubted := <-s.doubted:
			if doubted != l {
				continue
			}
		case <-heartbeat.C:
			if l.heard.Swap(false) {
				continue
			}
		}
		err := s.ping(l)
		if faultOf(err) == silent && l.heard.Swap(false) {
			continue // a slow server, not a dead one: others were answered
		}
		if err != nil {
			s.lose(l, err)
		}
	}
}

// ping asks the leader for the log's last event. Any answer will do, a refusal
// too, which is noted: on another line it would be the same.
func (s *Store) ping(l *line) error {
	if !l.enter() {
		return nil
	}
	limit := 2 * s.config.Heartbeat
	ctx, cancel := context.WithTimeout(s.ctx, limit)
	defer cancel()
	_, err := attempt(ctx, s, l, limit, s.present().readEnd)
	s.troubles.note(readingAll, err)
	if faultOf(err).definite() {
		return nil
	}
	return fmt.Errorf("ping event store: %w", err)
}

const (
	firstPause = 5 * time.Millisecond
	maxPause   = time.Second
)

// pause waits before another try, longer after each failure, with jitter, and
// reports whether the context is still alive.
func pause(ctx context.Context, failures int) bool {
	longest := min(firstPause<<min(failures, 10), maxPause)
	return wait(ctx, longest/2+rand.N(longest/2))
}

// wait waits and reports whether the context is still alive.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
