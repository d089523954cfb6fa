package projectiontest

import (
	"context"
	"iter"
	"sync"

	"parley/domain/eventlog"
)

// Replaceable is a log in whose place another one can be put while it is used, as
// the operator of an event store may put back an older copy. The logs themselves
// are real.
type Replaceable struct {
	mu      sync.Mutex
	log     eventlog.Log
	gone    chan struct{} // closed when the log is not the one any more
	forgets []func()
	trouble eventlog.Trouble
}

// NewReplaceable returns one that is a log at first.
func NewReplaceable(log eventlog.Log) *Replaceable {
	return &Replaceable{log: log, gone: make(chan struct{})}
}

var _ eventlog.Log = (*Replaceable)(nil)

// Replace puts another log in the place of the one that is there.
func (r *Replaceable) Replace(log eventlog.Log) {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.gone)
	for _, forget := range r.forgets {
		forget()
	}
	r.log, r.gone = log, make(chan struct{})
}

// SetTrouble lets the log say that it does not serve.
func (r *Replaceable) SetTrouble(t eventlog.Trouble) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trouble = t
}

func (r *Replaceable) now() (eventlog.Log, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log, r.gone
}

// Append implements [eventlog.Log].
func (r *Replaceable) Append(ctx context.Context, stream string, expected eventlog.Revision, events []eventlog.NewEvent) (eventlog.Appended, error) {
	log, _ := r.now()
	return log.Append(ctx, stream, expected, events)
}

// ReadStream implements [eventlog.Log].
func (r *Replaceable) ReadStream(ctx context.Context, stream string, from eventlog.Revision, limit int) iter.Seq2[eventlog.Recorded, error] {
	log, gone := r.now()
	return until(gone, log.ReadStream(ctx, stream, from, limit))
}

// ReadAll implements [eventlog.Log].
func (r *Replaceable) ReadAll(ctx context.Context, after eventlog.Position, prefix string, limit int) iter.Seq2[eventlog.Recorded, error] {
	log, gone := r.now()
	return until(gone, log.ReadAll(ctx, after, prefix, limit))
}

// until yields events until their log is gone.
func until(gone <-chan struct{}, events iter.Seq2[eventlog.Recorded, error]) iter.Seq2[eventlog.Recorded, error] {
	return func(yield func(eventlog.Recorded, error) bool) {
		for e, err := range events {
			select {
			case <-gone:
				yield(eventlog.Recorded{}, eventlog.ErrLogChanged)
				return
			default:
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// At implements [eventlog.Log].
func (r *Replaceable) At(ctx context.Context, position eventlog.Position) (eventlog.Recorded, error) {
	log, _ := r.now()
	return log.At(ctx, position)
}

// End implements [eventlog.Log].
func (r *Replaceable) End(ctx context.Context) (eventlog.Position, error) {
	log, _ := r.now()
	return log.End(ctx)
}

// Truncate implements [eventlog.Log].
func (r *Replaceable) Truncate(ctx context.Context, stream string, before eventlog.Revision) error {
	log, _ := r.now()
	return log.Truncate(ctx, stream, before)
}

// Follow implements [eventlog.Log].
func (r *Replaceable) Follow(ctx context.Context, after eventlog.Position, prefix string) (eventlog.Subscription, error) {
	log, gone := r.now()
	s, err := log.Follow(ctx, after, prefix)
	if err != nil {
		return nil, err
	}
	return &replaceableFeed{s, gone}, nil
}

// Trouble implements [eventlog.Log].
func (r *Replaceable) Trouble() eventlog.Trouble {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.trouble
}

// OnReplaced implements [eventlog.Log].
func (r *Replaceable) OnReplaced(forget func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forgets = append(r.forgets, forget)
}

// replaceableFeed is a subscription to a log until that is gone.
type replaceableFeed struct {
	eventlog.Subscription
	gone <-chan struct{}
}

// Next implements [eventlog.Subscription].
func (f *replaceableFeed) Next(ctx context.Context) (eventlog.Batch, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-f.gone:
			cancel(eventlog.ErrLogChanged)
		case <-ctx.Done():
		}
	}()
	b, err := f.Subscription.Next(ctx)
	select {
	case <-f.gone:
		return eventlog.Batch{}, eventlog.ErrLogChanged
	default:
		return b, err
	}
}
