package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Bars of S5, and how it is asked.
const (
	point         = "POINT"
	readingBar    = 0.5
	readingP99    = 25 * time.Millisecond
	readers       = 16
	asksPerSecond = 200
)

// questions are what S5 asks.
var questions = []struct{ name, path string }{
	{"`GET /v1/me/unread`", "/v1/me/unread"},
	{"`GET /v1/me/conversations`", "/v1/me/conversations?limit=25"},
}

// speedOfLists measures S5: the indicator and the first page of the list of a
// person with very many conversations, on both databases.
func (l *lab) speedOfLists(ctx context.Context) ([]table, error) {
	db, err := l.postgres(ctx)
	if err != nil {
		return nil, err
	}
	if err := db.createPoints(ctx); err != nil {
		return nil, fmt.Errorf("make the table of %s: %w", point, err)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	pointAddress, err := l.start(exec.Command(self, "point", db.url("postgres")))
	if err != nil {
		return nil, err
	}
	if err := l.fillInbox(ctx); err != nil {
		return nil, fmt.Errorf("fill the log: %w", err)
	}
	var tables []table
	for _, on := range []struct{ name, folder string }{{"SQLite", "inbox"}, {"PostgreSQL", "inbox-postgres"}} {
		s, err := l.serveInbox(ctx, db, on.folder)
		if err != nil {
			return nil, fmt.Errorf("serve from %s: %w", on.name, err)
		}
		t := table{
			title: "S5 · reading with many conversations, " + on.name,
			note: fmt.Sprintf("A person with %d conversations, all unread, in a database of %d messages; %d clients. POINT is a SELECT by primary key through pgx behind a bare HTTP handler. At %d a second, times count from when a request was due.",
				l.run.inbox(), l.run.Messages, readers, asksPerSecond),
		}
		if err := l.raceLists(ctx, &t, s.address, pointAddress); err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// serveInbox starts the program on the folder and waits until its read models
// have everything. The folder of PostgreSQL's is a copy.
func (l *lab) serveInbox(ctx context.Context, db *database, folder string) (*server, error) {
	var settings []string
	if folder != inboxFolder {
		if err := os.CopyFS(filepath.Join(l.dir, folder, eventsIn), os.DirFS(filepath.Join(l.dir, inboxFolder, copyOfEvents))); err != nil {
			return nil, fmt.Errorf("copy the log: %w", err)
		}
		address, err := db.createDatabase(ctx, "inbox")
		if err != nil {
			return nil, err
		}
		settings = []string{"--database", address}
	}
	s, err := l.runParley(ctx, folder, settings...)
	if err != nil {
		return nil, err
	}
	if err := s.caughtUp(ctx); err != nil {
		return nil, err
	}
	if folder != inboxFolder {
		// As the server's own housekeeping does within a minute.
		return s, db.analyze(ctx, "inbox")
	}
	return s, nil
}

// raceLists asks as fast as it goes, in turn with POINT, and then at a pace.
func (l *lab) raceLists(ctx context.Context, t *table, address, pointAddress string) error {
	base := newAsking(pointAddress, "/point")
	l.atClose(base.close)
	contenders := []contender{{name: point, open: base.open}}
	for _, q := range questions {
		a := newAsking(address, q.path)
		l.atClose(a.close)
		contenders = append(contenders, contender{name: q.name, open: a.open})
	}
	laps, err := l.race(ctx, readers, contenders...)
	if err != nil {
		return err
	}
	t.compare(questions[0].name+", requests/s", laps[questions[0].name], laps[point], point, readingBar)
	t.figure(questions[1].name+", 25 a page, requests/s", rates(laps[questions[1].name])+", "+latencies(laps[questions[1].name]))
	for _, c := range contenders[1:] {
		var p50, p99 []float64
		for range l.run.Rounds {
			took, err := paced(ctx, c, readers, asksPerSecond, l.run.For)
			if err != nil {
				return err
			}
			p50, p99 = append(p50, float64(quantile(took, .5))), append(p99, float64(quantile(took, .99)))
		}
		t.atMost(fmt.Sprintf("%s at %d/s, p50", c.name, asksPerSecond), time.Duration(median(p50)), 0)
		t.atMost(fmt.Sprintf("%s at %d/s, p99", c.name, asksPerSecond), time.Duration(median(p99)), readingP99)
	}
	return nil
}

// paced lets clients do an operation so many times a second for a while, whether
// or not the ones before are done, and returns how long each took from when it
// was due, sorted.
func paced(ctx context.Context, c contender, clients, perSecond int, d time.Duration) ([]time.Duration, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	total := int64(max(1, int(d.Seconds()*float64(perSecond))))
	began, next := time.Now(), atomic.Int64{}
	took := make([][]time.Duration, clients)
	var group sync.WaitGroup
	for i := range clients {
		do, err := c.open(i)
		if err != nil {
			return nil, err
		}
		group.Go(func() {
			for n := next.Add(1) - 1; n < total && ctx.Err() == nil; n = next.Add(1) - 1 {
				due := began.Add(time.Duration(n) * time.Second / time.Duration(perSecond))
				err := pause(ctx, time.Until(due))
				if err == nil {
					err = do(ctx)
				}
				if err != nil {
					cancel(err)
					return
				}
				took[i] = append(took[i], time.Since(due))
			}
		})
	}
	group.Wait()
	all := slices.Concat(took...)
	slices.Sort(all)
	return all, context.Cause(ctx)
}

// asking is one question asked again and again, by each client over a connection
// of its own.
type asking struct {
	address string
	request []byte
	clients map[int]*wireClient
}

func newAsking(address, path string) *asking {
	return &asking{address: address, request: getRequest(address, posterToken, path), clients: map[int]*wireClient{}}
}

// open is [contender]'s.
func (a *asking) open(client int) (step, error) {
	c, ok := a.clients[client]
	if !ok {
		var err error
		if c, err = dialHTTP(a.address); err != nil {
			return nil, err
		}
		a.clients[client] = c
	}
	return func(context.Context) error { return c.send(a.request) }, nil
}

func (a *asking) close() {
	for _, c := range a.clients {
		_ = c.conn.Close()
	}
}
