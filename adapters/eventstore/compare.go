package eventstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/domain/eventlog"
)

// errOther says that a server holds another log than the one that was there.
var errOther = errors.New("it looks like another log")

// compare fails with errOther when the line's log is not that of the era: when the
// log's first event, or the last one handed out or acknowledged, is another one,
// or is not there. What is gone proves nothing.
func (s *Store) compare(l *line) error {
	e := s.present()
	first, last := e.marks()
	begin, err := once(s, l, func(ctx context.Context, client *esdb.Client) (eventlog.Recorded, error) {
		return readOne(ctx, client, esdb.Start{})
	})
	switch nothing := errors.Is(err, eventlog.ErrNoSuchPosition); {
	case err != nil && !nothing:
		return fmt.Errorf("read the first event of $all: %w", err)
	case nothing && first.at == eventlog.Start && last.at == eventlog.Start:
		return nil
	case nothing:
		return fmt.Errorf("%w: it is empty", errOther)
	case begin.Position < first.at, begin.Position == first.at && !first.is(&begin):
		return fmt.Errorf("%w: it begins with event %s at %d", errOther, begin.ID, begin.Position)
	}
	if err := s.compareLast(l, last); err != nil {
		return err
	}
	e.begins(&begin)
	return nil
}

// compareLast compares the event at the highest position of those known.
func (s *Store) compareLast(l *line, last mark) error {
	if last.at == eventlog.Start {
		return nil
	}
	found, err := once(s, l, readAt(last.at))
	switch {
	case errors.Is(err, eventlog.ErrNoSuchPosition):
		return fmt.Errorf("%w: it has no event at %d", errOther, last.at)
	case err != nil:
		return fmt.Errorf("read the event at %d: %w", last.at, err)
	case found.Position == last.at && !last.is(&found):
		return fmt.Errorf("%w: it has event %s at %d", errOther, found.ID, found.Position)
	}
	return nil
}
