package eventnode

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// runsTable is where runs are noted, by their first position; they may touch and
// overlap. A program that does not know the table passes it over and is right.
const runsTable = `create table if not exists runs (
	first    integer primary key,
	last     integer not null,
	checksum integer not null
) strict;
`

// insertRun notes a run, in place of a shorter one that began there.
const insertRun = "insert or replace into runs (first, last, checksum) values (?, ?, ?)"

// runsPage is how many runs are read at once.
const runsPage = 16

// selectRuns finds the run that a position may lie in and those behind it, each
// with the id of the event that it ends with.
const selectRuns = `select r.first, r.last, r.checksum, e.id from runs r left join events e on e.position = r.last
	where r.first >= coalesce((select max(first) from runs where first <= ?1), 0) order by r.first limit (?2 + 0)`

// prepareRuns makes ready to read runs, unless the file is an older program's and
// has no table for them yet.
func (s *store) prepareRuns(ctx context.Context) error {
	there, err := s.anchor.int("select exists (select 1 from sqlite_schema where type = 'table' and name = 'runs')")
	if err != nil || there == 0 {
		return s.attributed(err)
	}
	found, err := s.anchor.int("select exists (select 1 from runs)")
	if err == nil {
		s.selectRuns, err = s.read.PrepareContext(ctx, selectRuns)
	}
	if err != nil {
		return s.attributed(fmt.Errorf("prepare runs: %w", err))
	}
	s.anyRuns.Store(found > 0)
	return nil
}

// runsFrom returns the next runs that do not end before a position, in the order of
// their beginnings; those that are not as they were noted are left out. Behind full
// pages there may be more.
func (s *store) runsFrom(ctx context.Context, at eventlog.Position) (runs []run, full bool, err error) {
	if !s.anyRuns.Load() {
		return nil, false, nil
	}
	rows, err := s.selectRuns.QueryContext(ctx, int64(at), runsPage)
	if err != nil {
		return nil, false, fmt.Errorf("read runs: %w", err)
	}
	defer rows.Close()
	read := 0
	for ; rows.Next(); read++ {
		var first, last, sum int64
		var id []byte
		if rows.Scan(&first, &last, &sum, &id) != nil {
			continue // it is not even numbers
		}
		r := run{first: eventlog.Position(first), last: eventlog.Position(last)}
		if r.id, err = uuid.FromBytes(id); err == nil && r.checksum() == sum && r.last >= at {
			runs = append(runs, r)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, false, fmt.Errorf("read runs: %w", err)
	}
	return runs, read == runsPage, nil
}

// noteRuns notes runs that a reader has found, in a transaction of their own.
func (w *writer) noteRuns(ctx context.Context, runs []run) error {
	tx, err := w.conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback()
	for i := range runs {
		r := &runs[i]
		if _, err := tx.ExecContext(ctx, insertRun, int64(r.first), int64(r.last), r.checksum()); err != nil {
			return fmt.Errorf("note run: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit runs: %w", err)
	}
	w.store.anyRuns.Store(true)
	return w.attestPlace()
}
