package stream_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
	"parley/projections/projectiontest"
)

var counter = []string{"counts"}

func name(n int) string { return domain.Stream("count", domain.DeriveID(fmt.Sprint(n))) }

func TestProjection_catches_up_and_then_follows(t *testing.T) {
	t.Parallel()
	projectiontest.Each(t, func(t *testing.T, db sqldb.DB) {
		log := openLog(t)
		last := history(t, log, name(0), eventlog.NoStream, 1200)
		here := newInstance(t, log, db)
		stop := start(t, here.cfg)
		if err := here.board.Wait(t.Context(), counter, last); err != nil {
			t.Fatal(err)
		}
		var slowest time.Duration
		for i := range 50 {
			last = history(t, log, name(i+1), eventlog.NoStream, 1)
			acknowledged := time.Now()
			if err := here.board.Wait(t.Context(), counter, last); err != nil {
				t.Fatal(err)
			}
			slowest = max(slowest, time.Since(acknowledged))
		}
		t.Logf("slowest of 50 events: visible %v after its acknowledgement", slowest)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fold(t, log), read(t, db)); diff != "" {
			t.Errorf("rows differ from a fold of the log (-fold +rows):\n%s", diff)
		}
	})
}

// Instances come and go while events come; each event is counted once.
func TestProjection_survives_its_leaders(t *testing.T) {
	t.Parallel()
	projectiontest.Each(t, func(t *testing.T, db sqldb.DB) {
		log := openLog(t)
		done := make(chan struct{})
		var writer sync.WaitGroup
		writer.Go(func() {
			for i := 0; ; i++ {
				history(t, log, name(i), eventlog.NoStream, 1+i%3)
				select {
				case <-done:
					return
				default:
				}
			}
		})
		leader := start(t, newInstance(t, log, db).cfg)
		for range 4 {
			next := newInstance(t, log, db)
			stop := start(t, next.cfg)
			if err := leader(); err != nil {
				t.Fatal(err)
			}
			now, err := log.End(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := next.board.Wait(t.Context(), counter, now); err != nil {
				t.Fatal(err)
			}
			leader = stop
		}
		close(done)
		writer.Wait()
		caughtUp(t, log, db)
		if err := leader(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fold(t, log), read(t, db)); diff != "" {
			t.Errorf("rows differ from a fold of the log (-fold +rows):\n%s", diff)
		}
	})
}

// caughtUp waits, as an instance that never leads, for all that is in the log.
func caughtUp(t *testing.T, log eventlog.Log, db sqldb.DB) {
	t.Helper()
	last, err := log.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := newInstance(t, log, db).board.Wait(t.Context(), counter, last); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkCatchUp measures events per second from the log, through Watermill,
// into rows, from an empty database to the end of a log of 400-byte events in
// 200 streams.
func BenchmarkCatchUp(b *testing.B) {
	const events, streams = 40_000, 200
	log := openLog(b)
	var last eventlog.Position
	for i := range streams {
		last = history(b, log, name(i), eventlog.NoStream, events/streams)
	}
	for kind, open := range map[string]func(testing.TB) sqldb.DB{
		"postgres": projectiontest.PostgreSQL, "sqlite": projectiontest.SQLite,
	} {
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				here := newInstance(b, log, open(b))
				b.StartTimer()
				stop := start(b, here.cfg)
				if err := here.board.Wait(b.Context(), counter, last); err != nil {
					b.Fatal(err)
				}
				if err := stop(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
