package eventnode

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
)

// checkpointFrames is after how many pages the write-ahead log is moved into the
// main file.
const checkpointFrames = 4000

// attest tells the witness of the last event of a commit that is durable.
func (w *writer) attest(last *Record) error {
	place, err := placeNow(w.store.index)
	if err != nil {
		return err
	}
	return w.witness.say(mark{position: last.Position, hash: last.digest(), wal: place})
}

// attestPlace tells the witness of a commit without events.
func (w *writer) attestPlace() (err error) {
	m := w.witness.newest()
	if m.wal, err = placeNow(w.store.index); err != nil {
		return err
	}
	return w.witness.say(m)
}

// flush moves the write-ahead log into the main file, syncs both and empties it,
// so that nothing is served that a loss of power could still take back.
func (w *writer) flush(ctx context.Context) error {
	moved, err := w.checkpoint(ctx, "full")
	if err == nil && moved {
		moved, err = w.checkpoint(ctx, "truncate")
	}
	if err == nil && !moved {
		err = errors.New("a reader holds it")
	}
	if err != nil {
		return fmt.Errorf("flush write-ahead log: %w", err)
	}
	m := w.witness.newest()
	m.wal = walPlace{}
	return w.witness.settle(m)
}

// checkpoint moves what it can of the write-ahead log into the main file. Once
// that is all, the next commit may overwrite the write-ahead log from its
// beginning, so the witness has to know before, on disk.
func (w *writer) checkpoint(ctx context.Context, mode string) (moved bool, err error) {
	var busy, frames, done int
	if err := w.conn.QueryRowContext(ctx, "pragma wal_checkpoint("+mode+")").Scan(&busy, &frames, &done); err != nil {
		return false, err
	}
	if busy != 0 || done < frames {
		return false, nil
	}
	m := w.witness.newest()
	if m.wal, err = placeNow(w.store.index); err != nil {
		return false, err
	}
	m.wal.moved, w.moved = true, m.wal
	return true, w.witness.settle(m)
}

// tidy moves the write-ahead log when it has grown long. Nobody waits for it but
// the next commit.
func (w *writer) tidy() {
	if w.conn == nil {
		return
	}
	now, from := w.witness.newest().wal, uint32(0)
	if now.salts == w.moved.salts {
		from = w.moved.frames
	}
	if now.frames < from+w.store.disk.checkpointFrames() {
		return
	}
	if _, err := w.checkpoint(context.Background(), "passive"); err != nil {
		_ = w.fail(fmt.Errorf("move write-ahead log: %w", err))
	}
}

// finish leaves the whole log in the main file and the witness beside it.
func (w *writer) finish() error {
	if w.conn == nil {
		return nil
	}
	if err := w.flush(context.Background()); err != nil {
		w.logger.Error("event log could not be flushed", slog.Any("error", err))
		return err
	}
	return w.witness.seal(w.witness.newest())
}
