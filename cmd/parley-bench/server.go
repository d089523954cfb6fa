package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// Who posts, and who watches.
const (
	posterToken  = "demo:user:user"
	watcherToken = "demo:customer_user:buyer"
)

// pollEvery is how often a server is asked how far it is.
const pollEvery = 200 * time.Millisecond

// server is a running Parley with conversations in it.
type server struct {
	address       string
	pid           int
	stop          func() // ends it before the lab does
	conversations []string
	ready         time.Duration // from its start; a poll may come later by its pause
}

// startParley starts the program on a folder of its own and fills it.
func (l *lab) startParley(ctx context.Context, name string, settings ...string) (*server, error) {
	s, err := l.runParley(ctx, name, settings...)
	if err != nil {
		return nil, err
	}
	return s, s.fill(ctx, l.run.Conversations)
}

// runParley starts the program on a folder of the lab as it is, and waits until it
// is ready.
func (l *lab) runParley(ctx context.Context, name string, settings ...string) (*server, error) {
	dir, err := l.folder(name)
	if err != nil {
		return nil, err
	}
	args := append([]string{"serve", "--demo", "--listen", "127.0.0.1:0", "--data", dir}, settings...)
	cmd := exec.Command(l.parley, args...)
	// Its log goes where an operator's would: to a file, a line per request.
	log, err := os.Create(filepath.Join(l.dir, name+".log"))
	if err != nil {
		return nil, err
	}
	l.atClose(func() { _ = log.Close() })
	cmd.Stderr = log
	s, began := &server{}, time.Now()
	if s.address, s.stop, err = l.launch(cmd); err != nil {
		return nil, err
	}
	s.pid = cmd.Process.Pid
	err = s.awaitReady(ctx, time.Minute+time.Duration(l.run.Messages+l.run.Growth)*time.Millisecond)
	s.ready = time.Since(began)
	return s, err
}

// awaitReady waits until the server answers, its read models filled.
func (s *server) awaitReady(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		if _, err := s.readModels(ctx); err == nil {
			return nil
		}
		if err := pause(ctx, pollEvery); err != nil {
			return fmt.Errorf("wait for the server: %w", err)
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// fill starts the conversations.
func (s *server) fill(ctx context.Context, n int) error {
	s.conversations = make([]string, n)
	var group errgroup.Group
	group.SetLimit(16)
	for i := range s.conversations {
		group.Go(func() error {
			body := fmt.Appendf(nil, `{"name":"Conversation %d","customer_user":"buyer","source":{"type":"order","id":"1001"}}`, i)
			resp, err := s.call(ctx, http.MethodPost, "/v1/conversations", body)
			if err != nil {
				return err
			}
			defer resp.Body.Close()
			s.conversations[i] = strings.TrimPrefix(resp.Header.Get("Location"), "/v1/conversations/")
			if resp.StatusCode != http.StatusCreated {
				return fmt.Errorf("start a conversation: the server answered %s", resp.Status)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return s.caughtUp(ctx)
}

// call sends a request as the poster; headers are pairs.
func (s *server) call(ctx context.Context, method, path string, body []byte, headers ...string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+s.address+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+posterToken)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return http.DefaultClient.Do(req)
}

// readModel is what the server says of one.
type readModel struct {
	Name       string  `json:"name"`
	Lag        int     `json:"lag"`
	LagSeconds float64 `json:"lag_seconds"`
}

// readModels returns them all, or an error while the server is not ready.
func (s *server) readModels(ctx context.Context) ([]readModel, error) {
	resp, err := s.call(ctx, http.MethodGet, "/readyz", nil)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var state struct {
		Projections []readModel `json:"projections"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&state); err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answered %s", resp.Status)
	}
	return state.Projections, nil
}

// lag returns how far the last read model is behind, in time and in events.
func (s *server) lag(ctx context.Context) (worst time.Duration, events int, err error) {
	all, err := s.readModels(ctx)
	for _, m := range all {
		worst = max(worst, time.Duration(m.LagSeconds*float64(time.Second)))
		events = max(events, m.Lag)
	}
	return worst, events, err
}

// caughtUp waits until every read model has taken in everything.
func (s *server) caughtUp(ctx context.Context) error {
	for {
		_, events, err := s.lag(ctx)
		if err != nil || events == 0 {
			return err
		}
		if err := pause(ctx, pollEvery); err != nil {
			return err
		}
	}
}
