package eventnode

import (
	"context"
	"database/sql"
	"fmt"
)

// schemaVersion is stamped into the file; a file with a newer one is refused.
const schemaVersion = 1

// schema keeps writes small: one row per event at the end of a table in
// position order and one entry in the only secondary index. The head of a
// stream is the last entry of its index range, so no row is ever updated.
const schema = `
create table node (
	id             integer primary key check (id = 1),
	first_position integer not null,
	stride         integer not null
) strict;
create table streams (
	id   integer primary key,
	name text not null unique
) strict;
create table events (
	position    integer primary key,
	stream      integer not null,
	revision    integer not null,
	id          blob not null,
	type        text not null,
	is_binary   integer not null,
	recorded_at integer not null,
	checksum    integer not null,
	metadata    blob,
	data        blob
) strict;
create unique index events_of_stream on events (stream, revision);
`

// migrate creates the tables of an empty file and refuses a file that a newer
// version has written.
func migrate(ctx context.Context, conn *sql.Conn, cfg Config) error {
	var version int
	if err := conn.QueryRowContext(ctx, "pragma user_version").Scan(&version); err != nil {
		return fmt.Errorf("read version: %w", err)
	}
	switch {
	case version > schemaVersion:
		return fmt.Errorf("the event log has format %d, this program knows up to %d: use a newer one", version, schemaVersion)
	case version == schemaVersion:
		return nil
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("create tables: %w", err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, schema); err != nil {
		return fmt.Errorf("create tables: %w", err)
	}
	if _, err := tx.ExecContext(ctx, "insert into node values (1, ?, ?)", int64(cfg.FirstPosition), int64(cfg.Stride)); err != nil {
		return fmt.Errorf("fix numbering: %w", err)
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("pragma user_version = %d", schemaVersion)); err != nil {
		return fmt.Errorf("stamp version: %w", err)
	}
	return tx.Commit()
}
