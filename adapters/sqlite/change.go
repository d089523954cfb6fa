package sqlite

import (
	"context"
	"fmt"

	"parley/domain/sqldb"
)

// Create builds a new file beside the old one and then puts it into place.
func (db *DB) Create(ctx context.Context, name, ddl string) error {
	return db.change(ctx, "create", name, func() error {
		file := db.catalog.newFile(name)
		made := &dataFile{path: db.catalog.path(file)}
		if err := build(ctx, made.path, name, ddl); err != nil {
			made.remove()
			return err
		}
		return db.replace(ctx, name, file, made)
	})
}

// Drop takes the schema out of the catalog, then deletes its file.
func (db *DB) Drop(ctx context.Context, name string) error {
	return db.change(ctx, "drop", name, func() error { return db.replace(ctx, name, "", nil) })
}

// Promote gives the name and place of one schema to another, with the turns of
// both held, so that no write is under way.
func (db *DB) Promote(ctx context.Context, from, to, check string) error {
	if err := checkName(to); err != nil {
		return err
	}
	return db.change(ctx, "promote", from, func() error {
		s, err := db.take(ctx, from)
		if err != nil {
			return err
		}
		defer s.give()
		return db.replaceIf(ctx, to, check, s)
	})
}

// change runs changes of the catalog one after the other.
func (db *DB) change(ctx context.Context, verb, name string, step func() error) error {
	if err := checkName(name); err != nil {
		return err
	}
	end, err := db.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	select {
	case db.changes <- struct{}{}:
		defer func() { <-db.changes }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := step(); err != nil {
		return fmt.Errorf("%s schema %s: %w", verb, name, db.classify(err))
	}
	return nil
}

// build writes a schema into a new file and syncs it.
func build(ctx context.Context, path, name, ddl string) (err error) {
	c, err := dialNew()
	if err != nil {
		return err
	}
	defer func() {
		if closed := c.close(); err == nil {
			err = closed
		}
	}()
	defer c.endWith(ctx)()
	if err := c.attach(path, name, "page_size=8192", "journal_mode=wal", "synchronous=full"); err != nil {
		return err
	}
	for _, statement := range translate(name, "begin;"+ddl+";commit") {
		if err := c.run(statement); err != nil {
			return err
		}
	}
	return c.run("pragma " + name + ".wal_checkpoint(truncate)")
}

// replace puts a file, or nothing, into the place of a schema that may exist.
func (db *DB) replace(ctx context.Context, name, file string, made *dataFile) error {
	old, err := db.takeAny(ctx, name)
	if err != nil {
		return err
	}
	if old == nil && made == nil {
		return nil
	}
	if old != nil {
		defer old.give()
	}
	return db.swap(old, name, made, func(files map[string]string) {
		delete(files, name)
		if made != nil {
			files[name] = file
		}
	})
}

// replaceIf puts the file of from into the place of the schema named to, if the
// check yields a row.
func (db *DB) replaceIf(ctx context.Context, to, check string, from *schema) error {
	old, err := db.takeAny(ctx, to)
	if err != nil {
		return err
	}
	if old != nil {
		defer old.give()
	}
	if err := db.holds(ctx, check); err != nil {
		return err
	}
	err = db.swap(old, to, from.file, func(files map[string]string) {
		files[to] = files[from.name]
		delete(files, from.name)
	})
	if err == nil {
		from.retire()
	}
	return err
}

// takeAny is take for a schema that need not exist.
func (db *DB) takeAny(ctx context.Context, name string) (*schema, error) {
	if db.lookup(name) == nil {
		return nil, nil
	}
	return db.take(ctx, name)
}

func (db *DB) holds(ctx context.Context, check string) error {
	for _, err := range db.Query(ctx, check) {
		return err
	}
	return sqldb.ErrStale
}

// swap saves the edited catalog, which is the moment of the change, and then
// brings the schemas in memory after it.
func (db *DB) swap(old *schema, name string, made *dataFile, edit func(files map[string]string)) error {
	if err := db.catalog.change(edit); err != nil {
		return err
	}
	db.mu.Lock()
	for other, s := range db.schemas {
		if s == old || s.file == made {
			delete(db.schemas, other)
		}
	}
	if made != nil {
		db.schemas[name] = newSchema(db, name, made)
	}
	db.mu.Unlock()
	if old != nil {
		old.retire()
		db.discard(old.file)
	}
	return nil
}
