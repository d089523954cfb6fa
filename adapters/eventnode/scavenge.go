package eventnode

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"parley/domain/eventlog"
)

// Scavenged says what a scavenge has removed: events, and bytes of their types,
// data and metadata.
type Scavenged struct {
	Events int   `json:"events"`
	Bytes  int64 `json:"bytes"`
}

// scavengePage is how many events are removed in one transaction.
const scavengePage = 200

// Scavenge removes what the metadata of streams says may go: what $maxCount,
// $maxAge and $tb hide, and the events of deleted and tombstoned streams. Nothing
// else reads differently afterwards. A removed event keeps its place, id and time
// and loses type, data and metadata, which are overwritten in the file, and in
// the write-ahead log when that is next emptied; every reader passes over it. The
// space is used again by later events, the file does not shrink. The log's last
// event stays. Appends go on between small transactions.
func (n *Node) Scavenge(ctx context.Context, progress func(Scavenged)) (sum Scavenged, err error) {
	sealed, err := n.sealed(ctx)
	if err != nil {
		return sum, fmt.Errorf("scavenge: %w", err)
	}
	for after := int64(0); err == nil; {
		var names []string
		if names, after, err = n.store.streamsAfter(ctx, after); err != nil || len(names) == 0 {
			break
		}
		for _, name := range names {
			if err = n.scavengeStream(ctx, name, sealed, &sum); err != nil {
				break
			}
			if progress != nil {
				progress(sum)
			}
		}
	}
	if err != nil {
		return sum, fmt.Errorf("scavenge: %w", n.explain(ctx, err))
	}
	return sum, nil
}

// sealed makes every slot of the witness speak of the present end, and returns
// it: what is before it may change, for nothing remembers it any more.
func (n *Node) sealed(ctx context.Context) (end eventlog.Position, err error) {
	err = n.do(ctx, func(w *writer) error {
		end = w.head
		return w.witness.seal(w.witness.newest())
	})
	return end, err
}

// do lets the writer do something between two commits, and waits for it.
func (n *Node) do(ctx context.Context, what func(*writer) error) error {
	done := make(chan error, 1)
	run := func(w *writer) {
		err := w.recover()
		if err == nil {
			err = what(w)
		}
		done <- err
	}
	select {
	case n.tasks <- run:
		return <-done
	case <-n.closing:
		return eventlog.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// streamsAfter returns the names of the next streams and the number of the last.
func (s *store) streamsAfter(ctx context.Context, after int64) (names []string, last int64, err error) {
	rows, err := s.read.QueryContext(ctx, "select id, name from streams where id > ? order by id limit 500", after)
	if err != nil {
		return nil, after, err
	}
	defer rows.Close()
	for last = after; rows.Next(); {
		var name string
		if err := rows.Scan(&last, &name); err != nil {
			return nil, after, err
		}
		names = append(names, name)
	}
	return names, last, rows.Err()
}

// scavengeStream removes what may go of one stream before a position.
func (n *Node) scavengeStream(ctx context.Context, stream string, before eventlog.Position, sum *Scavenged) error {
	v, gone, err := n.hides(ctx, stream)
	if err != nil || !gone && v.from == 0 && v.since.IsZero() {
		return err
	}
	for next := eventlog.Revision(0); ; {
		records, err := n.store.stream(ctx, stream, next, forwards, scavengePage)
		if _, ended := errors.AsType[*StreamDeletedError](err); err != nil && !ended {
			return err
		}
		if len(records) == 0 {
			return nil
		}
		next = records[len(records)-1].Revision + 1
		if err := n.do(ctx, func(w *writer) error { return w.scavenge(ctx, n, stream, records, before, sum) }); err != nil {
			return err
		}
		if !gone && v.since.IsZero() && next >= v.from {
			return nil
		}
	}
}

// hides returns what of a stream may be read; gone says that nothing may.
func (n *Node) hides(ctx context.Context, stream string) (v visible, gone bool, err error) {
	v, err = n.visible(ctx, stream)
	if _, ended := errors.AsType[*StreamDeletedError](err); ended {
		return v, true, nil
	}
	return v, v.hidden, err
}

// scavenge removes those of a stream's records that may go now: since they were
// read, what the stream's metadata says may have changed.
func (w *writer) scavenge(ctx context.Context, n *Node, stream string, records []Record, before eventlog.Position, sum *Scavenged) error {
	v, gone, err := n.hides(ctx, stream)
	if err != nil {
		return err
	}
	going := slices.DeleteFunc(slices.Clone(records), func(r Record) bool {
		old := !v.since.IsZero() && r.RecordedAt.Before(v.since)
		return r.scavenged() || r.Position >= before || !(gone || old || r.Revision < v.from)
	})
	if len(going) == 0 {
		return nil
	}
	if err := w.blank(ctx, going); err != nil {
		return w.fail(err)
	}
	w.tail.blank(going)
	for i := range going {
		sum.Events++
		sum.Bytes += int64(going[i].size())
	}
	return nil
}

// blank takes the content of the records' rows away, in one transaction, and has
// zeros written where it stood.
func (w *writer) blank(ctx context.Context, records []Record) error {
	if _, err := w.conn.ExecContext(ctx, "pragma secure_delete = on"); err != nil {
		return fmt.Errorf("overwrite what is removed: %w", err)
	}
	tx, err := w.conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback()
	for i := range records {
		r := records[i].blank()
		_, err := tx.ExecContext(ctx, "update events set type = '', data = null, metadata = null, checksum = ? where position = ?", int64(r.checksum()), int64(r.Position))
		if err != nil {
			return fmt.Errorf("remove event %d: %w", r.Position, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit removal: %w", err)
	}
	return w.attestPlace()
}

// scavenged reports whether the record has been removed but for its place.
func (r *Record) scavenged() bool { return r.Type == "" }

// blank returns what is left of a record when it has been removed.
func (r Record) blank() Record {
	r.Type, r.Data, r.Metadata = "", nil, nil
	return r
}

// present returns the records that have not been removed.
func present(records []Record) []Record {
	gone := func(r Record) bool { return r.scavenged() }
	if !slices.ContainsFunc(records, gone) {
		return records
	}
	return slices.DeleteFunc(slices.Clone(records), gone)
}
