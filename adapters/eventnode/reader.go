package eventnode

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"parley/adapters/direct"
	"parley/domain/eventlog"
)

// query is one of the statements that read a page. Their rows have the columns
// that scan takes.
type query int

// Pages of all events and of one stream, each forwards and backwards.
const (
	pageOfAll query = 0
	pageOfOne query = 2
)

const columns = `e.position, s.name, e.revision, e.id, e.type, e.is_binary, e.recorded_at, e.checksum, e.metadata, e.data`

// queries are the texts of all.
var queries = func() (texts [4]string) {
	const from = "select " + columns + ` from events e left join streams s on s.id = e.stream `
	const one = from + `where e.stream = (select id from streams where name = ?) and `
	// SQLite plans a statement again for each value bound to a bare limit.
	const most = ` limit (? + 0)`
	texts[pageOfAll+forwards] = from + "where e.position > ? and e.position <= ? order by e.position" + most
	texts[pageOfAll+backwards] = from + "where e.position <= ? order by e.position desc" + most
	texts[pageOfOne+forwards] = one + "e.revision >= ? order by e.revision" + most
	texts[pageOfOne+backwards] = one + "e.revision <= ? order by e.revision desc" + most
	return texts
}()

// reader is a reading connection with its statements. It has one user at a time.
type reader struct {
	conn    *direct.Conn
	stmts   [len(queries)]*direct.Stmt
	types   map[string]string // every type is kept once, however many events have it
	last    string            // name of the stream of the last event, which the next often shares
	scratch []Record
}

// maxTypes bounds the types that a reader remembers.
const maxTypes = 1024

func openReader(file direct.File) (*reader, error) {
	conn, err := file.Open("busy_timeout(5000)", "query_only(1)", "cache_size(-4096)")
	if err != nil {
		return nil, err
	}
	r := &reader{conn: conn, types: map[string]string{}}
	for i, text := range queries {
		if r.stmts[i], err = conn.Prepare(text); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return r, nil
}

// page runs a query and checks each row. It stops at the batch's byte limit;
// full says that there may be more. What came before an error is returned with it.
func (r *reader) page(q query, limit int, args []any) (records []Record, full bool, err error) {
	stmt := r.stmts[q]
	defer stmt.Reset()
	if err := stmt.Bind(args...); err != nil {
		return nil, false, fmt.Errorf("read events: %w", err)
	}
	records = r.scratch[:0]
	for size := 0; ; {
		more, failed := stmt.Next()
		if failed != nil {
			full, err = true, fmt.Errorf("read events: %w", failed)
			break
		}
		if !more {
			full = len(records) >= limit
			break
		}
		record, damage := r.scan(stmt)
		if damage != nil {
			full, err = true, damage
			break
		}
		if size += record.size(); size > eventlog.MaxBatchBytes && len(records) > 0 {
			full = true
			break
		}
		records = append(records, record)
	}
	r.scratch = records
	records = slices.Clone(records)
	clear(r.scratch)
	return records, full, err
}

// scan reads the row and proves it against its checksum.
func (r *reader) scan(row *direct.Stmt) (Record, error) {
	e := Record{Binary: row.Int(5) != 0, Recorded: eventlog.Recorded{
		Position: eventlog.Position(row.Int(0)), Stream: r.name(row.Bytes(1)), Revision: eventlog.Revision(row.Int(2)),
		Type: r.kind(row.Bytes(4)), RecordedAt: time.UnixMicro(row.Int(6)).UTC(),
	}}
	id, sum := row.Bytes(3), row.Int(7)
	copy(e.ID[:], id)
	e.Metadata, e.Data = keep(row.Bytes(8), row.Bytes(9))
	if e.Stream == "" || len(id) != len(e.ID) || sum != int64(e.checksum()) {
		return e, &eventlog.DamagedError{Position: e.Position, Reason: "its checksum does not match"}
	}
	return e, nil
}

// name returns the name of the stream.
func (r *reader) name(lent []byte) string {
	if string(lent) != r.last {
		r.last = string(lent)
	}
	return r.last
}

// keep copies what the row lends into one allocation.
func keep(metadata, data []byte) (m, d []byte) {
	both := append(append(make([]byte, 0, len(metadata)+len(data)), metadata...), data...)
	if len(metadata) > 0 {
		m = both[:len(metadata):len(metadata)]
	}
	if len(data) > 0 {
		d = both[len(metadata):]
	}
	return m, d
}

// kind returns the type, which most events share with others.
func (r *reader) kind(lent []byte) string {
	if known, ok := r.types[string(lent)]; ok {
		return known
	}
	if len(r.types) >= maxTypes {
		clear(r.types)
	}
	kind := string(lent)
	r.types[kind] = kind
	return kind
}
