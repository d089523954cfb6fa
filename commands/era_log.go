package commands

import (
	"context"
	"iter"

	"parley/domain/eventlog"
)

// eraLog is a log whose calls end with the era in which they began, with
// [eventlog.ErrLogChanged].
type eraLog struct {
	eventlog.Log
	eras *eras
}

// Append implements [eventlog.Log].
func (l eraLog) Append(ctx context.Context, stream string, expected eventlog.Revision, events []eventlog.NewEvent) (eventlog.Appended, error) {
	ctx, told, done := l.eras.bind(ctx)
	defer done()
	appended, err := l.Log.Append(ctx, stream, expected, events)
	return appended, told(err)
}

// ReadStream implements [eventlog.Log].
func (l eraLog) ReadStream(ctx context.Context, stream string, from eventlog.Revision, limit int) iter.Seq2[eventlog.Recorded, error] {
	return func(yield func(eventlog.Recorded, error) bool) {
		ctx, told, done := l.eras.bind(ctx)
		defer done()
		for recorded, err := range l.Log.ReadStream(ctx, stream, from, limit) {
			if !yield(recorded, told(err)) {
				return
			}
		}
	}
}

// ReadAll implements [eventlog.Log].
func (l eraLog) ReadAll(ctx context.Context, after eventlog.Position, prefix string, limit int) iter.Seq2[eventlog.Recorded, error] {
	return func(yield func(eventlog.Recorded, error) bool) {
		ctx, told, done := l.eras.bind(ctx)
		defer done()
		for recorded, err := range l.Log.ReadAll(ctx, after, prefix, limit) {
			if !yield(recorded, told(err)) {
				return
			}
		}
	}
}

// End implements [eventlog.Log].
func (l eraLog) End(ctx context.Context) (eventlog.Position, error) {
	ctx, told, done := l.eras.bind(ctx)
	defer done()
	end, err := l.Log.End(ctx)
	return end, told(err)
}

// Truncate implements [eventlog.Log].
func (l eraLog) Truncate(ctx context.Context, stream string, before eventlog.Revision) error {
	ctx, told, done := l.eras.bind(ctx)
	defer done()
	return told(l.Log.Truncate(ctx, stream, before))
}
