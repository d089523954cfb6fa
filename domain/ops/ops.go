// Package ops is the schema of what the log cannot bring back, and what its loss
// means:
//
//   - snapshots: the next cold fold of a long stream takes longer.
//   - sessions: everybody who is signed in with a browser signs in again.
//
// The schema is made whole and never migrated: when a table is missing, all are
// made anew and empty.
package ops

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"parley/domain/sqldb"
)

// Schema is the name of the schema.
const Schema = "ops"

// tables are the names of its tables.
var tables = []string{"sessions", "snapshots"}

const ddl = `create table ops.snapshots (
  stream text primary key,
  revision bigint not null,
  position bigint not null,
  event text not null,
  fold bigint not null,
  store text not null,
  state text not null
);
create table ops.sessions (
  token text primary key,
  data text not null,
  expires_at bigint not null
);
create index ops.sessions_by_expiry on ops.sessions (expires_at)`

// Prepare makes the schema unless it is there. One instance at a time does so,
// because making drops what another may just have written.
func Prepare(ctx context.Context, db sqldb.DB) error {
	if there, err := isThere(ctx, db); err != nil || there {
		return err
	}
	lease, err := db.Lead(ctx, "prepare "+Schema)
	if err != nil {
		return fmt.Errorf("prepare schema %s: %w", Schema, err)
	}
	defer lease.Release()
	if there, err := isThere(ctx, db); err != nil || there {
		return err
	}
	if err := db.Create(ctx, Schema, ddl); err != nil {
		return fmt.Errorf("prepare schema %s: %w", Schema, err)
	}
	return nil
}

func isThere(ctx context.Context, db sqldb.DB) (bool, error) {
	found, err := db.Tables(ctx, Schema)
	if errors.Is(err, sqldb.ErrNoSchema) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look at schema %s: %w", Schema, err)
	}
	missing := slices.ContainsFunc(tables, func(name string) bool { return !slices.Contains(found, name) })
	return !missing, nil // tables of a newer program are its own
}
