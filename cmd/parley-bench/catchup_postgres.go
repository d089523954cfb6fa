package main

import (
	"context"
	"iter"

	"github.com/jackc/pgx/v5"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// logColumns are what the node keeps of an event.
var logColumns = []string{"position", "stream", "revision", "id", "type", "recorded_at", "metadata", "data"}

// copyLog makes a table of all events of the node.
func (d *database) copyLog(ctx context.Context, node *eventnode.Node) error {
	conn, err := d.connect(ctx, 0)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `create table log (position bigint primary key, stream text not null, revision bigint not null,
		id uuid not null, type text not null, recorded_at timestamptz not null, metadata json, data json not null)`)
	if err != nil {
		return err
	}
	next, stop := iter.Pull2(node.ReadAll(ctx, eventlog.Start, "", 0))
	defer stop()
	_, err = conn.CopyFrom(ctx, pgx.Identifier{"log"}, logColumns, pgx.CopyFromFunc(func() ([]any, error) {
		r, err, more := next()
		if err != nil || !more {
			return nil, err
		}
		return []any{int64(r.Position), r.Stream, int64(r.Revision), [16]byte(r.ID), r.Type, r.RecordedAt, nil, r.Data}, nil
	}))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "vacuum analyze log")
	return err
}

// paging reads the table in pages, by the position of the last row, and begins
// again at its end.
func (d *database) paging() contender {
	const page = `select position, stream, revision, id, type, recorded_at, metadata, data from log
		where position > $1 order by position limit $2`
	return contender{name: "PG", open: func(client int) (step, error) {
		conn, err := d.connect(context.Background(), client)
		after := eventlog.Start
		return func(ctx context.Context) error {
			rows, err := conn.Query(ctx, page, int64(after), readingPage)
			if err != nil {
				return err
			}
			events, err := pgx.CollectRows(rows, scanEvent)
			if err != nil {
				return err
			}
			after = eventlog.Start
			if len(events) == readingPage {
				after = events[readingPage-1].Position
			}
			return nil
		}, err
	}}
}

// scanEvent reads a row into what the node hands out.
func scanEvent(row pgx.CollectableRow) (e eventlog.Recorded, err error) {
	var position, revision int64
	err = row.Scan(&position, &e.Stream, &revision, (*[16]byte)(&e.ID), &e.Type, &e.RecordedAt, &e.Metadata, &e.Data)
	e.Position, e.Revision = eventlog.Position(position), eventlog.Revision(revision)
	return e, err
}
