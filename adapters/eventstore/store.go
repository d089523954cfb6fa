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
	config   Config
	client   esdb.Configuration
	log      *slog.Logger
	troubles *troubles
	stalled  stalled

	ctx  context.Context // ends with ErrClosed
	stop context.CancelCauseFunc

	mu      sync.Mutex
	era     *era          // of the log that is there
	current *line         // nil while there is no connection
	changed chan struct{} // closed, and made anew, when current changes
	forget  []func()      // what OnReplaced was given

	doubted chan *line
	running sync.WaitGroup // the supervisor, the feeds and the open lines
}

var _ eventlog.Log = (*Store)(nil)

// Open starts to connect and returns at once: a server that cannot be reached is
// no error, calls wait for it within their contexts. A connection string that
// cannot be parsed, or that names a file that cannot be read, is one.
func Open(config Config) (*Store, error) {
	config = config.withDefaults()
	client, err := config.clientConfig()
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancelCause(context.Background())
	s := &Store{
		config:   config,
		client:   client,
		log:      config.Logger,
		troubles: newTroubles(config.Logger),
		ctx:      ctx,
		stop:     stop,
		changed:  make(chan struct{}),
		doubted:  make(chan *line, 1),
	}
	s.era = newEra(s)
	s.running.Go(s.supervise)
	return s, nil
}

// errDraining is returned by Close when a call would not end.
var errDraining = errors.New("calls to the event store did not end in time")

// Close ends all calls and subscriptions with [eventlog.ErrClosed] and waits, at
// most the call timeout, until the connection is closed. It may be called again.
func (s *Store) Close() error {
	s.mu.Lock()
	s.stop(eventlog.ErrClosed) // under mu, so that no feed starts beside the wait
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

// borrow enters the current line for a call of an era, or waits for one. The
// caller must leave it.
func (s *Store) borrow(ctx context.Context, e *era) (*line, error) {
	for {
		s.mu.Lock()
		l, changed := s.current, s.changed
		s.mu.Unlock()
		// An era ends before the first line of the next one can be had.
		if err := context.Cause(e.ctx); err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, s.unavailable(ctx)
		}
		if l != nil && l.enter() {
			return l, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
		case <-e.ctx.Done():
		}
	}
}

// unavailable says that the context ended before a call could begin, and why.
func (s *Store) unavailable(ctx context.Context) error {
	if outage := s.troubles.outage(); outage != nil {
		return fmt.Errorf("%w: %w", context.Cause(ctx), outage)
	}
	return unavailable(ctx)
}

// use makes a line the current one.
func (s *Store) use(l *line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set(l)
}

// lose retires the current line, which no longer serves. Only the first to notice
// counts, and nobody but the supervisor ends a line that is still being proved.
func (s *Store) lose(l *line, cause error) {
	s.mu.Lock()
	first := s.current == l
	if first {
		s.set(nil)
	}
	s.mu.Unlock()
	if !first {
		return
	}
	if s.ctx.Err() == nil {
		s.troubles.meet(connecting, reason(connecting, fmt.Errorf("connection lost: %w", cause)))
	}
	l.retire()
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
