package main_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/adapters/eventnode/transport"
	"parley/domain/eventlog"
)

// damagedWire serves a log of events at 100, 103, 106 … of which the one at 145 is
// not what was written.
func damagedWire(t *testing.T) *wire {
	t.Helper()
	config := eventnode.Config{Dir: t.TempDir(), FirstPosition: 100, Stride: 3}
	node, err := eventnode.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	for revision := eventlog.NoStream; revision < 30; revision++ {
		event := eventlog.NewEvent{ID: uuid.New(), Type: "load.appended.v1", Data: []byte(`{}`)}
		if _, err := node.Append(t.Context(), loadPrefix+"damaged", revision, []eventlog.NewEvent{event}); err != nil {
			t.Fatal(err)
		}
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := sql.Open("sqlite", filepath.Join(config.Dir, "events.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Exec("update events set data = cast('[]' as blob) where position = 145"); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	w := &wire{config: transport.Config{Writable: true}}
	w.open(t, config)
	return w
}

// Damage is named over the wire as it is in process: by its position.
func TestEventStore_names_the_position_of_damage(t *testing.T) {
	t.Parallel()
	store := openStore(t, damagedWire(t).address)
	for name, read := range map[string]func() (last eventlog.Position, err error){
		"reading all": func() (last eventlog.Position, err error) {
			for e, failed := range store.ReadAll(t.Context(), eventlog.Start, loadPrefix, 0) {
				last, err = max(last, e.Position), failed
			}
			return last, err
		},
		"reading the stream": func() (last eventlog.Position, err error) {
			for e, failed := range store.ReadStream(t.Context(), loadPrefix+"damaged", 0, 0) {
				last, err = max(last, e.Position), failed
			}
			return last, err
		},
		"following": func() (last eventlog.Position, err error) {
			sub, err := store.Follow(t.Context(), eventlog.Start, loadPrefix)
			if err != nil {
				return 0, err
			}
			defer sub.Close()
			for {
				batch, err := sub.Next(t.Context())
				if err != nil {
					return last, err
				}
				last = batch.Position
			}
		},
	} {
		last, err := read()
		damage, ok := errors.AsType[*eventlog.DamagedError](err)
		if last != 142 || !ok || damage.Position != 145 || damage.Reason != "its checksum does not match" {
			t.Errorf("%s ended behind %d with %v; want damage at 145", name, last, err)
		}
	}
}
