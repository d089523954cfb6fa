package identity

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"parley/domain/ops"
	"parley/domain/sqldb"
)

const (
	findSession   = `select data from ops.sessions where token = $1 and expires_at > $2`
	writeSession  = `insert into ops.sessions (token, data, expires_at) values ($1, $2, $3) on conflict (token) do update set data = excluded.data, expires_at = excluded.expires_at`
	keepSession   = `update ops.sessions set data = $2, expires_at = $3 where token = $1`
	deleteSession = `delete from ops.sessions where token = $1`
	forgetExpired = `delete from ops.sessions where expires_at <= $1`
)

// existing marks the context of a write that must not make a row.
type existing struct{}

// sessionRows are sessions as rows. It implements the library's store.
type sessionRows struct {
	db       sqldb.DB
	prepared atomic.Bool
}

// prepare makes the schema on first use.
func (s *sessionRows) prepare(ctx context.Context) error {
	if s.prepared.Load() {
		return nil
	}
	if err := ops.Prepare(ctx, s.db); err != nil {
		return err
	}
	s.prepared.Store(true)
	return nil
}

// FindCtx implements scs.CtxStore.
func (s *sessionRows) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	if err := s.prepare(ctx); err != nil {
		return nil, false, err
	}
	for row, err := range s.db.Query(ctx, findSession, token, time.Now().UnixMicro()) {
		if errors.Is(err, sqldb.ErrNoSchema) {
			return nil, false, nil // whatever was there is lost
		}
		var text string
		if err == nil {
			err = row.Scan(&text)
		}
		if err == nil {
			data, err = base64.StdEncoding.DecodeString(text)
		}
		if err != nil {
			return nil, false, fmt.Errorf("find session: %w", err)
		}
		return data, true, nil
	}
	return nil, false, nil
}

// CommitCtx implements scs.CtxStore. It also forgets what has expired.
func (s *sessionRows) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	write := writeSession
	if ctx.Value(existing{}) != nil {
		write = keepSession
	}
	return s.write(ctx,
		sqldb.Statement{SQL: forgetExpired, Args: []any{time.Now().UnixMicro()}},
		sqldb.Statement{SQL: write, Args: []any{token, base64.StdEncoding.EncodeToString(data), expiry.UnixMicro()}},
	)
}

// DeleteCtx implements scs.CtxStore.
func (s *sessionRows) DeleteCtx(ctx context.Context, token string) error {
	return s.write(ctx, sqldb.Statement{SQL: deleteSession, Args: []any{token}})
}

// write makes the schema again if somebody has dropped it.
func (s *sessionRows) write(ctx context.Context, batch ...sqldb.Statement) error {
	if err := s.prepare(ctx); err != nil {
		return err
	}
	err := s.db.Write(ctx, ops.Schema, batch)
	if errors.Is(err, sqldb.ErrNoSchema) {
		s.prepared.Store(false)
		if err := s.prepare(ctx); err != nil {
			return err
		}
		err = s.db.Write(ctx, ops.Schema, batch)
	}
	if err != nil {
		return fmt.Errorf("write session: %w", err)
	}
	return nil
}

// Find implements scs.Store.
func (s *sessionRows) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit implements scs.Store.
func (s *sessionRows) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete implements scs.Store.
func (s *sessionRows) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
