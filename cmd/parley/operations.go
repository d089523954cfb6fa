package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// The operator's routes for the embedded event store, on the folder's socket
// alone.
const (
	verifyRoute   = "/operator/verify"
	backupRoute   = "/operator/backup" // query: to, an absolute folder
	scavengeRoute = "/operator/scavenge"
)

// news is one line of the answer to an operation under way: how far it is, or, in
// the last, what came of it or why it failed.
type news struct {
	Done   uint64          `json:"done,omitempty"`
	Total  uint64          `json:"total,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
	Error  string          `json:"error,omitempty"`
}

// operation does something to the event store and tells how far it is.
type operation func(ctx context.Context, r *http.Request, tell func(done, total uint64)) (result any, err error)

// operations returns the routes of a node, which may be nil; all others go to the
// next handler.
func operations(node *eventnode.Node, next http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", next)
	for route, do := range map[string]operation{
		verifyRoute: func(ctx context.Context, _ *http.Request, tell func(done, total uint64)) (any, error) {
			return node.Verify(ctx, inPositions(tell))
		},
		backupRoute: func(ctx context.Context, r *http.Request, tell func(done, total uint64)) (any, error) {
			to := r.URL.Query().Get("to")
			if !filepath.IsAbs(to) {
				return nil, errors.New("the folder has to be absolute")
			}
			return node.Backup(ctx, to, inPositions(tell))
		},
		scavengeRoute: func(ctx context.Context, _ *http.Request, tell func(done, total uint64)) (any, error) {
			return node.Scavenge(ctx, func(s eventnode.Scavenged) { tell(uint64(s.Events), 0) })
		},
	} {
		mux.HandleFunc("POST "+route, func(w http.ResponseWriter, r *http.Request) {
			if node == nil {
				http.Error(w, notForServers(path.Base(route)).Error(), http.StatusConflict)
				return
			}
			do.serve(w, r)
		})
	}
	return mux
}

func inPositions(tell func(done, total uint64)) eventnode.Progress {
	return func(done, total eventlog.Position) { tell(uint64(done), uint64(total)) }
}

// serve carries the operation out and answers line by line. It ends with the
// request.
func (do operation) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	answer, flusher, shown := json.NewEncoder(w), http.NewResponseController(w), time.Time{}
	result, err := do(r.Context(), r, func(done, total uint64) {
		if time.Since(shown) < progressBeat {
			return
		}
		shown = time.Now()
		_ = answer.Encode(news{Done: done, Total: total})
		_ = flusher.Flush()
	})
	last := news{}
	if last.Result, _ = json.Marshal(result); err != nil {
		last = news{Error: err.Error()}
	}
	_ = answer.Encode(last)
}

// operate asks the server for an operation, shows how far it is and reads what
// came of it.
func (s server) operate(ctx context.Context, path string, bar *progress, result any) error {
	defer bar.end()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+path, nil)
	if err != nil {
		return err
	}
	resp, err := s.do(req)
	if err != nil {
		return fmt.Errorf("ask the server: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the server refused: %s", firstLine(resp.Body))
	}
	for answers := json.NewDecoder(resp.Body); ; {
		var n news
		if err := answers.Decode(&n); err != nil {
			return fmt.Errorf("the server broke off before the end: %w", err)
		}
		switch {
		case n.Error != "":
			return errors.New(n.Error)
		case n.Result != nil:
			return json.Unmarshal(n.Result, result)
		}
		bar.at(int64(n.Done), int64(n.Total))
	}
}

// serveOperations opens a node's routes on the socket of its folder until the
// group's context ends.
func serveOperations(ctx context.Context, group *errgroup.Group, node *eventnode.Node, dir string) error {
	socket, err := listenForOperator(dir)
	if err != nil {
		return err
	}
	server := newHTTPServer(operations(node, http.NotFoundHandler()))
	group.Go(func() error { return ignoreClosed(server.Serve(socket)) })
	group.Go(func() error {
		<-ctx.Done()
		return server.Close()
	})
	return nil
}
