package main

import (
	"context"
	"errors"
	"log/slog"

	"parley/adapters/eventnode"
	"parley/adapters/eventstore"
	"parley/adapters/postgres"
	"parley/adapters/sqlite"
	"parley/domain/eventlog"
	"parley/domain/ops"
	"parley/domain/sqldb"
)

// stack is the two stores that everything stands on. The node is nil unless the
// event store is the embedded one.
type stack struct {
	log  eventlog.Log
	node *eventnode.Node
	db   sqldb.DB
	down []func() error
}

// openStack opens the event store and the database that the settings name. A
// server that cannot be reached now is no error: it is waited for.
func openStack(ctx context.Context, s stores, f *folder, logger *slog.Logger) (*stack, error) {
	k := &stack{}
	if err := k.openLog(s, f, logger); err != nil {
		return nil, err
	}
	if err := k.openDatabase(ctx, s, f, logger); err != nil {
		return nil, errors.Join(err, k.close())
	}
	return k, nil
}

func (k *stack) openLog(s stores, f *folder, logger *slog.Logger) error {
	if s.EventStore != "" {
		store, err := eventstore.Open(eventstore.Config{ConnectionString: s.EventStore, Logger: logger})
		if err != nil {
			return usagef("--eventstore: %v", err)
		}
		k.log, k.down = store, append(k.down, store.Close)
		return nil
	}
	node, err := eventnode.Open(eventnode.Config{Dir: f.events(), Logger: logger})
	if err != nil {
		return err
	}
	k.log, k.node, k.down = node, node, append(k.down, node.Close)
	return nil
}

func (k *stack) openDatabase(ctx context.Context, s stores, f *folder, logger *slog.Logger) error {
	if s.Database != "" {
		db, err := postgres.Open(ctx, postgres.Config{URL: s.Database, Logger: logger})
		if err != nil {
			return usagef("--database: %v", err)
		}
		k.db, k.down = db, append(k.down, db.Close)
		return nil
	}
	db, err := sqlite.Open(sqlite.Config{Dir: f.readModels(), Wiped: []string{ops.Schema}, Logger: logger})
	if err != nil {
		return err
	}
	k.db, k.down = db, append(k.down, db.Close)
	return nil
}

// close closes what was opened, the last first.
func (k *stack) close() error {
	var all error
	for i := len(k.down) - 1; i >= 0; i-- {
		all = errors.Join(all, k.down[i]())
	}
	k.down = nil
	return all
}
