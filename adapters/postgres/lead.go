package postgres

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/domain/sqldb"
)

const (
	// leaseSilence is the time in milliseconds after which the server takes
	// leadership from a session that says nothing.
	leaseSilence = "3000"
	// leasePing is the time between two pings of a leader, and the longest
	// between two tries of a candidate.
	leasePing = time.Second
	// leaseAnswer bounds the wait for each answer on a leadership's session.
	leaseAnswer = 2 * time.Second
)

var errClosed = errors.New("database is closed")

// Lead campaigns until it leads, also while the server is down, or until the
// context ends.
func (db *DB) Lead(ctx context.Context, name string) (sqldb.Lease, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(db.closing, cancel)()
	for {
		conn := db.candidate(ctx, name)
		if conn != nil {
			return db.lease(conn, name), nil
		}
		if !pause(ctx, leasePing/4+rand.N(leasePing/2)) {
			return nil, fmt.Errorf("lead %s: %w", name, db.ended(ctx))
		}
	}
}

// ended says whose end stopped a campaign.
func (db *DB) ended(ctx context.Context) error {
	if db.closing.Err() != nil {
		return errClosed
	}
	return ctx.Err()
}

// candidate connects and tries for the lock until it has it. It returns nil
// when the session broke or the context ended.
func (db *DB) candidate(ctx context.Context, name string) *pgx.Conn {
	conn, err := pgx.ConnectConfig(ctx, db.session.Copy())
	if err != nil {
		db.config.Logger.DebugContext(ctx, "cannot campaign for leadership", "name", name, "error", err)
		return nil
	}
	for {
		won, err := try(ctx, conn, name)
		if won {
			return conn
		}
		if err != nil || !pause(ctx, leasePing/4+rand.N(leasePing/2)) {
			hangUp(conn)
			return nil
		}
	}
}

func try(ctx context.Context, conn *pgx.Conn, name string) (won bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, leaseAnswer)
	defer cancel()
	hash := fnv.New64a()
	_, _ = hash.Write([]byte("parley leadership " + name))
	err = conn.QueryRow(ctx, "select pg_try_advisory_lock($1)", int64(hash.Sum64())).Scan(&won)
	return won, err
}

// lease is a held leadership: a session and the goroutine that keeps it alive.
type lease struct {
	lost    chan struct{}
	release context.CancelFunc
	ended   chan struct{}
}

func (db *DB) lease(conn *pgx.Conn, name string) *lease {
	ctx, cancel := context.WithCancel(context.Background())
	held := &lease{lost: make(chan struct{}), release: cancel, ended: make(chan struct{})}
	db.leases.Go(func() {
		defer close(held.ended)
		defer hangUp(conn)
		if err := db.keep(ctx, conn); err != nil {
			db.config.Logger.WarnContext(ctx, "leadership lost", "name", name, "error", err)
			close(held.lost)
		}
	})
	return held
}

// keep pings until Release, for which it returns nil, or until the session or
// the DB ends.
func (db *DB) keep(ctx context.Context, conn *pgx.Conn) error {
	tick := time.NewTicker(leasePing)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-db.closing.Done():
			return errClosed
		case <-tick.C:
			if err := ping(conn); err != nil {
				return err
			}
		}
	}
}

func ping(conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(context.Background(), leaseAnswer)
	defer cancel()
	return conn.Ping(ctx)
}

// Lost is closed when the session broke or the DB was closed.
func (l *lease) Lost() <-chan struct{} { return l.lost }

// Release frees the lock at once by ending the session, and waits for that.
func (l *lease) Release() {
	l.release()
	<-l.ended
}

// hangUp ends a session; the server then frees its lock.
func hangUp(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), leaseAnswer)
	defer cancel()
	_ = conn.Close(ctx)
}
