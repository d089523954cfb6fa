package eventstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/domain/eventlog"
)

// Store is the event log over a server. It is safe for concurrent use.
type Store struct {
	config Config
	client esdb.Configuration
	log    *slog.Logger

	ctx  context.Context
	stop context.CancelFunc

	mu      sync.Mutex
	current *line             // nil while there is no connection
	changed chan struct{}     // closed, and made anew, when current changes
	trunks  map[string]*trunk // by prefix; only those that somebody is on

	doubted chan *line
	running sync.WaitGroup // the supervisor, the feeds and the open lines
}

var _ eventlog.Log = (*Store)(nil)

// Open starts to connect and returns at once: a server that cannot be reached is
// no error, calls wait for it within their contexts. A connection string that
// cannot be parsed is one.
func Open(config Config) (*Store, error) {
	config = config.withDefaults()
	client, err := config.clientConfig()
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Store{
		config:  config,
		client:  client,
		log:     config.Logger,
		ctx:     ctx,
		stop:    stop,
		changed: make(chan struct{}),
		trunks:  map[string]*trunk{},
		doubted: make(chan *line, 1),
	}
	s.running.Go(s.supervise)
	return s, nil
}

// errDraining is returned by Close when a call would not end.
var errDraining = errors.New("calls to the event store did not end in time")

// Close ends all calls and subscriptions with [eventlog.ErrClosed] and waits, at
// most the call timeout, until the connection is closed. It may be called again.
func (s *Store) Close() error {
	s.mu.Lock()
	s.stop() // under mu, so that no feed starts beside the wait
	s.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		s.running.Wait()
		close(ended)
	}()
	ctx, cancel := context.WithTimeout(context.Background(), s.config.CallTimeout)
	defer cancel()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return errDraining
	}
}

// borrow enters the current line, or waits for one. The caller must leave it.
func (s *Store) borrow(ctx context.Context) (*line, error) {
	for {
		if s.ctx.Err() != nil {
			return nil, eventlog.ErrClosed
		}
		if ctx.Err() != nil {
			return nil, unavailable(ctx)
		}
		s.mu.Lock()
		l, changed := s.current, s.changed
		s.mu.Unlock()
		if l != nil && l.enter() {
			return l, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
		case <-s.ctx.Done():
		}
	}
}

// use makes a line the current one.
func (s *Store) use(l *line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set(l)
}

// lose retires a line that no longer serves. Only the first to notice counts.
func (s *Store) lose(l *line, cause error) {
	s.mu.Lock()
	first := s.current == l
	if first {
		s.set(nil)
	}
	s.mu.Unlock()
	if first {
		l.retire()
		if s.ctx.Err() == nil {
			s.log.Warn("event store connection lost", slog.Any("error", cause))
		}
	}
}

// set changes the current line. The caller holds mu.
func (s *Store) set(l *line) {
	s.current = l
	close(s.changed)
	s.changed = make(chan struct{})
}

// doubt asks the supervisor to see whether a line still answers.
func (s *Store) doubt(l *line) {
	select {
	case s.doubted <- l:
	default: // someone else's doubt is already waiting
	}
}

// unavailable says that the context ended before a call could begin.
func unavailable(ctx context.Context) error {
	return fmt.Errorf("%w: %w", eventlog.ErrUnavailable, context.Cause(ctx))
}

// unknown says that no other attempt follows the last one, whose outcome is
// unknown, and why: the context ended or the store was closed.
func unknown(why, last error) error {
	if errors.Is(why, eventlog.ErrUnavailable) {
		return fmt.Errorf("%w (last: %v)", why, last)
	}
	return fmt.Errorf("%w: %w (last: %v)", eventlog.ErrUnavailable, why, last)
}
