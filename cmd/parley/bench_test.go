package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"parley/adapters/adaptertest/pgtest"
	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// unkept is a log that, once forgetful, acknowledges messages without keeping
// them, so that what is left is what a request costs besides the append.
type unkept struct {
	eventlog.Log
	forgetful atomic.Bool
}

func (l *unkept) Append(ctx context.Context, stream string, expected eventlog.Revision, events []eventlog.NewEvent) (eventlog.Appended, error) {
	if !l.forgetful.Load() || !strings.HasPrefix(stream, domain.StreamPrefix+conversation.Aggregate.Name) {
		return l.Log.Append(ctx, stream, expected, events)
	}
	return eventlog.Appended{Revision: expected + eventlog.Revision(len(events)), Position: 1}, nil
}

// BenchmarkAPI is what a request costs from the handler on: no network, and a
// line of log that goes nowhere.
func BenchmarkAPI(b *testing.B) {
	for _, on := range []string{"sqlite", "postgres"} {
		b.Run(on, func(b *testing.B) {
			s := stores{Data: b.TempDir()}
			if on == "postgres" {
				s.Database = pgtest.Start(b)
			}
			handler, log := serveInProcess(b, s)
			path := fillBench(b, handler)
			body := fmt.Sprintf(`{"body":%q}`, strings.Repeat("The goods left the warehouse this morning and will be with you on Thursday. ", 6)+"Yes.")
			for _, r := range []struct{ name, method, path, body string }{
				{"me", http.MethodGet, "/v1/me", ""},
				{"unread", http.MethodGet, "/v1/me/unread", ""},
				{"my conversations", http.MethodGet, "/v1/me/conversations?limit=25", ""},
				{"post", http.MethodPost, path + "/messages", body},
			} {
				b.Run(strings.ReplaceAll(r.name, " ", "_"), func(b *testing.B) {
					log.forgetful.Store(true)
					b.ReportAllocs()
					before := processorTime()
					for b.Loop() {
						ask(b, handler, "user:user", r.method, r.path, r.body, nil)
					}
					b.ReportMetric(float64(processorTime()-before)/float64(b.N), "cpu-ns/op")
				})
			}
		})
	}
}

// processorTime is what the process has used so far, which a busy machine moves
// less than the clock.
func processorTime() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// serveInProcess starts the demo without listeners.
func serveInProcess(b *testing.B, s stores) (http.Handler, *unkept) {
	b.Helper()
	f, err := holdFolder(s.Data)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.release() })
	logger := newLogger(stdio{err: io.Discard}, "info")
	k, err := openStack(b.Context(), s, f, logger)
	if err != nil {
		b.Fatal(err)
	}
	log := &unkept{Log: k.log}
	k.log = log
	a := &app{
		settings: serveCommand{stores: s, Demo: true, Listen: "127.0.0.1:0"}, folder: f, logger: logger, stack: k,
		begun: make(chan struct{}), closing: make(chan struct{}), wake: make(chan struct{}, 1),
	}
	a.life, a.stop = context.WithCancel(context.Background())
	if err := a.assemble(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- a.run(a.life) }()
	b.Cleanup(func() {
		a.stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
		_ = a.close()
	})
	<-a.begun
	return a.public, log
}

// fillBench starts conversations with an unread message each, waits until they
// are to be read, and returns the path of one.
func fillBench(b *testing.B, handler http.Handler) (path string) {
	b.Helper()
	var position string
	for i := range 200 {
		body := fmt.Sprintf(`{"name":"Conversation %d","customer_user":"buyer","source":{"type":"order","id":"1001"}}`, i)
		path = ask(b, handler, "user:user", http.MethodPost, "/v1/conversations", body, nil).Get("Location")
		position = ask(b, handler, "customer_user:buyer", http.MethodPost, path+"/messages", `{"body":"Where is my order? It should have been here on Monday."}`, nil).Get("Parley-Position")
	}
	var unread struct{ Count int }
	ask(b, handler, "user:user", http.MethodGet, "/v1/me/unread", "", &unread, "Parley-Min-Position", position)
	if unread.Count != 200 {
		b.Fatalf("%d conversations are unread", unread.Count)
	}
	return path
}

// ask sends a request, which must succeed, and reads the answer into a value if
// there is one.
func ask(b *testing.B, handler http.Handler, person, method, path, body string, into any, headers ...string) http.Header {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body == "" {
		r.Body = http.NoBody
	}
	r.Header.Set("Authorization", "Bearer demo:"+person)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if w.Code >= 300 {
		b.Fatalf("%s %s: %d: %s", method, path, w.Code, w.Body)
	}
	if into != nil {
		if err := json.NewDecoder(bytes.NewReader(w.Body.Bytes())).Decode(into); err != nil {
			b.Fatal(err)
		}
	}
	return w.Header()
}
