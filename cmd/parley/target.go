package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// target is the server that an operator's command works on: the one named, the
// one that holds the data folder, or one started for the command alone.
type target struct {
	stores
	Server string `help:"Address of a running server; needs --token." placeholder:"http://HOST:8080"`
	Token  string `help:"Bearer token of an administrator there." placeholder:"TOKEN"`
}

// with calls use with the server.
func (t target) with(ctx context.Context, std stdio, use func(server) error) error {
	if t.Server != "" {
		u, err := url.Parse(t.Server)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return usagef("--server must be an address such as http://localhost:8080")
		}
		if t.Token == "" {
			return usagef("--server needs --token: the token of an administrator there")
		}
		return use(server{client: &http.Client{}, url: strings.TrimSuffix(t.Server, "/"), token: t.Token})
	}
	if err := t.check(); err != nil {
		return err
	}
	f, err := holdFolder(t.Data)
	if errors.Is(err, errFolderInUse) {
		return use(operatorOf(t.Data))
	}
	if err != nil {
		return err
	}
	return withOwnServer(ctx, std, t.stores, f, use)
}

// readModelStates is what the server says of its read models.
type readModelStates struct {
	Items []struct {
		Name     string `json:"name"`
		State    string `json:"state"`
		Problem  string `json:"problem"`
		Position uint64 `json:"position"`
		Rebuild  *struct {
			Position uint64 `json:"position"`
			Target   uint64 `json:"target"`
		} `json:"rebuild"`
	} `json:"items"`
}

// passed reports whether every read model has passed the position.
func (s readModelStates) passed(position uint64) bool {
	for _, p := range s.Items {
		if p.Position < position {
			return false
		}
	}
	return len(s.Items) > 0
}

func (s server) readModels(ctx context.Context) (all readModelStates, err error) {
	err = s.call(ctx, http.MethodGet, "/v1/admin/projections", &all)
	return all, err
}

// call sends a request without body and reads the answer into a value; a
// server that is not ready is asked again.
func (s server) call(ctx context.Context, method, path string, into any) error {
	for {
		req, err := http.NewRequestWithContext(ctx, method, s.url+path, nil)
		if err != nil {
			return usagef("--server: %v", err)
		}
		resp, err := s.do(req)
		if err != nil {
			return fmt.Errorf("ask the server: %w", err)
		}
		done, err := readAnswer(resp, into)
		if done || err != nil {
			return err
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

// readAnswer is not done when the server asks to try again.
func readAnswer(resp *http.Response, into any) (done bool, err error) {
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusServiceUnavailable {
		return false, nil
	}
	if resp.StatusCode >= http.StatusBadRequest {
		var problem struct {
			Detail string `json:"detail"`
		}
		if json.NewDecoder(resp.Body).Decode(&problem) != nil || problem.Detail == "" {
			problem.Detail = resp.Status
		}
		return true, fmt.Errorf("the server refused: %s", problem.Detail)
	}
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		return true, fmt.Errorf("read the server's answer: %w", err)
	}
	return true, nil
}

// askPause is how long to wait before a server is asked again.
const askPause = 100 * time.Millisecond

func pause(ctx context.Context) error {
	timer := time.NewTimer(askPause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
