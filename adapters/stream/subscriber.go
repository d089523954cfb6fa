package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
)

// Defaults of the SubscriberConfig.
const (
	DefaultDrain    = 10 * time.Second
	DefaultMinPause = 100 * time.Millisecond
	DefaultMaxPause = 10 * time.Second
)

// SubscriberConfig says what a subscriber works with. Consumer, Follow and Lead
// are needed.
type SubscriberConfig struct {
	// Consumer returns the consumer of a topic, or an error when there is none.
	Consumer func(topic string) (Consumer, error)
	Follow   FollowFunc
	Lead     LeadFunc
	// Marshal makes the message of a delivery. By default it has no payload.
	Marshal func(*Delivery) *message.Message
	// MaxEvents bounds the events of a message further than the 4000 that it
	// never exceeds.
	MaxEvents int
	// Drain is how long a batch under way may go on when the subscription ends.
	Drain time.Duration
	// MinPause and MaxPause bound the pause before a batch comes again, and
	// between two terms; it doubles each time that nothing was acknowledged.
	MinPause, MaxPause time.Duration
	// Observe hears of every message that was answered, in order for each
	// topic, before the next one is sent. It must return at once.
	Observe func(Outcome)
	// Logger hears why a term could not begin. Default: nothing is logged.
	Logger *slog.Logger
}

func (c *SubscriberConfig) setDefaults() {
	if c.Marshal == nil {
		c.Marshal = envelope
	}
	if c.MaxEvents <= 0 {
		c.MaxEvents = maxEvents
	}
	if c.Drain <= 0 {
		c.Drain = DefaultDrain
	}
	if c.MinPause <= 0 {
		c.MinPause = DefaultMinPause
	}
	if c.MaxPause <= 0 {
		c.MaxPause = DefaultMaxPause
	}
	if c.Observe == nil {
		c.Observe = func(Outcome) {}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
}

// Subscriber feeds consumers with batches of the log. It implements
// [message.Subscriber].
type Subscriber struct {
	cfg SubscriberConfig

	mu      sync.Mutex
	closed  bool
	closing context.Context
	end     context.CancelFunc
	running sync.WaitGroup
}

var _ message.Subscriber = (*Subscriber)(nil)

var errClosed = errors.New("subscriber is closed")

// NewSubscriber returns a subscriber. It starts nothing by itself.
func NewSubscriber(cfg SubscriberConfig) *Subscriber {
	cfg.setDefaults()
	s := &Subscriber{cfg: cfg}
	s.closing, s.end = context.WithCancel(context.Background())
	return s
}

// Subscribe starts feeding the topic's consumer and returns at once. The
// channel closes when ctx ends or the subscriber is closed, and never before.
func (s *Subscriber) Subscribe(ctx context.Context, topic string) (<-chan *message.Message, error) {
	consumer, err := s.cfg.Consumer(topic)
	if err != nil {
		return nil, fmt.Errorf("subscribe to %s: %w", topic, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	out := make(chan *message.Message)
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(s.closing, cancel)
	s.running.Go(func() {
		defer close(out)
		defer cancel()
		defer stop()
		feed := &feed{cfg: &s.cfg, topic: topic, consumer: consumer, out: out}
		feed.run(ctx)
	})
	return out, nil
}

// Close ends all subscriptions and waits for them: at most the drain time for a
// batch under way. It may be called more than once.
func (s *Subscriber) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.end()
	s.running.Wait()
	return nil
}
