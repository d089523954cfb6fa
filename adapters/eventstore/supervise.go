package eventstore

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// supervise keeps a line current until the store is closed.
func (s *Store) supervise() {
	failures := 0
	for s.ctx.Err() == nil {
		l, err := s.connect()
		if err != nil {
			if failures == 0 && s.ctx.Err() == nil {
				s.log.Warn("event store cannot be reached", slog.Any("error", err))
			}
			failures++
			pause(s.ctx, failures)
			continue
		}
		s.use(l)
		s.log.Info("event store connected")
		s.watch(l)
		if l.answered.Load() {
			failures = 0
		}
		failures++
		pause(s.ctx, failures)
	}
}

// connect returns a line to a server that answers now.
func (s *Store) connect() (*line, error) {
	if err := s.probe(); err != nil {
		return nil, fmt.Errorf("probe event store: %w", err)
	}
	client, err := esdb.NewClient(serving(s.client))
	if err != nil {
		return nil, fmt.Errorf("open client: %w", err)
	}
	s.running.Add(1)
	return newLine(client, s.running.Done), nil
}

// probe looks for a server with a client of its own. The goroutine ends by the
// client's own timeouts when the store is closed first.
func (s *Store) probe() error {
	client, err := esdb.NewClient(probing(s.client))
	if err != nil {
		return fmt.Errorf("open client: %w", err)
	}
	found := make(chan error, 1)
	go func() {
		_, err := client.GetServerVersion()
		_ = client.Close() // this goroutine is its only user
		found <- err
	}()
	select {
	case err := <-found:
		return err
	case <-s.ctx.Done():
		return s.ctx.Err()
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

// ping asks for the log's last event. Any answer will do, a refusal too.
func (s *Store) ping(l *line) error {
	if !l.enter() {
		return nil
	}
	ctx, cancel := context.WithTimeout(s.ctx, 2*s.config.Heartbeat)
	defer cancel()
	_, err := attempt(ctx, s, l, readLast)
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
	timer := time.NewTimer(longest/2 + rand.N(longest/2))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
