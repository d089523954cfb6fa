package eventnode

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"parley/adapters/direct"
	"parley/domain/eventlog"
)

// duplicate is a log that is being written as a copy of another, up to a position.
type duplicate struct {
	tally
	from    *store
	at      eventlog.Position
	dir     string
	db      *sql.DB
	conn    *sql.Conn
	inserts *inserts
	lookup  *sql.Stmt
	ids     *cache[int64] // of streams
	nextID  int64
	watch   runWatch
	written *readerPool // reads the copy again
}

// createDuplicate creates an empty log in a folder. Nothing of it is synced
// before sync says so: until then it is nothing.
func createDuplicate(ctx context.Context, dir string, from *store) (d *duplicate, err error) {
	path := filepath.Join(dir, fileName)
	d = &duplicate{tally: tally{hash: sha256.New()}, from: from, dir: dir, ids: newCache[int64](), nextID: 1}
	d.written = newReaderPool(direct.File{Path: path}, 1)
	if d.db, err = openPool(path, "", 1, "journal_mode(delete)", "synchronous(off)", "cache_size(-16384)"); err != nil {
		return nil, err
	}
	if err = d.prepare(ctx); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

func (d *duplicate) prepare(ctx context.Context) (err error) {
	if d.conn, err = d.db.Conn(ctx); err != nil {
		return err
	}
	if err = create(ctx, d.conn, d.from.numbering); err != nil {
		return err
	}
	if d.lookup, err = d.conn.PrepareContext(ctx, "select id from streams where name = ?"); err != nil {
		return err
	}
	d.inserts, err = prepareInserts(ctx, d.conn)
	return err
}

// advance copies the events up to a position.
func (d *duplicate) advance(ctx context.Context, upTo eventlog.Position, progress Progress) error {
	for d.at < upTo {
		records, err := d.from.allForwards(ctx, d.at, upTo, pageEvents)
		if err != nil {
			return err
		}
		if err := d.write(ctx, records); err != nil {
			return err
		}
		d.add(records)
		d.at = d.last.Position
		if progress != nil {
			progress(d.at, upTo)
		}
	}
	return nil
}

// write writes a page and reads it again.
func (d *duplicate) write(ctx context.Context, records []Record) error {
	b := &batch{records: records, watch: d.watch}
	for i := range records {
		id, err := d.idOf(ctx, records[i].Stream, b)
		if err != nil {
			return err
		}
		b.streamOf = append(b.streamOf, id)
	}
	if b.nextID = d.nextID; len(b.created) == 0 {
		b.created = nil
	}
	if err := d.inserts.run(b); err != nil {
		return err
	}
	d.watch = b.watch
	again, _, err := d.written.page(ctx, pageOfAll+forwards, len(records), int64(d.at), int64(records[len(records)-1].Position), int64(len(records)))
	if err != nil {
		return fmt.Errorf("read the copy: %w", err)
	}
	if !slices.EqualFunc(again, records, func(a, b Record) bool { return a.Position == b.Position && a.checksum() == b.checksum() }) {
		return &eventlog.DamagedError{Position: records[0].Position, Reason: "the copy of it, or of one of the next, is another"}
	}
	return nil
}

// idOf returns the number of a stream in the copy, a new one for a new stream.
func (d *duplicate) idOf(ctx context.Context, name string, b *batch) (id int64, err error) {
	if id, ok := d.ids.get(name); ok {
		return id, nil
	}
	err = d.lookup.QueryRowContext(ctx, name).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		id, err = d.nextID, nil
		d.nextID++
		b.created = append(b.created, name)
	}
	if err == nil {
		d.ids.put(name, id)
	}
	return id, err
}

// sync makes durable what has been written.
func (d *duplicate) sync(context.Context) error { return syncFile(filepath.Join(d.dir, fileName)) }

// close closes the file in the form in which a log is opened.
func (d *duplicate) close() (err error) {
	d.written.close()
	if d.conn != nil {
		finalize(d.lookup)
		d.inserts.close()
		_, err = d.conn.ExecContext(context.Background(), "pragma journal_mode = wal")
		err = errors.Join(err, d.conn.Close())
	}
	return errors.Join(err, d.db.Close())
}

// seal syncs the closed file and writes the copy's own witness.
func (d *duplicate) seal() error {
	if err := syncFile(filepath.Join(d.dir, fileName)); err != nil {
		return err
	}
	w, err := openWitness(d.dir, nil, testimony{missing: true}, mark{position: d.last.Position, hash: d.last.digest()})
	if err != nil {
		return err
	}
	return w.close()
}

func syncFile(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("sync %s: %w", filepath.Base(path), err)
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("sync %s: %w", filepath.Base(path), err)
	}
	return nil
}

// copyFile copies a file and syncs it.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Sync(), out.Close()); err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	return nil
}
