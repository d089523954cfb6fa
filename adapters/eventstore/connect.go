package eventstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/domain/eventlog"
)

// connect returns a line to a server that has shown that it leads, that its log
// can be read, and that it is the log of the present era.
func (s *Store) connect() (*line, error) {
	conf, err := s.probe()
	if err != nil {
		return nil, err
	}
	client, err := esdb.NewClient(serving(conf))
	if err != nil {
		return nil, fmt.Errorf("open client: %w", err)
	}
	s.running.Add(1)
	l := newLine(s.ctx, client, s.running.Done)
	if err := s.prove(l); err != nil {
		l.retire()
		return nil, err
	}
	return l, nil
}

// prove sees whether a line serves before anybody uses it.
func (s *Store) prove(l *line) error {
	err := s.findLeader(l)
	if err != nil {
		return fmt.Errorf("read the end of $all: %w", err)
	}
	if err := checkVersion(l.client); err != nil {
		return err
	}
	if err := s.sense(l); err != nil {
		return fmt.Errorf("subscribe to $all: %w", err)
	}
	return s.recognise(l)
}

// redirects is how often a line may be shown to another leader before it is given up.
const redirects = 3

// findLeader has the end of $all read. A server that does not lead names the one
// that does, and the client turns there.
func (s *Store) findLeader(l *line) (err error) {
	for range redirects {
		if _, err = once(s, l, readLast); !isNotLeader(err) {
			return err
		}
	}
	return err
}

// isNotLeader reports whether the client was shown to another server.
func isNotLeader(err error) bool {
	client, ok := errors.AsType[*esdb.Error](err)
	return ok && client.Code() == esdb.ErrorCodeNotLeader
}

// checkVersion refuses a server that may never say that a subscription has caught
// up, on which everything here rests. One without the features call is older still.
func checkVersion(client *esdb.Client) error {
	version, err := client.GetServerVersion()
	if err != nil {
		return fmt.Errorf("read the server's version: %w", err)
	}
	if version.Major < 23 || version.Major == 23 && version.Minor < 10 {
		return fmt.Errorf("%w: %d.%d.%d", errVersion, version.Major, version.Minor, version.Patch)
	}
	return nil
}

// once performs an operation once on a line that nobody else uses yet.
func once[T any](s *Store, l *line, op operation[T]) (T, error) {
	if !l.enter() {
		var zero T
		return zero, errLost
	}
	return attempt(s.ctx, s, l, s.config.CallTimeout, op)
}

// errLost ends the use of a line that has been lost.
var errLost = errors.New("connection lost")

// sense subscribes to what never comes, and retires the line when that ends: so
// whatever ends the connection ends the line. gRPC would replace a broken
// connection by itself, and the client that of a server that does not lead, and
// calls would meet a log that nobody has compared.
func (s *Store) sense(l *line) error {
	sub, err := once(s, l, func(_ context.Context, client *esdb.Client) (*esdb.Subscription, error) {
		return client.SubscribeToAll(l.ctx, subscribeOptions(esdb.End{}, nobodysPrefix, rarely))
	})
	if err != nil {
		return err
	}
	if !l.enter() {
		return errLost
	}
	go func() {
		defer l.leave()
		defer func() { _ = sub.Close() }() // it always returns nil
		for {
			if dropped := sub.Recv().SubscriptionDropped; dropped != nil {
				s.lose(l, dropped.Error)
				l.retire()
				return
			}
		}
	}()
	return nil
}

// nobodysPrefix is one that no stream's name has.
const nobodysPrefix = "parley-nobody-"

// recognise compares the line's log with that of the era, and begins a new era
// when it is another one.
func (s *Store) recognise(l *line) error {
	err := s.compare(l)
	if !errors.Is(err, errOther) {
		return err
	}
	s.troubles.meet(connecting, fmt.Errorf("%w: %w", eventlog.ErrUnavailable, err))
	if !wait(l.ctx, s.config.SecondLook) {
		return errLost
	}
	if err = s.compare(l); !errors.Is(err, errOther) {
		return err
	}
	s.log.Error("event store holds another log: everything begins anew", "error", err)
	s.replace()
	return s.compare(l)
}

// replace ends the era and begins the next one. All who began before fail with
// [eventlog.ErrLogChanged], then those who registered forget, and only after that
// the caller lets anybody use a line.
func (s *Store) replace() {
	s.mu.Lock()
	former := s.era
	s.era = newEra(s)
	former.end(eventlog.ErrLogChanged)
	forget := s.forget
	s.mu.Unlock()
	for _, drop := range forget {
		drop()
	}
}

// OnReplaced implements [eventlog.Log].
func (s *Store) OnReplaced(forget func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget = append(s.forget[:len(s.forget):len(s.forget)], forget)
}
