package eventnode_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// BenchmarkAppend appends 500-byte events at exact revisions from several
// writers, each to streams of its own, ten events a stream.
func BenchmarkAppend(b *testing.B) {
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			node := openNode(b, eventnode.Config{Dir: b.TempDir()})
			data := payload(500)
			b.ResetTimer()
			var group sync.WaitGroup
			for w := range writers {
				group.Go(func() {
					for i := w; i < b.N; i += writers {
						n := i / writers
						stream := fmt.Sprintf("parley_bench-%d-%d", w, n/10)
						event := eventlog.NewEvent{ID: uuid.New(), Type: "bench.appended.v1", Data: data}
						if _, err := node.Append(context.Background(), stream, eventlog.Revision(n%10)-1, []eventlog.NewEvent{event}); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			group.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

func payload(size int) []byte {
	data := make([]byte, size)
	for i := range data {
		data[i] = 'a' + byte(i%26)
	}
	data[0], data[1], data[size-2], data[size-1] = '[', '"', '"', ']'
	return data
}

func openNode(t testing.TB, cfg eventnode.Config) *eventnode.Node {
	t.Helper()
	node, err := eventnode.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := node.Close(); err != nil {
			t.Error(err)
		}
	})
	return node
}

// BenchmarkReadAll reads a log of 20,000 events of 500 bytes from the file: all of
// it, and the one event that tells how old what is behind a position is.
func BenchmarkReadAll(b *testing.B) {
	const events = 20_000
	node := openNode(b, eventnode.Config{Dir: b.TempDir()})
	for i := range events / 100 {
		batch := newEvents(100)
		for j := range batch {
			batch[j].Data = payload(500)
		}
		mustAppend(b, node, fmt.Sprintf("parley_read-%d", i), eventlog.NoStream, batch...)
	}
	for name, limit := range map[string]int{"all": 0, "one": 1} {
		b.Run(name, func(b *testing.B) {
			read := 0
			for b.Loop() {
				for _, err := range node.ReadAll(b.Context(), eventlog.Start, "parley_", limit) {
					if err != nil {
						b.Fatal(err)
					}
					read++
				}
			}
			b.ReportMetric(float64(read)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
