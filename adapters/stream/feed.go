package stream

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"

	"parley/domain"
	"parley/domain/eventlog"
)

// errLost is the cause of a term that ended because the lease was lost.
var errLost = errors.New("leadership is lost")

// feed is one subscription: terms, one after the other.
type feed struct {
	cfg      *SubscriberConfig
	topic    string
	consumer Consumer
	out      chan<- *message.Message
	position eventlog.Position // that of the last message acknowledged, in this term
	moved    bool              // something was acknowledged in this term
	live     bool              // a live batch was, in this term
	rest     time.Duration     // the last one
}

// run holds terms until ctx ends.
func (f *feed) run(ctx context.Context) {
	pause := f.cfg.MinPause
	for ctx.Err() == nil {
		f.moved, f.live = false, false
		err := f.term(ctx)
		if f.moved {
			pause = f.cfg.MinPause
		}
		if errors.Is(err, domain.ErrUnknownType) {
			pause = f.cfg.MaxPause // so that a newer instance comes first
		}
		rest(ctx, pause)
		pause = min(2*pause, f.cfg.MaxPause)
	}
}

// term leads, begins where the consumer is, and delivers until something fails
// or ctx ends.
func (f *feed) term(ctx context.Context) (err error) {
	lease, err := f.cfg.Lead(ctx, "projection "+f.topic)
	if err != nil {
		return f.report(ctx, "campaign", err)
	}
	defer lease.Release()
	ctx, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	go func() {
		select {
		case <-lease.Lost():
			lose(errLost)
		case <-ctx.Done():
		}
	}()
	if f.position, err = f.consumer.Begin(ctx); err != nil {
		return f.report(ctx, "begin", err)
	}
	defer func() { f.consumer.End(err) }()
	subscription, err := f.cfg.Follow(ctx, f.topic, f.position)
	if err != nil {
		return f.report(ctx, "follow the log", err)
	}
	defer subscription.Close()
	return f.deliverAll(ctx, subscription)
}

// report logs why a term could not begin, unless it was to end.
func (f *feed) report(ctx context.Context, what string, err error) error {
	if ctx.Err() == nil {
		f.cfg.Logger.Warn("cannot feed consumer", "topic", f.topic, "step", what, "error", err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// deliverAll delivers what the subscription brings, reading ahead.
func (f *feed) deliverAll(ctx context.Context, subscription eventlog.Subscription) error {
	ctx, stop := context.WithCancel(ctx)
	box, gone := newMailbox(), make(chan struct{})
	go func() {
		defer close(gone)
		box.read(ctx, subscription)
	}()
	defer func() {
		stop()
		<-gone
	}()
	for {
		batch, err := box.take(ctx, f.cfg.MaxEvents)
		if err != nil {
			return f.report(ctx, "read the log", err)
		}
		if !f.isNews(batch) {
			continue
		}
		if err := f.deliver(ctx, batch); err != nil {
			return err
		}
		f.position, f.moved, f.live = max(f.position, batch.Position), true, f.live || batch.Live
		f.breathe(ctx, box, len(batch.Events))
	}
}

// isNews reports whether a batch says anything: that it is the first live one of
// the term does, and further ones do not.
func (f *feed) isNews(b eventlog.Batch) bool {
	return len(b.Events) > 0 || b.Position > f.position || b.Live && !f.live
}

// deliver sends a batch until it is acknowledged. An error ends the term.
func (f *feed) deliver(ctx context.Context, batch eventlog.Batch) error {
	pause := f.cfg.MinPause
	for {
		d := &Delivery{Topic: f.topic, From: f.position, Batch: batch}
		acked, err := f.attempt(ctx, d)
		if acked || err != nil {
			return err
		}
		if !rest(ctx, pause) {
			return context.Cause(ctx)
		}
		pause = min(2*pause, f.cfg.MaxPause)
	}
}

// attempt sends one message and waits for the answer.
func (f *feed) attempt(ctx context.Context, d *Delivery) (acked bool, err error) {
	detached, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	msg := f.cfg.Marshal(d)
	msg.SetContext(context.WithValue(detached, deliveryKey{}, d))
	began := time.Now()
	select {
	case f.out <- msg:
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
	if !f.answered(ctx, msg, cancel) {
		return false, context.Cause(ctx)
	}
	select {
	case <-msg.Acked():
		acked = true
	default:
		err = d.failure
	}
	f.cfg.Observe(Outcome{
		Topic: d.Topic, From: d.From, To: d.Batch.Position, Events: len(d.Batch.Events),
		Took: time.Since(began), Acked: acked, Err: err,
	})
	return acked, err
}

// answered waits for the answer to a message, for at most the drain time once
// ctx has ended, and not at all once the lease is lost: its context is then
// cancelled.
func (f *feed) answered(ctx context.Context, msg *message.Message, cancel context.CancelFunc) bool {
	select {
	case <-msg.Acked():
		return true
	case <-msg.Nacked():
		return true
	case <-ctx.Done():
	}
	if errors.Is(context.Cause(ctx), errLost) {
		cancel()
		return false
	}
	drain := time.NewTimer(f.cfg.Drain)
	defer drain.Stop()
	select {
	case <-msg.Acked():
		return true
	case <-msg.Nacked():
		return true
	case <-drain.C:
		cancel()
		return false
	}
}

// rest pauses, give or take a half, and reports whether ctx still goes on.
func rest(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause/2 + rand.N(pause))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
