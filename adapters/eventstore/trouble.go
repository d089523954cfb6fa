package eventstore

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"parley/domain/eventlog"
)

const (
	// repeatEvery is how often what lasts is logged again, and for how long trouble
	// with a call counts when nobody makes it again: followers try all the time, but
	// who takes no commands because of trouble would have it for ever.
	repeatEvery = time.Minute
	// recovers is for how long a call must have worked until its next trouble is
	// another one: what works now and then lasts.
	recovers = 5 * time.Second
	// refusalStays is for how long an outage is taken for what was a refusal before:
	// who refuses a connection now and then just hangs up.
	refusalStays = 5 * time.Second
)

// Trouble implements [eventlog.Log].
func (s *Store) Trouble() eventlog.Trouble { return s.troubles.present() }

// troubles keeps, for each call, why the store does not do it now, and logs it:
// at once, and then once a minute while it lasts.
type troubles struct {
	log  *slog.Logger
	some atomic.Bool // spares the lock to a call that works as always

	mu sync.Mutex
	of map[call]*trouble
}

// trouble is one call's. It is over once the call works.
type trouble struct {
	eventlog.Trouble
	over  bool
	ended time.Time // when it was over
	last  time.Time // that it was met
	said  time.Time // that it was logged; zero when it is to be logged anew
}

// newTroubles returns those of a store that is not connected yet.
func newTroubles(log *slog.Logger) *troubles {
	t := &troubles{log: log, of: map[call]*trouble{connecting: {Trouble: eventlog.Trouble{
		Since: time.Now(), Err: fmt.Errorf("%w: not connected yet", eventlog.ErrUnavailable),
	}}}}
	t.some.Store(true)
	return t
}

// note draws from the result of a call whether the store does what it is asked
// for. An outage says nothing of the call: the connection's end is noted.
func (t *troubles) note(c call, err error) {
	refusal, refuses := refusalOf(err)
	switch {
	case refuses && c.concerns(refusal):
		t.meet(c, refusedBy(c, err))
	case err == nil, !c.ofCommands() && faultOf(err).answered():
		t.works(c)
	}
}

// meet keeps trouble with a call.
func (t *troubles) meet(c call, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, m := time.Now(), t.of[c]
	if m == nil {
		m = &trouble{over: true}
		t.of[c] = m
	}
	if isRefusal(m.Err) && !isRefusal(err) && now.Sub(m.last) < refusalStays {
		return
	}
	if m.over {
		m.begin(now)
	}
	other := refusalIn(m.Err) != refusalIn(err)
	m.Err, m.last = err, now
	t.some.Store(true)
	if other || now.Sub(m.said) >= repeatEvery {
		m.said = now
		t.say(c, err)
	}
}

// begin begins trouble with a call that has worked.
func (m *trouble) begin(now time.Time) {
	if now.Sub(m.ended) >= recovers {
		m.said = time.Time{}
	}
	m.over, m.Since = false, now
}

// say logs trouble with a call.
func (t *troubles) say(c call, err error) {
	refused, ok := errors.AsType[*eventlog.RefusedError](err)
	if !ok {
		t.log.Warn("event store cannot be reached", slog.Any("error", err))
		return
	}
	t.log.Warn("event store refuses", slog.String("call", string(c)), slog.String("refused", string(refused.Refusal)),
		slog.String("advice", refused.Refusal.Advice()), slog.Any("error", refused.Err))
}

// works ends trouble with a call.
func (t *troubles) works(c call) {
	if !t.some.Load() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if m := t.of[c]; m != nil && !m.over {
		m.over, m.ended = true, time.Now()
	}
	some := false
	for _, m := range t.of {
		some = some || !m.over
	}
	t.some.Store(some)
}

// outage is why there is no connection, if so.
func (t *troubles) outage() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if m := t.of[connecting]; !m.over {
		return m.Err
	}
	return nil
}

// present is what is the matter now: that there is no connection, else what has
// lasted longest.
func (t *troubles) present() (found eventlog.Trouble) {
	if !t.some.Load() {
		return eventlog.Trouble{}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if m := t.of[connecting]; !m.over {
		return m.Trouble
	}
	for _, m := range t.of {
		if m.over || time.Since(m.last) > repeatEvery {
			continue
		}
		if found.Err == nil || m.Since.Before(found.Since) {
			found = m.Trouble
		}
	}
	return found
}

// refusalIn is the refusal in trouble, "" in an outage.
func refusalIn(err error) eventlog.Refusal {
	if refused, ok := errors.AsType[*eventlog.RefusedError](err); ok {
		return refused.Refusal
	}
	return ""
}
