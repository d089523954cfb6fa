package commands

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"parley/domain/eventlog"
)

// eras keep what is known of one log from being used on another one that took its
// place. An era lasts as long as its log does. Who works with what is known of a
// log is inside: nobody is inside of two eras, and none begins while somebody is
// inside of the one before.
type eras struct {
	inside  sync.RWMutex // held for reading by who is
	present atomic.Pointer[era]
}

// era is the time of one log. Its context ends with it, and with that all calls of
// the log that began in it.
type era struct {
	context.Context
	end context.CancelFunc
}

func newEras() *eras {
	e := &eras{}
	e.begin()
	return e
}

func (e *eras) begin() {
	next := &era{}
	next.Context, next.end = context.WithCancel(context.Background())
	e.present.Store(next)
}

// enter goes inside until leave; it may be done again by who is. It never waits:
// while an era ends it fails with [eventlog.ErrLogChanged], so that who is inside,
// and needs to go inside once more to come to an end, does come to one.
func (e *eras) enter() error {
	if !e.inside.TryRLock() {
		return fmt.Errorf("begin: %w", eventlog.ErrLogChanged)
	}
	return nil
}

func (e *eras) leave() { e.inside.RUnlock() }

// in does something inside of that era; it fails with [eventlog.ErrLogChanged] once
// that is over.
func (e *eras) in(during *era, do func()) error {
	if err := e.enter(); err != nil {
		return err
	}
	defer e.leave()
	if during != e.present.Load() {
		return fmt.Errorf("go on: %w", eventlog.ErrLogChanged)
	}
	do()
	return nil
}

// replace ends the era: calls under way fail, everybody leaves, what is known is
// forgotten, and the next era begins.
func (e *eras) replace(forget func()) {
	e.present.Load().end()
	e.inside.Lock()
	defer e.inside.Unlock()
	forget()
	e.begin()
}

// bind returns a context that ends with the present era, too, and what tells the
// error of a call that this ended. Done must be called.
func (e *eras) bind(ctx context.Context) (bound context.Context, told func(error) error, done func()) {
	now := e.present.Load()
	bound, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(now, cancel)
	told = func(err error) error {
		if err != nil && now.Err() != nil && !errors.Is(err, eventlog.ErrLogChanged) {
			return fmt.Errorf("%w: %w", eventlog.ErrLogChanged, err)
		}
		return err
	}
	return bound, told, func() { stop(); cancel() }
}
