package live_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"parley/domain/directory"
	"parley/domain/eventlog"
)

// limit is how long anything may take on a busy machine.
const limit = 30 * time.Second

// frame is one event of a stream, or a comment.
type frame struct {
	Event   string
	ID      string
	Comment string
	Data    struct {
		ID       string `json:"id"`
		Type     string `json:"type"`
		Position uint64 `json:"position"`
	}
}

// screen is a client that reads a stream.
type screen struct {
	t      *rig
	status int
	body   string // of a refusal
	frames chan frame
	close  context.CancelFunc
}

// open connects somebody; last is a Last-Event-ID, "" for none. What comes first
// on a stream is read and returned as its place.
func (r *rig) open(person, last string) (*screen, eventlog.Position) {
	r.Helper()
	s := r.connect(person, "acme", last)
	if s.status != http.StatusOK {
		r.Fatalf("refused with %d: %s", s.status, s.body)
	}
	first := s.next()
	if first.Event != "ready" || first.ID != strconv.FormatUint(first.Data.Position, 10) {
		r.Fatalf("the stream begins with %+v", first)
	}
	return s, eventlog.Position(first.Data.Position)
}

func (r *rig) connect(person, organization, last string) *screen {
	r.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.server.URL, nil)
	if err != nil {
		r.Fatal(err)
	}
	req.Header.Set("Person", person)
	req.Header.Set("Organization", organization)
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := r.server.Client().Do(req)
	if err != nil {
		r.Fatalf("connect: %v", err)
	}
	s := &screen{t: r, status: resp.StatusCode, frames: make(chan frame, 1<<16), close: cancel}
	r.Cleanup(cancel)
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(resp.Body)
		s.body = strings.TrimSpace(string(text))
		resp.Body.Close()
		return s
	}
	go func() {
		defer resp.Body.Close()
		defer close(s.frames)
		readFrames(resp.Body, s.frames)
	}()
	return s
}

func readFrames(from io.Reader, to chan<- frame) {
	var f frame
	for lines := bufio.NewScanner(from); lines.Scan(); {
		field, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case lines.Text() == "":
			to <- f
			f = frame{}
		case field == "":
			f.Comment = value
		case field == "id":
			f.ID = value
		case field == "event":
			f.Event = value
		case field == "data":
			_ = json.Unmarshal([]byte(value), &f.Data)
		}
	}
}

// next returns the next frame, comments included.
func (s *screen) next() frame {
	s.t.Helper()
	select {
	case f, ok := <-s.frames:
		if !ok {
			s.t.Fatal("the stream has ended")
		}
		return f
	case <-time.After(limit):
		s.t.Fatal("nothing comes")
	}
	return frame{}
}

// told returns what the stream has to say by now, as "event id" or "event type
// id", and checks that ids and positions agree and never go back.
func (s *screen) told() (said []string) {
	s.t.Helper()
	end := s.t.mark()
	last := eventlog.Start
	for last < end {
		f := s.next()
		if f.Comment != "" {
			continue
		}
		at := eventlog.Position(f.Data.Position)
		if f.ID != strconv.FormatUint(f.Data.Position, 10) || at < last {
			s.t.Fatalf("after %d came %+v", last, f)
		}
		last = at
		if f.Data.Type != markType {
			said = append(said, strings.Join(strings.Fields(f.Event+" "+f.Data.Type+" "+f.Data.ID), " "))
		}
	}
	return said
}

// markType is of records that everybody may view. Their hints mark how far a
// stream is.
const markType = "mark"

// mark appends a mark.
func (r *rig) mark() eventlog.Position {
	r.Helper()
	return r.mirror(directory.RecordMirrored{Organization: "acme", Type: markType, ID: "x"})
}

// awaitEnd fails the test unless the stream ends.
func (s *screen) awaitEnd() { s.ends() }

// endsWith fails the test unless the stream ends, and its last frame is that; ""
// is none.
func (s *screen) endsWith(event string) {
	s.t.Helper()
	if last := s.ends(); last.Event != event {
		s.t.Errorf("the last said is %+v, want %q", last, event)
	}
}

// ends reads the stream to its end and returns its last frame.
func (s *screen) ends() (last frame) {
	s.t.Helper()
	deadline := time.After(limit)
	for {
		select {
		case f, ok := <-s.frames:
			if !ok {
				return last
			}
			last = f
		case <-deadline:
			s.t.Fatal("the stream does not end")
		}
	}
}
