package queries

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// collect runs a clause and reads all of its rows.
func collect[T any](ctx context.Context, db sqldb.DB, p params, c clause, scan func(sqldb.Row) (T, error)) ([]T, error) {
	var out []T
	sql, args := p.statement(c)
	for row, err := range db.Query(ctx, sql, args...) {
		if err != nil {
			return nil, classified(err)
		}
		item, err := scan(row)
		if err != nil {
			return nil, fmt.Errorf("read row: %w", err)
		}
		out = append(out, item)
	}
	return out, nil
}

// retryAfter is how long a caller should wait for what is down.
const retryAfter = time.Second

// classified tells what a later try may not meet from what is our own fault. A
// missing schema is a read model that is still being made.
func classified(err error) error {
	for _, passing := range []error{sqldb.ErrUnavailable, sqldb.ErrNoSchema, eventlog.ErrUnavailable, eventlog.ErrClosed, eventlog.ErrLogChanged} {
		if errors.Is(err, passing) {
			return domain.Unavailable("The answer cannot be read now; try again.", retryAfter, err)
		}
	}
	return err
}
