package stream_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/adaptertest/pgtest"
	"parley/adapters/postgres"
	"parley/domain/eventlog"
)

// The database crashes again and again while events come. Whatever the projector
// was doing then, it goes on by itself, and each event is counted once.
func TestProjection_survives_crashes_of_the_database(t *testing.T) {
	t.Parallel()
	server := pgtest.NewServer(t)
	db, err := postgres.Open(t.Context(), postgres.Config{URL: server.Database(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	log := openLog(t)
	here := newInstance(t, log, db)
	stop := start(t, here.cfg)
	done := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		for i := 0; ; i++ {
			history(t, log, name(i), eventlog.NoStream, 1+i%5)
			select {
			case <-done:
				return
			default:
			}
		}
	})
	for i := range 3 {
		if err := here.board.Wait(t.Context(), counter, history(t, log, name(-1-i), eventlog.NoStream, 1)); err != nil {
			t.Fatal(err)
		}
		server.Kill(t)
		history(t, log, name(-100-i), eventlog.NoStream, 5)
		server.Restart(t)
	}
	close(done)
	writer.Wait()
	caughtUp(t, log, db)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fold(t, log), read(t, db)); diff != "" {
		t.Errorf("rows differ from a fold of the log (-fold +rows):\n%s", diff)
	}
}
