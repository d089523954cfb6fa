package eventnode

import (
	"context"
	"database/sql"
	"fmt"
)

// schemaVersion is stamped into the file; a file with a newer one is refused.
// Version 1 had no witness; its tables are the same. The table of runs is added to a
// file that is without.
const schemaVersion = 2

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
` + runsTable

// version returns the stamp of a file, 0 for one without tables, and refuses one
// of a newer program.
func (s *store) version() (int, error) {
	version, err := s.anchor.int("pragma user_version")
	if err != nil {
		return 0, fmt.Errorf("read version: %w", err)
	}
	if version > schemaVersion {
		return 0, fmt.Errorf("the event log has format %d, this program knows up to %d: use a newer one", version, schemaVersion)
	}
	return int(version), nil
}

// create makes the tables of an empty file.
func create(ctx context.Context, conn *sql.Conn, numbers numbering) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("create tables: %w", err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, schema); err != nil {
		return fmt.Errorf("create tables: %w", err)
	}
	if _, err := tx.ExecContext(ctx, "insert into node values (1, ?, ?)", int64(numbers.first), int64(numbers.stride)); err != nil {
		return fmt.Errorf("fix numbering: %w", err)
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("pragma user_version = %d", schemaVersion)); err != nil {
		return fmt.Errorf("stamp version: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("create tables: %w", err)
	}
	return nil
}

// stamp raises the version of a file of an older program, which has become one
// of this program's by being given a witness.
func stamp(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("pragma user_version = %d", schemaVersion)); err != nil {
		return fmt.Errorf("stamp version: %w", err)
	}
	return nil
}
