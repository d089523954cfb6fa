package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// streamLimit is how long something may take to come on a busy machine.
const streamLimit = 30 * time.Second

// sse is one server-sent event, or a comment.
type sse struct {
	id, event, data, comment string
}

// stream is an open stream of server-sent events.
type stream struct {
	t      *testing.T
	reply  reply
	events chan sse
	close  context.CancelFunc
}

// stream opens a stream; headers are pairs. An answer of another kind is in its
// reply.
func (c caller) stream(path string, headers ...string) *stream {
	c.p.t.Helper()
	s, err := c.tryStream(path, headers...)
	if err != nil {
		c.p.t.Fatalf("GET %s: %v", path, err)
	}
	return s
}

func (c caller) tryStream(path string, headers ...string) (*stream, error) {
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.p.url+path, nil)
	if err != nil {
		cancel()
		return nil, err
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	req.Header.Set("Accept", "text/event-stream")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		cancel()
		return nil, err
	}
	s := &stream{t: c.p.t, reply: reply{t: c.p.t, status: resp.StatusCode, header: resp.Header}, events: make(chan sse, 1<<14), close: cancel}
	c.p.t.Cleanup(cancel)
	if resp.Header.Get("Content-Type") != "text/event-stream" {
		s.reply.body, err = io.ReadAll(resp.Body)
		resp.Body.Close()
		return s, err
	}
	go func() {
		defer resp.Body.Close()
		defer close(s.events)
		readEvents(resp.Body, s.events)
	}()
	return s, nil
}

func readEvents(from io.Reader, to chan<- sse) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 4<<20)
	var e sse
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case lines.Text() == "":
			to <- e
			e = sse{}
		case field == "":
			e.comment = value
		case field == "id":
			e.id = value
		case field == "event":
			e.event = value
		case field == "data":
			e.data = value
		}
	}
}

// next returns the next event and passes over comments.
func (s *stream) next() sse {
	s.t.Helper()
	deadline := time.After(streamLimit)
	for {
		select {
		case e, ok := <-s.events:
			if !ok {
				s.t.Fatal("the stream has ended")
			}
			if e.comment == "" {
				return e
			}
		case <-deadline:
			s.t.Fatal("nothing comes")
		}
	}
}

// awaitEnd fails the test unless the stream ends.
func (s *stream) awaitEnd() {
	s.t.Helper()
	deadline := time.After(streamLimit)
	for {
		select {
		case _, ok := <-s.events:
			if !ok {
				return
			}
		case <-deadline:
			s.t.Error("the stream does not end")
			return
		}
	}
}

// hint is what a live stream says.
type hint struct {
	Event    string `json:"-"`
	ID       string `json:"id"`
	Type     string `json:"type"`
	Position uint64 `json:"position"`
}

// nextHint returns the next hint, whose id must be its position.
func (s *stream) nextHint() hint {
	s.t.Helper()
	e := s.next()
	h := hint{Event: e.event}
	if err := json.Unmarshal([]byte(e.data), &h); err != nil {
		s.t.Fatalf("read hint %+v: %v", e, err)
	}
	if e.id != strconv.FormatUint(h.Position, 10) {
		s.t.Fatalf("the id and the position of %+v differ", e)
	}
	return h
}

// until reads to the next hint of a kind and id, and returns it with what came
// before.
func (s *stream) until(event, id string) (before []hint, found hint) {
	s.t.Helper()
	for {
		h := s.nextHint()
		if h.Event == event && h.ID == id {
			return before, h
		}
		before = append(before, h)
	}
}
