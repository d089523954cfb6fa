package persistent

import (
	"context"
	"sync"

	"github.com/google/uuid"
)

// Consumer is one connection to a group. Next has one caller; the other methods
// are safe for concurrent use.
type Consumer struct {
	group  *group
	member *member
	outbox *outbox
}

// Next returns the next event that the consumer is given. It fails when the
// context ends, and with the reason when the consumer is dropped.
func (c *Consumer) Next(ctx context.Context) (Event, error) {
	for {
		if e, ok, err := c.outbox.take(); ok || err != nil {
			return e, err
		}
		select {
		case <-c.outbox.ready:
		case <-ctx.Done():
			return Event{}, ctx.Err()
		}
	}
}

// Ack says that events have been handled. It fails only when the consumer has
// been dropped.
func (c *Consumer) Ack(ctx context.Context, ids ...uuid.UUID) error {
	return c.group.tell(ctx, func(m *machine) { m.ack(c.member, c.group.clock.Now(), ids...) })
}

// Nack says that events have not been handled, and what is to become of them.
func (c *Consumer) Nack(ctx context.Context, action Action, reason string, ids ...uuid.UUID) error {
	return c.group.tell(ctx, func(m *machine) { m.nack(c.member, action, reason, ids...) })
}

// Close gives back what the consumer has in flight. It returns when that has
// been done.
func (c *Consumer) Close() {
	_ = c.group.do(context.Background(), func(m *machine) { m.leave(c.member) })
}

// outbox holds what a consumer has been given and not fetched: never more than
// its buffer size, because it counts as in flight.
type outbox struct {
	mu    sync.Mutex
	given []deliver
	ended error
	ready chan struct{} // has room for one signal
}

func newOutbox() *outbox { return &outbox{ready: make(chan struct{}, 1)} }

func (o *outbox) put(d deliver) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.given = append(o.given, d)
	o.signal()
}

// withdraw removes an event that has not been fetched.
func (o *outbox) withdraw(it *item) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range o.given {
		if o.given[i].item == it {
			o.given = append(o.given[:i:i], o.given[i+1:]...)
			return
		}
	}
}

// end drops the consumer; what it has not fetched is gone.
func (o *outbox) end(reason error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended == nil {
		o.given, o.ended = nil, reason
		o.signal()
	}
}

func (o *outbox) signal() {
	select {
	case o.ready <- struct{}{}:
	default:
	}
}

func (o *outbox) take() (Event, bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended != nil {
		o.signal() // for whoever asks again
		return Event{}, false, o.ended
	}
	if len(o.given) == 0 {
		return Event{}, false, nil
	}
	e := o.given[0].event
	o.given[0] = deliver{}
	o.given = o.given[1:]
	return e, true, nil
}
