package eventnode

import (
	"context"
	"errors"
	"fmt"

	"parley/domain/eventlog"
)

// notIndexed finds the events that a reader of their stream would not: by their
// place in it, or because the stream's name leads nowhere.
const notIndexed = `select e.position from events e where e.position > ? and e.position <= ? and (not exists (
	select 1 from events i indexed by events_of_stream
	where i.stream = e.stream and i.revision = e.revision and i.position = e.position) or not exists (
	select 1 from streams s cross join streams n indexed by sqlite_autoindex_streams_1
	where s.id = e.stream and n.name = s.name and n.id = s.id)) order by e.position`

// checkPage proves the next events behind a position: that they are there, that
// their checksums match, and that the index of streams leads to them. It returns
// how far it has come, what it read and what it found; an error only says that
// nothing could be read now.
func (s *store) checkPage(ctx context.Context, after, upTo eventlog.Position, limit int) (to eventlog.Position, bytes int, found []Finding, err error) {
	records, err := s.allForwards(ctx, after, upTo, limit)
	to = after
	for i := range records {
		to, bytes = records[i].Position, bytes+records[i].size()+recordOverhead
	}
	if damage, ok := errors.AsType[*eventlog.DamagedError](err); ok {
		to, found = damage.Position, append(found, Finding{damage.Position, damage.Reason})
	} else if err != nil {
		return after, 0, nil, err
	}
	if to == after {
		return upTo, bytes, found, nil
	}
	lost, err := s.checkIndex(ctx, after, to)
	for _, f := range lost {
		if len(found) == 0 || f.Position != found[0].Position {
			found = append(found, f)
		}
	}
	return to, bytes, found, err
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
