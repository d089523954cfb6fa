package main_test

import (
	"path/filepath"
	"slices"
	"testing"

	"parley/adapters/eventnode"
	"parley/adapters/postgres"
	"parley/adapters/sqlite"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
	"parley/projections"
	"parley/projections/attachments"
	"parley/projections/conversations"
	"parley/projections/directory"
	"parley/projections/inboxes"
	"parley/projections/notifications"
	"parley/projections/orders"
	"parley/projections/projectiontest"
	"parley/projections/receipts"
	"parley/projections/search"
	"parley/projections/timelines"
)

// readModels is every read model that a server must have.
var readModels = []projections.Projection{
	attachments.Projection, conversations.Projection, directory.Projection, inboxes.Projection,
	notifications.Projection, orders.Projection, receipts.Projection, search.Projection, timelines.Projection,
}

// setting returns the value of a flag among stores, or "".
func setting(stores []string, flag string) string {
	if at := slices.Index(stores, flag); at >= 0 {
		return stores[at+1]
	}
	return ""
}

// openLog opens the event store of a server that has stopped.
func openLog(t *testing.T, stores []string) eventlog.Log {
	t.Helper()
	if address := setting(stores, "--eventstore"); address != "" {
		return openLogAt(t, address)
	}
	node, err := eventnode.Open(eventnode.Config{Dir: filepath.Join(setting(stores, "--data"), "events")})
	return opened(t, node, err)
}

// openDatabase opens the read models of a server that has stopped.
func openDatabase(t *testing.T, stores []string) sqldb.DB {
	t.Helper()
	if url := setting(stores, "--database"); url != "" {
		db, err := postgres.Open(t.Context(), postgres.Config{URL: url})
		return opened(t, db, err)
	}
	db, err := sqlite.Open(sqlite.Config{Dir: filepath.Join(setting(stores, "--data"), "readmodels")})
	return opened(t, db, err)
}

// opened fails the test unless a store could be opened, and closes it after it.
func opened[S interface{ Close() error }](t *testing.T, store S, err error) S {
	t.Helper()
	if err != nil {
		t.Fatalf("open the store: %v", err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return store
}

// rowsOf returns all rows of all read models of a server that has stopped.
func rowsOf(t *testing.T, stores []string) (rows map[string]string) {
	t.Helper()
	rows = map[string]string{}
	t.Run("rows", func(t *testing.T) { // which closes the database at its end
		db := openDatabase(t, stores)
		for _, p := range readModels {
			rows[p.Name] = projectiontest.Read(t, db, p).String()
		}
	})
	return rows
}
