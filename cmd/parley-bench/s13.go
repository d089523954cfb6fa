package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// Bars of S13: a question, the start, and the first read behind it.
const (
	askedBar     = 20 * time.Millisecond
	readyBar     = time.Second
	firstReadBar = 100 * time.Millisecond
)

// sharedStride is how the node's positions are spaced, as on a real server.
const sharedStride = 977

// askedTimes is how often each is asked; the slowest but for one in a hundred counts.
const askedTimes = 300

// administratorToken is of who may ask all that is asked.
const administratorToken = "demo:user:admin"

// asked are what people and monitoring ask all the time; the feed's end follows the
// last.
var asked = []string{"/readyz", "/v1/admin/projections", "/metrics", "/v1/events?wait=0&after="}

// costOfSharing measures S13: a store that holds many events of others before,
// between and behind Parley's few.
func (l *lab) costOfSharing(ctx context.Context) ([]table, error) {
	var tables []table
	for _, wired := range []bool{false, true} {
		s := &commons{lab: l, wired: wired, name: "shared embedded"}
		if wired {
			s.name = "shared over the wire"
		}
		t, err := s.measure(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// commons is a store that others write to, and a server on it.
type commons struct {
	lab    *lab
	wired  bool
	name   string
	stream string // of the others
	last   eventlog.Revision
}

func (s *commons) measure(ctx context.Context) (t table, err error) {
	s.stream, s.last = "shop-"+uuid.NewString(), eventlog.NoStream
	for range 2 {
		if err := s.others(ctx); err != nil {
			return t, err
		}
		if err := s.own(ctx); err != nil {
			return t, err
		}
	}
	if err := s.others(ctx); err != nil {
		return t, err
	}
	t = table{
		title: "S13 · a store that is shared, " + strings.TrimPrefix(s.name, "shared "),
		note: fmt.Sprintf("%d events of others before, between and behind two times 500 conversations' events; each question asked %d times by one client, the 99th of a hundred; then starts with kept read models until `/readyz` is 200, and the first list, in each of %d starts the slowest.",
			s.lab.run.Others, askedTimes, s.lab.run.Rounds),
	}
	var ready, first []time.Duration
	for range s.lab.run.Rounds {
		toReady, toRead, err := s.start(ctx)
		if err != nil {
			return t, err
		}
		ready, first = append(ready, toReady), append(first, toRead)
	}
	t.atMost("start until ready", slices.Max(ready), readyBar)
	t.atMost("the first list after it", slices.Max(first), firstReadBar)
	return t, s.ask(ctx, &t)
}

// others lets others write to the store while nobody serves it.
func (s *commons) others(ctx context.Context) error {
	dir, err := s.lab.folder(s.name)
	if err != nil {
		return err
	}
	config := eventnode.Config{Dir: filepath.Join(dir, "events"), ScrubBytesPerSecond: -1}
	if s.wired {
		config.Stride = sharedStride
	}
	node, err := eventnode.Open(config)
	if err != nil {
		return err
	}
	events := make([]eventlog.NewEvent, 500)
	for written := 0; written < s.lab.run.Others; written += len(events) {
		for i := range events {
			events[i] = eventlog.NewEvent{ID: uuid.New(), Type: "ordered", Data: messageBody()}
		}
		done, err := node.Append(ctx, s.stream, s.last, events)
		if err != nil {
			return err
		}
		s.last = done.Revision
	}
	return node.Close()
}

// serve starts the server, and the node for it where it goes over the wire.
func (s *commons) serve(ctx context.Context) (*server, func(), error) {
	if !s.wired {
		p, err := s.lab.runParley(ctx, s.name)
		if err != nil {
			return nil, nil, err
		}
		return p, p.stop, nil
	}
	dir, err := s.lab.folder(s.name)
	if err != nil {
		return nil, nil, err
	}
	node := exec.Command(s.lab.parley, "node", "--data", dir, "--listen", "127.0.0.1:0", "--writable", "--log-level", "error")
	address, stop, err := s.lab.launch(node)
	if err != nil {
		return nil, nil, err
	}
	p, err := s.lab.runParley(ctx, s.name+", server", "--eventstore", "esdb://"+address+"?tls=false")
	if err != nil {
		return nil, nil, err
	}
	return p, func() { p.stop(); stop() }, nil
}

// own writes Parley's own events.
func (s *commons) own(ctx context.Context) error {
	p, stop, err := s.serve(ctx)
	if err != nil {
		return err
	}
	defer stop()
	return p.fill(ctx, 500)
}

// start starts the server anew and returns how long it took to be ready, by its own
// word, and how long the first list took then.
func (s *commons) start(ctx context.Context) (ready, first time.Duration, err error) {
	p, stop, err := s.serve(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer stop()
	began := time.Now()
	_, err = p.get(ctx, "/v1/conversations")
	return p.ready, time.Since(began), err
}

// ask asks each question and adds the 99th of a hundred answers.
func (s *commons) ask(ctx context.Context, t *table) error {
	p, stop, err := s.serve(ctx)
	if err != nil {
		return err
	}
	defer stop()
	head, err := p.get(ctx, "/v1/events?wait=0")
	if err != nil {
		return err
	}
	for _, path := range asked {
		at := path
		if strings.HasSuffix(path, "=") {
			at += head.Get("Parley-Head")
		}
		took := make([]time.Duration, askedTimes)
		for i := range took {
			began := time.Now()
			if _, err := p.get(ctx, at); err != nil {
				return err
			}
			took[i] = time.Since(began)
		}
		slices.Sort(took)
		t.atMost("`"+path+"`, 99th of a hundred", took[askedTimes*99/100], askedBar)
	}
	return nil
}

// get asks as an administrator and reads the whole answer.
func (s *server) get(ctx context.Context, path string) (http.Header, error) {
	resp, err := s.call(ctx, http.MethodGet, path, nil, "Authorization", "Bearer "+administratorToken)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: the server answered %s", path, resp.Status)
	}
	return resp.Header, nil
}
