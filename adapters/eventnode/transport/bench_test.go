package transport_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"sync"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/adapters/eventnode"
	"parley/adapters/eventnode/transport"
)

// BenchmarkAppend appends 500-byte events at exact revisions through one
// official client, each writer to a stream of its own.
func BenchmarkAppend(b *testing.B) {
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			client := benchClient(b)
			data := bytes.Repeat([]byte{'7'}, 500)
			b.ResetTimer()
			var group sync.WaitGroup
			for w := range writers {
				group.Go(func() {
					var expected esdb.ExpectedRevision = esdb.NoStream{}
					for i := w; i < b.N; i += writers {
						event := newEvents(1)
						event[0].Data = data
						result, err := client.AppendToStream(b.Context(), fmt.Sprintf("bench-%d", w), esdb.AppendToStreamOptions{ExpectedRevision: expected}, event...)
						if err != nil {
							b.Error(err)
							return
						}
						expected = esdb.Revision(result.NextExpectedVersion)
					}
				})
			}
			group.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

func benchClient(b *testing.B) *esdb.Client {
	b.Helper()
	node, err := eventnode.Open(eventnode.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := transport.New(node, transport.Config{})
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	cfg, err := esdb.ParseConnectionString("esdb://" + listener.Addr().String() + "?tls=false")
	if err != nil {
		b.Fatal(err)
	}
	cfg.Logger = esdb.NoopLogging()
	client, err := esdb.NewClient(cfg)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = client.Close()
		server.Stop(context.Background())
		if err := <-served; err != nil {
			b.Error(err)
		}
		if err := node.Close(); err != nil {
			b.Error(err)
		}
	})
	return client
}
