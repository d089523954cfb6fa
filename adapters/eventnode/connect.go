package eventnode

import (
	"context"
	"database/sql/driver"
	"fmt"

	"parley/domain/eventlog"
)

// connect opens the writing connection, settles what the file holds and
// prepares the writer's statements.
func (w *writer) connect(ctx context.Context) (err error) {
	if w.conn, err = w.store.write.Conn(ctx); err != nil {
		return fmt.Errorf("open event log for writing: %w", err)
	}
	if err := w.flush(ctx); err != nil {
		return err
	}
	if _, err := w.conn.ExecContext(ctx, runsTable); err != nil {
		return fmt.Errorf("make room for runs: %w", err)
	}
	if err := w.settle(ctx); err != nil {
		return err
	}
	const id = "(select id from streams where name = ?1)"
	w.headStmt, err = w.conn.PrepareContext(ctx, "select coalesce("+id+", 0),"+
		" coalesce((select max(revision) from events where stream = "+id+"), -1),"+
		" exists (select 1 from streams where name = '"+metaPrefix+"' || ?1)")
	if err != nil {
		return fmt.Errorf("prepare writer: %w", err)
	}
	w.idsStmt, err = w.conn.PrepareContext(ctx,
		"select id, position from events where stream = ? and revision between ? and ? order by revision")
	if err != nil {
		return fmt.Errorf("prepare writer: %w", err)
	}
	w.inserts, err = prepareInserts(ctx, w.conn)
	return err
}

// settle takes the head from the file, checks it against what has been
// published, publishes what a failed commit left behind after all, and starts
// with empty caches.
func (w *writer) settle(ctx context.Context) error {
	last, err := w.store.end(ctx)
	if err != nil {
		return err
	}
	if last.Position < w.tail.durable() {
		return &eventlog.DamagedError{Position: w.store.numbering.next(last.Position), Reason: "the event is missing"}
	}
	if err := w.store.agree(ctx, w.witness.newest(), last); err != nil {
		return err
	}
	if last.Position > eventlog.Start {
		if err := w.attest(&last); err != nil {
			return err
		}
	}
	if err := w.conn.QueryRowContext(ctx, "select coalesce(max(id), 0) + 1 from streams").Scan(&w.nextID); err != nil {
		return fmt.Errorf("read streams: %w", err)
	}
	w.head, w.recent = last.Position, newRecentSet()
	w.heads, w.watch = newCache[head](), runWatch{}
	w.store.standings.reset()
	for at := w.tail.durable(); at < w.head; at = w.tail.durable() {
		records, err := w.store.allForwards(ctx, at, w.head, eventlog.MaxBatchEvents)
		if err != nil {
			return err
		}
		w.tail.publish(records)
	}
	return nil
}

// disconnect closes the writing connection and its statements.
func (w *writer) disconnect() {
	if w.conn == nil {
		return
	}
	finalize(w.headStmt, w.idsStmt)
	w.inserts.close()
	w.headStmt, w.idsStmt, w.inserts = nil, nil, nil
	// A bad connection is closed, not kept for reuse: its state is unknown.
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
	w.conn = nil
}
