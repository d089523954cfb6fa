package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"

	"parley/domain"
	"parley/domain/eventlog"
)

// closeMargin is how much longer the router waits than a batch may drain.
const closeMargin = 5 * time.Second

// Config says what a router carries. Log, Lead and at least one consumer are
// needed.
type Config struct {
	Log       eventlog.Log
	Lead      LeadFunc
	Consumers []Consumer
	// Drain is how long a batch under way may go on at shutdown; DefaultDrain
	// when zero.
	Drain time.Duration
	// Observe hears of every message that was answered; see SubscriberConfig.
	Observe func(Outcome)
	// Logger hears of failures. Default: nothing is logged.
	Logger *slog.Logger
}

// Router carries the log to a fixed set of consumers.
type Router struct {
	router   *message.Router
	handlers map[string]*message.Handler
}

// NewRouter returns a router, or an error when a name stands twice or there is
// no consumer. It starts nothing by itself.
func NewRouter(cfg Config) (*Router, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Drain <= 0 {
		cfg.Drain = DefaultDrain
	}
	consumers := make(map[string]Consumer, len(cfg.Consumers))
	for _, c := range cfg.Consumers {
		if _, twice := consumers[c.Name()]; twice {
			return nil, fmt.Errorf("consumer %s is there twice", c.Name())
		}
		consumers[c.Name()] = c
	}
	if len(consumers) == 0 {
		return nil, errors.New("router needs a consumer")
	}
	router, err := message.NewRouter(message.RouterConfig{CloseTimeout: cfg.Drain + closeMargin}, quieter(cfg.Logger))
	if err != nil {
		return nil, fmt.Errorf("make router: %w", err)
	}
	router.AddMiddleware(recoverer)
	r := &Router{router: router, handlers: make(map[string]*message.Handler, len(consumers))}
	subscriber := newSubscriber(cfg, consumers)
	for name, c := range consumers {
		r.handlers[name] = router.AddConsumerHandler(name, name, subscriber, apply(c))
	}
	return r, nil
}

func newSubscriber(cfg Config, consumers map[string]Consumer) *Subscriber {
	return NewSubscriber(SubscriberConfig{
		Consumer: func(topic string) (Consumer, error) { return consumers[topic], nil },
		Follow: func(ctx context.Context, _ string, after eventlog.Position) (eventlog.Subscription, error) {
			return cfg.Log.Follow(ctx, after, domain.StreamPrefix)
		},
		Lead: cfg.Lead, Drain: cfg.Drain, Observe: cfg.Observe, Logger: cfg.Logger,
	})
}

// apply returns the handler of a consumer. A failure ends the consumer's term.
func apply(c Consumer) message.NoPublishHandlerFunc {
	return func(msg *message.Message) error {
		d := FromContext(msg.Context())
		err := c.Apply(msg.Context(), d.Batch)
		if err != nil {
			d.Fail(err)
		}
		return err
	}
}

// recoverer turns a panic into a failure of the consumer.
func recoverer(next message.HandlerFunc) message.HandlerFunc {
	return func(msg *message.Message) (_ []*message.Message, err error) {
		defer func() {
			if v := recover(); v != nil {
				err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
				FromContext(msg.Context()).Fail(err)
			}
		}()
		return next(msg)
	}
}

// quieter logs Watermill's comings and goings at debug only.
func quieter(logger *slog.Logger) watermill.LoggerAdapter {
	return watermill.NewSlogLoggerWithLevelMapping(logger, map[slog.Level]slog.Level{slog.LevelInfo: slog.LevelDebug})
}

// Running is closed once all consumers are subscribed.
func (r *Router) Running() <-chan struct{} { return r.router.Running() }

// Run feeds the consumers until ctx ends, then lets the batches under way
// finish and returns nil. It returns an error when a handler stops that was not
// asked to, or when batches outlast the drain time. It runs once.
func (r *Router) Run(ctx context.Context) error {
	ended := make(chan error, 1)
	go func() { ended <- r.router.Run(context.WithoutCancel(ctx)) }()
	select {
	case <-r.router.Running():
	case err := <-ended:
		return fmt.Errorf("start router: %w", err)
	}
	stopped := r.firstStopped()
	var unasked error
	select {
	case <-ctx.Done():
	case name := <-stopped:
		unasked = fmt.Errorf("consumer %s stopped by itself", name)
	}
	err := r.router.Close()
	<-ended
	if err != nil {
		err = fmt.Errorf("close router: %w", err)
	}
	return errors.Join(unasked, err)
}

// firstStopped hands out the name of the first handler that stops.
func (r *Router) firstStopped() <-chan string {
	stopped := make(chan string, len(r.handlers))
	for name, h := range r.handlers {
		go func() {
			<-h.Stopped()
			stopped <- name
		}()
	}
	return stopped
}
