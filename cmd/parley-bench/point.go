package main

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"

	"github.com/jackc/pgx/v5/pgxpool"
)

// pointRows is how many rows the table of POINT has.
const pointRows = 100_000

// createPoints makes the table of POINT.
func (d *database) createPoints(ctx context.Context) error {
	conn, err := d.connect(ctx, 0)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "create table points (id bigint primary key, unread bigint not null)")
	if err != nil {
		return err
	}
	if _, err = conn.Exec(ctx, "insert into points select n, n from generate_series(1, $1::bigint) n", pointRows); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "vacuum analyze points")
	return err
}

// createDatabase makes another database on the server and returns its address.
func (d *database) createDatabase(ctx context.Context, name string) (string, error) {
	conn, err := d.connect(ctx, 0)
	if err != nil {
		return "", err
	}
	_, err = conn.Exec(ctx, "create database "+name)
	return d.url(name), err
}

// analyze tells the planner what a database holds.
func (d *database) analyze(ctx context.Context, name string) error {
	pool, err := pgxpool.New(ctx, d.url(name))
	if err != nil {
		return err
	}
	defer pool.Close()
	_, err = pool.Exec(ctx, "vacuum analyze")
	return err
}

// pointCommand is the baseline POINT: each request is answered from one row,
// found by its primary key. It knows nobody and refuses nothing.
type pointCommand struct {
	URL string `arg:""`
}

// Run implements the command.
func (c pointCommand) Run(ctx context.Context) error {
	pool, err := pgxpool.New(ctx, c.URL+"&pool_max_conns="+strconv.Itoa(readers))
	if err != nil {
		return err
	}
	defer pool.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /point", func(w http.ResponseWriter, r *http.Request) {
		if err := answerPoint(pool, w, r); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	return serveChild(ctx, func(l net.Listener) error { return http.Serve(l, mux) })
}

func answerPoint(pool *pgxpool.Pool, w http.ResponseWriter, r *http.Request) error {
	var unread int64
	err := pool.QueryRow(r.Context(), "select unread from points where id = $1", 1+rand.Int64N(pointRows)).Scan(&unread)
	if err != nil {
		return err
	}
	answer, err := json.Marshal(map[string]int64{"count": unread})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
	_, err = w.Write(answer)
	return err
}
