package eventnode

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"parley/domain/eventlog"
)

// notIndexed finds the events that a reader of their stream would not: by their
// place in it, or because the stream's name leads nowhere.
const notIndexed = `select e.position from events e where e.position > ? and e.position <= ? and (not exists (
	select 1 from events i indexed by events_of_stream
	where i.stream = e.stream and i.revision = e.revision and i.position = e.position) or not exists (
	select 1 from streams s cross join streams n indexed by sqlite_autoindex_streams_1
	where s.id = e.stream and n.name = s.name and n.id = s.id)) order by e.position`

// checked is what a check of some events has seen: those that are whole, how far it
// has come, and what is wrong with the others.
type checked struct {
	records []Record
	runs    []run // that lie there
	to      eventlog.Position
	found   []Finding
}

// bytes is what was read.
func (c *checked) bytes() (n int) {
	for i := range c.records {
		n += c.records[i].size() + recordOverhead
	}
	return n
}

// add enters findings, one for a position.
func (c *checked) add(found ...Finding) {
	for _, f := range found {
		if !slices.ContainsFunc(c.found, func(known Finding) bool { return known.Position == f.Position }) {
			c.found = append(c.found, f)
		}
	}
}

// checkPage proves the next events behind a position: that they are there, that
// their checksums match, that the index of streams leads to them, and that no run
// of others' hides one of the product's. An error only says that nothing could be
// read now.
func (s *store) checkPage(ctx context.Context, after, upTo eventlog.Position, limit int) (c checked, err error) {
	c.records, err = s.allForwards(ctx, after, upTo, limit)
	c.to = after
	if n := len(c.records); n > 0 {
		c.to = c.records[n-1].Position
	}
	if damage, ok := errors.AsType[*eventlog.DamagedError](err); ok {
		c.to = damage.Position
		c.add(Finding{damage.Position, damage.Reason})
	} else if err != nil {
		return c, err
	}
	if c.to == after {
		c.to = upTo
		return c, nil
	}
	lost, err := s.checkIndex(ctx, after, c.to)
	c.add(lost...)
	if err == nil {
		err = s.checkRuns(ctx, after, &c)
	}
	return c, err
}

// checkIndex finds the events between two positions that the index of streams
// does not lead to.
func (s *store) checkIndex(ctx context.Context, after, upTo eventlog.Position) (found []Finding, err error) {
	rows, err := s.read.QueryContext(ctx, notIndexed, int64(after), int64(upTo))
	if damaged(err) {
		return []Finding{{s.numbering.next(after), err.Error()}}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("check index: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var at int64
		if err := rows.Scan(&at); err != nil {
			return nil, fmt.Errorf("check index: %w", err)
		}
		found = append(found, Finding{eventlog.Position(at), "the index of streams does not lead to it"})
	}
	if err := rows.Err(); damaged(err) {
		found = append(found, Finding{s.numbering.next(after), err.Error()})
	} else if err != nil {
		return nil, fmt.Errorf("check index: %w", err)
	}
	return found, nil
}
