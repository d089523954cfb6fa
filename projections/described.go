package projections

import (
	"context"
	"fmt"

	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// Described tells which rows a stream describes whose id is derived from them, so
// that only they can say whether it is theirs.
type Described struct {
	// Rows is a query of the projection's own tables, for so many columns of text.
	Rows    string
	Columns int
	// Stream returns the name of the stream that a row comes from.
	Stream func(columns []string) string
}

// OnTombstoneOf is OnTombstone for streams that are found by what they describe.
// The fold gets the columns of the row, as all that is before the tombstone made
// it; where there is none, nothing is folded. Looking for it reads all rows of the
// query: nobody deletes such streams every day.
func OnTombstoneOf[B Batch](aggregate string, of Described, fold func(b B, columns []string, m Meta)) Handler[B] {
	h := OnTombstone(aggregate, func(b B, m Meta) { fold(b, m.described, m) })
	h.of = &of
	return h
}

// descriptions are the columns of what streams describe.
type descriptions map[string][]string

// of returns how the rows of a tombstone are found, if they must be looked for.
func (p Projection) of(r *eventlog.Recorded) *Described {
	if !isTombstone(r) {
		return nil
	}
	return p.described[tombstoneOf(aggregateOf(r.Stream))]
}

// lookAt returns where a run has to be cut, because the rows of what follows can
// only be looked for when what is before it is stored; 0 for nowhere.
func (p Projection) lookAt(run []eventlog.Recorded) int {
	for i := range run {
		if i > 0 && p.of(&run[i]) != nil && p.of(&run[i-1]) == nil {
			return i
		}
	}
	return 0
}

// describe looks for the rows of the tombstones with which a run begins.
func (t *tables) describe(ctx context.Context, run []eventlog.Recorded) (descriptions, error) {
	var found descriptions
	ways := map[*Described]struct{}{}
	for i := range run {
		of := t.projection.of(&run[i])
		if of == nil {
			continue
		}
		if found == nil {
			found = descriptions{}
		}
		found[run[i].Stream], ways[of] = nil, struct{}{}
	}
	for of := range ways {
		if err := of.among(ctx, t.db, t.names, found); err != nil {
			return nil, fmt.Errorf("look for what a stream describes: %w", err)
		}
	}
	return found, nil
}

// among fills in the descriptions of the wanted streams.
func (d *Described) among(ctx context.Context, db sqldb.DB, n *naming, wanted descriptions) error {
	for row, err := range db.Query(ctx, n.text(d.Rows)) {
		if err != nil {
			return err
		}
		columns, into := make([]string, d.Columns), make([]any, d.Columns)
		for i := range columns {
			into[i] = &columns[i]
		}
		if err := row.Scan(into...); err != nil {
			return err
		}
		stream := d.Stream(columns)
		if _, is := wanted[stream]; is {
			wanted[stream] = columns
		}
	}
	return nil
}
