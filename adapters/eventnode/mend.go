package eventnode

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"parley/domain/eventlog"
)

// reopenEvery is how long the writer waits between two attempts to recover, and
// mendEvery when it tries by itself, because nobody appends.
const (
	reopenEvery = 100 * time.Millisecond
	mendEvery   = time.Second
)

// fail drops everything the writer derived from the file: nothing of it may be
// believed until the file has been read again.
func (w *writer) fail(cause error) error {
	w.logger.Error("event log cannot be written", slog.Any("error", cause))
	return w.lose(cause)
}

// lose is fail without a word in the log.
func (w *writer) lose(cause error) error {
	w.disconnect()
	w.fault, w.retryAt, w.ill = cause, w.now().Add(reopenEvery), true
	w.health.fault(cause)
	return unavailable(cause)
}

func unavailable(cause error) error {
	return fmt.Errorf("%w: %w", eventlog.ErrUnavailable, cause)
}

// recover does nothing while the writer is connected. After a failure it opens a
// new connection, moves what is certain into the main file (which erases a commit
// that was written but not synced) and takes the head from there.
func (w *writer) recover() error {
	if w.conn != nil {
		return nil
	}
	if w.fault != nil && w.now().Before(w.retryAt) {
		return unavailable(w.fault)
	}
	if err := w.connect(context.Background()); err != nil {
		return w.lose(err)
	}
	w.fault = nil
	return nil
}

// well says that something was written: only that ends what a failure began.
func (w *writer) well() {
	if w.ill {
		w.ill = false
		w.health.fault(nil)
		w.logger.Info("event log can be written again", slog.Uint64("head", uint64(w.head)))
	}
}

// due tells when the writer has something to mend.
func (w *writer) due() <-chan time.Time {
	if !w.ill {
		return nil
	}
	return time.After(mendEvery)
}

// mend recovers, and proves with a commit of nothing new that the disk takes what
// is written: whoever is told of trouble sends no appends that would find out.
func (w *writer) mend() {
	if w.recover() != nil {
		return
	}
	ctx := context.Background()
	_, err := w.conn.ExecContext(ctx, "update node set stride = stride where id = 1")
	if err == nil {
		err = w.attestPlace()
	}
	if err != nil {
		_ = w.lose(err)
		return
	}
	w.well()
}
