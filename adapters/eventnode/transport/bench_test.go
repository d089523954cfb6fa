package transport_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"sync"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

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

// BenchmarkBatchAppend appends the same by one call of BatchAppend, in which no
// writer waits for an answer before it sends the next append.
func BenchmarkBatchAppend(b *testing.B) {
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			conn, err := grpc.NewClient(benchServer(b), grpc.WithTransportCredentials(insecure.NewCredentials()))
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close()
			call, err := streams.NewStreamsClient(conn).BatchAppend(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			var group sync.WaitGroup
			group.Go(func() {
				for i := range b.N {
					if err := call.Send(nthAppend(i, writers)); err != nil {
						b.Error(err)
						return
					}
				}
			})
			for range b.N {
				answer, err := call.Recv()
				if err != nil || answer.GetSuccess() == nil {
					b.Fatalf("answered %v, %v", answer, err)
				}
			}
			group.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// nthAppend is the i-th of the appends that writers make in turn.
func nthAppend(i, writers int) *streams.BatchAppendReq {
	part := sized(whole(fmt.Sprint(i), fmt.Sprintf("bench-%d", i%writers), 1), 500)
	if i < writers {
		return atNoStream(part)
	}
	return at(uint64(i/writers-1), part)
}

func benchClient(b *testing.B) *esdb.Client {
	b.Helper()
	cfg, err := esdb.ParseConnectionString("esdb://" + benchServer(b) + "?tls=false")
	if err != nil {
		b.Fatal(err)
	}
	cfg.Logger = esdb.NoopLogging()
	client, err := esdb.NewClient(cfg)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = client.Close() })
	return client
}

// benchServer serves a node until the end of the benchmark, and returns where.
func benchServer(b *testing.B) (address string) {
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
	b.Cleanup(func() {
		server.Stop(context.Background())
		if err := <-served; err != nil {
			b.Error(err)
		}
		if err := node.Close(); err != nil {
			b.Error(err)
		}
	})
	return listener.Addr().String()
}
