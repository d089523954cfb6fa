package projections

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// MaxParked is how many streams a projection may park before it halts: past a
// few, the fault is not in the events.
const MaxParked = 8

// Parked is an event that a projection could not apply, or that came after such
// a one in its stream.
type Parked struct {
	Stream   string
	Position eventlog.Position
	EventID  uuid.UUID
	Type     string
	Error    string
	At       time.Time
}

const readParked = `select stream, position, event, type, error, at from §.parked order by position, stream`

// behind is the error of an event whose only fault is its stream.
const behind = "an earlier event of the stream is parked"

// statements returns what stores parked events.
func parkedRows(n *naming, parked []Parked) []sqldb.Statement {
	rows := make([][]any, len(parked))
	for i, p := range parked {
		rows[i] = []any{p.Stream, int64(p.Position), idText(p.EventID), p.Type, p.Error, p.At.UnixMicro()}
	}
	return Rows(n.own("insert into §.parked (stream, position, event, type, error, at) values "), "(?, ?, ?, ?, ?, ?)", "", rows)
}

const releaseStream = `delete from §.parked where stream = $1`

// releasedRows returns what forgets the parked events of streams.
func releasedRows(n *naming, streams []string) []sqldb.Statement {
	var out []sqldb.Statement
	for _, stream := range streams {
		out = append(out, sqldb.Statement{SQL: n.own(releaseStream), Args: []any{stream}})
	}
	return out
}

// division is a run, and what becomes of its events.
type division struct {
	fresh    []eventlog.Recorded // are folded
	parked   []Parked
	released []string // streams that are parked no longer, because they are over
}

// divide takes from a run the events of parked streams. What ends one is folded,
// and takes what is parked of it along.
func (t *tables) divide(run []eventlog.Recorded, poison *EventError) (d division) {
	if len(t.parked) == 0 && poison == nil {
		return division{fresh: run}
	}
	for i := range run {
		e := &run[i]
		_, waits := t.parked[e.Stream]
		switch {
		case poison != nil && e.ID == poison.Event.ID:
			d.parked = append(d.parked, park(*e, poison.Err.Error()))
		case !waits:
			d.fresh = append(d.fresh, *e)
		case t.projection.ends(t.decoded.registry, e):
			d.release(e.Stream)
			d.fresh = append(d.fresh, *e)
		case !e.IsOfStore():
			d.parked = append(d.parked, park(*e, behind))
		}
	}
	return d
}

func (d *division) release(stream string) {
	d.parked = slices.DeleteFunc(d.parked, func(p Parked) bool { return p.Stream == stream })
	d.released = append(d.released, stream)
}

// park returns the row of an event and what is wrong with it. The text is cut,
// and freed of what a text column may refuse.
func park(e eventlog.Recorded, reason string) Parked {
	const longest = 1000
	clean := []rune(reason)
	for i, r := range clean {
		if r == 0 || r == '\uFFFD' {
			clean[i] = '?'
		}
	}
	return Parked{
		Stream: e.Stream, Position: e.Position, EventID: e.ID, Type: e.Type,
		Error: string(clean[:min(len(clean), longest)]), At: domain.Now(),
	}
}

// loadParked reads the parked events of a schema, in the order of the log.
func loadParked(ctx context.Context, db sqldb.DB, n *naming) ([]Parked, error) {
	var out []Parked
	for row, err := range db.Query(ctx, n.own(readParked)) {
		if err != nil {
			return nil, err
		}
		var p Parked
		var position, at int64
		var event string
		if err := row.Scan(&p.Stream, &position, &event, &p.Type, &p.Error, &at); err != nil {
			return nil, err
		}
		p.Position, p.EventID, p.At = eventlog.Position(position), parseID(event), time.UnixMicro(at).UTC()
		out = append(out, p)
	}
	return out, nil
}
