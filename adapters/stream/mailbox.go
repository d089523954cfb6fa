package stream

import (
	"context"
	"sync"
	"time"

	"parley/domain/eventlog"
)

// Limits of a message, which is made of whole batches of the log. Bytes are those
// of data and metadata; an event that has more is a message by itself.
const (
	maxEvents = 4000
	maxBytes  = 4 << 20
)

// mailbox holds what has arrived while a batch is being applied, merged into
// the next one. One goroutine fills it and one empties it.
type mailbox struct {
	filled, emptied, brimming chan struct{} // hold at most one token

	mu      sync.Mutex
	some    bool
	held    eventlog.Batch
	bytes   int
	err     error
	refused bool // the next batch waits outside
}

func newMailbox() *mailbox {
	return &mailbox{filled: make(chan struct{}, 1), emptied: make(chan struct{}, 1), brimming: make(chan struct{}, 1)}
}

// gatherTime is how long the next batch of the log is left alone while one is
// held that nobody has taken: each append would wake every reader otherwise.
const gatherTime = 5 * time.Millisecond

// read fills the mailbox until the subscription or ctx ends.
func (m *mailbox) read(ctx context.Context, from eventlog.Subscription) {
	for {
		batch, err := from.Next(ctx)
		if err != nil {
			m.mu.Lock()
			m.err = err
			m.mu.Unlock()
			signal(m.filled)
			return
		}
		select {
		case <-m.emptied: // before this batch came
		default:
		}
		for !m.put(batch) {
			select {
			case <-m.emptied:
			case <-ctx.Done():
				return
			}
		}
		if batch.Live {
			m.gather(ctx)
		}
	}
}

// gather waits until what is held has been taken, or a moment.
func (m *mailbox) gather(ctx context.Context) {
	timer := time.NewTimer(gatherTime)
	defer timer.Stop()
	select {
	case <-m.emptied:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// put merges a batch into what is held, if both fit one message. What was live
// stays so: who has applied all of it has also come to where nothing was waiting.
func (m *mailbox) put(b eventlog.Batch) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	size := weight(b)
	if m.some && len(m.held.Events) > 0 && len(b.Events) > 0 &&
		(len(m.held.Events)+len(b.Events) > maxEvents || m.bytes+size > maxBytes) {
		m.refused = true
		signal(m.brimming)
		return false
	}
	if m.some {
		b.Events, b.Live = append(m.held.Events, b.Events...), m.held.Live || b.Live
		size += m.bytes
	}
	m.held, m.bytes, m.some, m.refused = b, size, true, false
	if len(b.Events) >= maxEvents {
		signal(m.brimming)
	}
	signal(m.filled)
	return true
}

// brims reports whether more has arrived than one message holds.
func (m *mailbox) brims() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.refused || len(m.held.Events) >= maxEvents
}

// take waits for a batch and returns at most limit events of it.
func (m *mailbox) take(ctx context.Context, limit int) (eventlog.Batch, error) {
	for {
		if b, some, err := m.first(limit); some || err != nil {
			return b, err
		}
		select {
		case <-m.filled:
		case <-ctx.Done():
			return eventlog.Batch{}, context.Cause(ctx)
		}
	}
}

func (m *mailbox) first(limit int) (b eventlog.Batch, some bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.some {
		return b, false, m.err
	}
	b = m.held
	if len(b.Events) > limit {
		b.Events, m.held.Events = b.Events[:limit:limit], b.Events[limit:]
		b.Position, b.Live = b.Events[limit-1].Position, false
		m.bytes -= weight(b)
		return b, true, nil
	}
	m.held, m.bytes, m.some = eventlog.Batch{}, 0, false
	signal(m.emptied)
	return b, true, nil
}

func weight(b eventlog.Batch) (bytes int) {
	for i := range b.Events {
		bytes += len(b.Events[i].Data) + len(b.Events[i].Metadata)
	}
	return bytes
}

func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
