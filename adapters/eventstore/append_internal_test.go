package eventstore

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// What the stream shows decides an append whose answer was lost.
func TestProposal_compare(t *testing.T) {
	t.Parallel()
	lost := errors.New("EOF")
	ours := proposed([]eventlog.NewEvent{{ID: uuid.New()}, {ID: uuid.New()}})
	before := eventlog.Recorded{ID: uuid.New(), Revision: 4, Position: 40}
	first := eventlog.Recorded{ID: ours[0].EventID, Revision: 5, Position: 50}
	second := eventlog.Recorded{ID: ours[1].EventID, Revision: 6, Position: 60}
	other := eventlog.Recorded{ID: uuid.New(), Revision: 5, Position: 50}
	type stored = []eventlog.Recorded
	for _, c := range []struct {
		name     string
		expected eventlog.Revision
		stored   stored
		want     eventlog.Appended
		err      error
	}{
		{"is there", 4, stored{before, first, second}, eventlog.Appended{Revision: 6, Position: 60}, nil},
		{"is not there yet", 4, stored{before}, eventlog.Appended{}, lost},
		{"was overtaken", 4, stored{before, other}, eventlog.Appended{}, errStreamMoved},
		{"was overtaken by as many", 4, stored{before, other, second}, eventlog.Appended{}, errStreamMoved},
		{"shares only its beginning", 4, stored{before, first, other}, eventlog.Appended{}, errStreamMoved},
		{"expects what the stream has not reached", 4, nil, eventlog.Appended{}, errStreamMoved},
		{"follows what was truncated or deleted", 4, stored{first, second}, eventlog.Appended{Revision: 6, Position: 60}, nil},
		{"follows what was truncated and was overtaken", 4, stored{other}, eventlog.Appended{}, errStreamMoved},
		{"starts a stream that is not there", eventlog.NoStream, nil, eventlog.Appended{}, lost},
		{"started its stream", eventlog.NoStream, stored{first, second}, eventlog.Appended{Revision: 6, Position: 60}, nil},
		{"starts a stream that someone else started", eventlog.NoStream, stored{other}, eventlog.Appended{}, errStreamMoved},
	} {
		t.Run("an append that "+c.name, func(t *testing.T) {
			got, err := proposal{expected: c.expected, events: ours}.compare(c.stored, lost)
			if got != c.want || !errors.Is(err, c.err) {
				t.Errorf("got %+v, %v; want %+v, %v", got, err, c.want, c.err)
			}
		})
	}
}
