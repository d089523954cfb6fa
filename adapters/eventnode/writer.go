package eventnode

import (
	"context"
	"database/sql"
	"log/slog"
	"runtime"
	"time"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// Limits of one group commit.
const (
	maxRequests = 1024
	maxBytes    = 8 << 20
	maxYields   = 1
)

// writer is the one goroutine that appends. It owns the writing connection, the
// caches and the numbering; nobody else touches them.
type writer struct {
	store   *store
	witness *witness
	health  *health
	tail    *tail
	logger  *slog.Logger
	now     func() time.Time

	conn     *sql.Conn // nil while the writer has not recovered
	inserts  *inserts
	headStmt *sql.Stmt
	idsStmt  *sql.Stmt
	fault    error // why it has not recovered
	retryAt  time.Time
	ill      bool // it has failed, and written nothing since

	moved  walPlace // the last that the main file was seen to hold
	head   eventlog.Position
	nextID int64
	heads  *cache[head]
	recent *recentSet
	watch  runWatch
}

// task is something else that only the writer may do. It runs between two
// commits and gives its result to whoever waits for it.
type task func(*writer)

// run serves the queue until closing is closed, then what is still queued.
func (w *writer) run(queue <-chan *request, tasks <-chan task, closing <-chan struct{}) error {
	defer w.disconnect()
	for {
		select {
		case r := <-queue:
			w.serve(w.collect(r, queue))
			w.tidy()
			continue
		case do := <-tasks:
			do(w)
			w.tidy()
			continue
		case <-w.due():
			w.mend()
			continue
		case <-closing:
		}
		select {
		case r := <-queue:
			w.serve(w.collect(r, queue))
		default:
			return w.finish()
		}
	}
}

// collect takes everything that is queued, up to the limits of one commit.
// Callers who were answered a moment ago are about to come back: letting them
// run, for as long as that brings more, fills this commit instead of the next.
func (w *writer) collect(first *request, queue <-chan *request) []*request {
	requests, size := []*request{first}, first.size
	for yielded := 0; len(requests) < maxRequests && size < maxBytes; {
		select {
		case r := <-queue:
			requests, size, yielded = append(requests, r), size+r.size, 0
		default:
			if yielded == maxYields {
				return requests
			}
			yielded++
			runtime.Gosched()
		}
	}
	return requests
}

// serve decides the requests, commits what they write and only then answers:
// also a refusal may rest on an event that this commit has yet to make durable.
func (w *writer) serve(requests []*request) {
	answers, err := w.decide(requests)
	for i, r := range requests {
		if err != nil {
			answers[i] = answer{err: err}
		}
		r.answer <- answers[i]
	}
}

func (w *writer) decide(requests []*request) ([]answer, error) {
	answers := make([]answer, len(requests))
	if err := w.recover(); err != nil {
		return answers, err
	}
	b := w.newBatch()
	for i, r := range requests {
		place, err := b.admit(r)
		if err != nil && !refused(err) {
			return answers, w.fail(err)
		}
		answers[i] = answer{appended: place, err: err}
	}
	if err := w.commit(b); err != nil {
		return answers, w.fail(err)
	}
	return answers, nil
}

// commit makes the batch durable and then visible.
func (w *writer) commit(b *batch) error {
	if len(b.records) == 0 {
		return nil
	}
	if err := w.inserts.run(b); err != nil {
		return err
	}
	if err := w.attest(&b.records[len(b.records)-1]); err != nil {
		return err
	}
	w.well()
	w.head, w.nextID, w.watch = b.head, b.nextID, b.watch
	if len(b.runs) > 0 {
		w.store.anyRuns.Store(true)
	}
	for name, p := range b.overlay {
		if p.head != p.committed {
			w.note(name, p)
		}
	}
	for i := range b.records {
		w.recent.add(b.streamOf[i], b.records[i].ID, int64(b.records[i].Revision))
	}
	w.tail.publish(b.records)
	return nil
}

// note remembers a stream's new head, and makes readers forget what they knew of
// the streams for which it means something else than more events.
func (w *writer) note(stream string, p *pending) {
	if p.id != 0 {
		w.heads.put(stream, p.head)
	}
	switch {
	case p.revision == tombstone:
		w.store.standings.reset()
	case isMeta(stream):
		w.store.standings.forget(describedBy(stream))
	}
}

// headOf returns the committed head of a stream.
func (w *writer) headOf(stream string) (head, error) {
	if h, ok := w.heads.get(stream); ok {
		return h, nil
	}
	var h head
	described := false
	if err := w.headStmt.QueryRow(stream).Scan(&h.id, &h.revision, &described); err != nil {
		return h, err
	}
	if described && !isMeta(stream) {
		said, err := w.metadataOf(stream)
		if err != nil {
			return h, err
		}
		h.hidden = said.Deleted() && h.revision != tombstone
	}
	if h.id != 0 {
		w.heads.put(stream, h)
	}
	return h, nil
}

// metadataOf returns what is committed of a stream's metadata.
func (w *writer) metadataOf(stream string) (Metadata, error) {
	last, err := w.store.newest(context.Background(), metaOf(stream))
	if last == nil || err != nil {
		return Metadata{Revision: eventlog.NoStream}, err
	}
	return parseMetadata(last.Data, last.Revision), nil
}

// idsOf returns the committed ids of a stream between two revisions, both
// included, and the position of the last.
func (w *writer) idsOf(stream, from, to int64) (ids []uuid.UUID, position eventlog.Position, err error) {
	rows, err := w.idsStmt.Query(stream, from, to)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var at int64
		var id []byte
		if err := rows.Scan(&id, &at); err != nil {
			return nil, 0, err
		}
		parsed, err := uuid.FromBytes(id)
		if err != nil {
			return nil, 0, &eventlog.DamagedError{Position: eventlog.Position(at), Reason: "its id is malformed"}
		}
		ids, position = append(ids, parsed), eventlog.Position(at)
	}
	return ids, position, rows.Err()
}
