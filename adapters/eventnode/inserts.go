package eventnode

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// eventColumns is how many values one event takes in a statement.
const eventColumns = 10

// insertSizes are the numbers of events that one statement writes; a batch is
// cut into the largest that fit.
var insertSizes = [...]int{64, 16, 4, 1}

// inserts are the writer's prepared statements.
type inserts struct {
	begin, commit, rollback, stream, note *sql.Stmt
	events                                [len(insertSizes)]*sql.Stmt
	args                                  []any
}

func prepareInserts(ctx context.Context, conn *sql.Conn) (*inserts, error) {
	p := &inserts{args: make([]any, 0, insertSizes[0]*eventColumns)}
	var failed error
	prepare := func(text string) *sql.Stmt {
		stmt, err := conn.PrepareContext(ctx, text)
		failed = errors.Join(failed, err)
		return stmt
	}
	p.begin, p.commit, p.rollback = prepare("begin immediate"), prepare("commit"), prepare("rollback")
	p.stream, p.note = prepare("insert into streams (id, name) values (?, ?)"), prepare(insertRun)
	row := "(?" + strings.Repeat(", ?", eventColumns-1) + ")"
	for i, size := range insertSizes {
		// Or fail: what a statement has written before it fails is rolled back with
		// the batch, so SQLite need not keep the pages as they were before it.
		p.events[i] = prepare("insert or fail into events (position, stream, revision, id, type, is_binary, recorded_at, checksum, metadata, data) values " +
			row + strings.Repeat(", "+row, size-1))
	}
	if failed != nil {
		p.close()
		return nil, fmt.Errorf("prepare writer: %w", failed)
	}
	return p, nil
}

// close closes the statements, of which there may be none.
func (p *inserts) close() {
	if p != nil {
		finalize(p.begin, p.commit, p.rollback, p.stream, p.note)
		finalize(p.events[:]...)
	}
}

// finalize closes statements that are there. Those of a single connection do not
// end with it: SQLite keeps the files open until the last of them is closed.
func finalize(stmts ...*sql.Stmt) {
	for _, stmt := range stmts {
		if stmt != nil {
			_ = stmt.Close() // it only tells again what the last use has told
		}
	}
}

// run writes the batch in one transaction; the commit syncs the file.
func (p *inserts) run(b *batch) error {
	if _, err := p.begin.Exec(); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	err := p.fill(b)
	if err == nil {
		if _, err = p.commit.Exec(); err == nil {
			return nil
		}
	}
	if _, undone := p.rollback.Exec(); undone != nil {
		err = errors.Join(err, fmt.Errorf("roll back: %w", undone))
	}
	return fmt.Errorf("commit events: %w", err)
}

func (p *inserts) fill(b *batch) error {
	for i, name := range b.created {
		id := b.nextID - int64(len(b.created)) + int64(i)
		if _, err := p.stream.Exec(id, name); err != nil {
			return fmt.Errorf("insert stream: %w", err)
		}
	}
	for at := 0; at < len(b.records); {
		size, stmt := p.fit(len(b.records) - at)
		p.args = p.args[:0]
		for i := at; i < at+size; i++ {
			p.args = appendRow(p.args, b.streamOf[i], &b.records[i])
		}
		if _, err := stmt.Exec(p.args...); err != nil {
			return fmt.Errorf("insert events: %w", err)
		}
		at += size
	}
	return p.noteRuns(b)
}

// noteRuns notes the runs that the batch has ended or carried on.
func (p *inserts) noteRuns(b *batch) error {
	b.watchRuns()
	for i := range b.runs {
		r := &b.runs[i]
		if _, err := p.note.Exec(int64(r.first), int64(r.last), r.checksum()); err != nil {
			return fmt.Errorf("note run: %w", err)
		}
	}
	return nil
}

// fit returns the largest statement for at most n events.
func (p *inserts) fit(n int) (int, *sql.Stmt) {
	for i, size := range insertSizes {
		if size <= n {
			return size, p.events[i]
		}
	}
	return 1, p.events[len(insertSizes)-1]
}

func appendRow(args []any, stream int64, r *Record) []any {
	return append(args, int64(r.Position), stream, int64(r.Revision), r.ID[:], r.Type,
		int64(flag(r.Binary)), r.RecordedAt.UnixMicro(), int64(r.checksum()), r.Metadata, r.Data)
}
