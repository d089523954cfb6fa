package identity

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parley/adapters/sqlite"
	"parley/domain"
	"parley/domain/sqldb"
	"parley/projections/projectiontest"
)

var anna = Identity{Organization: "acme", Person: domain.User("anna")}

// onBothDatabases runs a test on a database of each kind.
func onBothDatabases(t *testing.T, test func(t *testing.T, db sqldb.DB)) {
	t.Helper()
	t.Parallel()
	projectiontest.Each(t, test)
}

// begun signs in a browser that shows the cookies, and returns its next request.
func begun(t *testing.T, s *Sessions, cookies ...*http.Cookie) (*http.Request, *http.Cookie) {
	t.Helper()
	w := httptest.NewRecorder()
	if err := s.begin(w, showing(cookies...), anna); err != nil {
		t.Fatal(err)
	}
	cookie := w.Result().Cookies()[0]
	return showing(cookie), cookie
}

func showing(cookies ...*http.Cookie) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return r
}

// isGood reports whether a session names anna; any other answer than a refusal
// fails the test.
func isGood(t *testing.T, s *Sessions, r *http.Request) bool {
	t.Helper()
	id, err := s.identify(r)
	if err != nil && domain.CodeOf(err) != domain.CodeUnauthenticated {
		t.Fatal(err)
	}
	return err == nil && id == anna
}

func TestSessions_begin_under_new_tokens_of_which_only_hashes_are_kept(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, db sqldb.DB) {
		s := NewSessions(SessionsConfig{DB: db, Secure: true, Idle: time.Hour, Lifetime: time.Hour})
		if isGood(t, s, showing(&http.Cookie{Name: "__Host-parley_session", Value: "made up"})) {
			t.Error("a made-up session is good")
		}
		planted := &http.Cookie{Name: "__Host-parley_session", Value: "planted"}
		first, cookie := begun(t, s, planted)
		if cookie.Value == planted.Value || isGood(t, s, showing(planted)) {
			t.Error("a planted token has become a session")
		}
		if !strings.HasPrefix(cookie.Name, "__Host-") || !cookie.Secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" {
			t.Errorf("the cookie is %v", cookie)
		}
		second, renewed := begun(t, s, cookie)
		if isGood(t, s, first) || !isGood(t, s, second) || renewed.Value == cookie.Value {
			t.Error("signing in again leaves the former session")
		}
		for row, err := range db.Query(t.Context(), "select token || data from ops.sessions") {
			var text string
			if err == nil {
				err = row.Scan(&text)
			}
			if err != nil || strings.Contains(text, renewed.Value) {
				t.Errorf("the row holds the token itself (%v)", err)
			}
		}
		if err := db.Drop(t.Context(), "ops"); err != nil {
			t.Fatal(err)
		}
		if isGood(t, s, second) {
			t.Error("a lost session is good")
		}
		if third, _ := begun(t, s); !isGood(t, s, third) {
			t.Error("nobody can sign in once the sessions were lost")
		}
	})
}

func TestSessions_end_unused_after_one_time_and_used_after_another(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, db sqldb.DB) {
		s := NewSessions(SessionsConfig{DB: db, Idle: time.Hour, Lifetime: 90 * time.Minute})
		r, cookie := begun(t, s)
		if left := expiry(t, db); left > time.Hour || left < 55*time.Minute {
			t.Errorf("unused it ends in %v, want an hour", left)
		}
		if cookie.MaxAge < 85*60 || cookie.MaxAge > 90*60+1 {
			t.Errorf("the cookie ends in %d s, want 90 minutes", cookie.MaxAge)
		}
		change(t, db, "update ops.sessions set expires_at = $1", time.Now().Add(time.Minute).UnixMicro())
		if !isGood(t, s, r) || expiry(t, db) > time.Minute {
			t.Error("a session that was written just now is written again")
		}
		used := touched(t, s, cookie, time.Now().Add(-10*time.Minute))
		if left := expiry(t, db); !isGood(t, s, used) || left < 55*time.Minute {
			t.Errorf("used after 10 minutes it ends in %v, want an hour", left)
		}
		s.library.IdleTimeout = 24 * time.Hour
		_ = touched(t, s, cookie, time.Now().Add(-20*time.Hour))
		if left := expiry(t, db); left > 90*time.Minute {
			t.Errorf("in use it ends in %v, want 90 minutes", left)
		}
		change(t, db, "update ops.sessions set expires_at = $1", time.Now().UnixMicro())
		if isGood(t, s, r) {
			t.Error("it is good after its end")
		}
		_, _ = begun(t, s)
		if n := count(t, db); n != 1 {
			t.Errorf("%d rows are kept for one session", n)
		}
	})
}

// A stream that asks again and again is no use of the session that opened it.
func TestSessions_are_not_kept_by_looking_again(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, db sqldb.DB) {
		s := NewSessions(SessionsConfig{DB: db, Idle: time.Hour, Lifetime: time.Hour})
		r, cookie := begun(t, s)
		ctx, err := s.library.Load(t.Context(), cookie.Value)
		if err != nil {
			t.Fatal(err)
		}
		s.library.Put(ctx, "seen", time.Now().Add(-30*time.Minute).UnixNano())
		if _, _, err := s.library.Commit(ctx); err != nil {
			t.Fatal(err)
		}
		change(t, db, "update ops.sessions set expires_at = $1", time.Now().Add(time.Minute).UnixMicro())
		if id, err := s.identifyAgain(r); err != nil || id.Person.ID == "" || expiry(t, db) > time.Minute {
			t.Errorf("again it is %v (%v), and ends in %v", id, err, expiry(t, db))
		}
		if !isGood(t, s, r) || expiry(t, db) < 50*time.Minute {
			t.Errorf("used it ends in %v", expiry(t, db))
		}
		change(t, db, "delete from ops.sessions")
		if _, err := s.identifyAgain(r); domain.CodeOf(err) != domain.CodeUnauthenticated {
			t.Errorf("ended it is %v", err)
		}
	})
}

// A request in flight while another signs out must not bring the session back.
func TestSessions_that_have_ended_never_come_back(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, db sqldb.DB) {
		s := NewSessions(SessionsConfig{DB: db, Idle: time.Hour, Lifetime: time.Hour})
		r, cookie := begun(t, s)
		ctx, err := s.library.Load(t.Context(), cookie.Value)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.end(httptest.NewRecorder(), r); err != nil {
			t.Fatal(err)
		}
		s.library.Put(ctx, "seen", int64(0))
		if err := s.touch(ctx); err != nil {
			t.Fatal(err)
		}
		if isGood(t, s, r) {
			t.Error("the session is back")
		}
	})
}

func TestSessions_are_kept_by_their_store_as_the_library_asks(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(sqlite.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	store := &sessionRows{db: db}
	if err := store.Commit("token", []byte{0, 255}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if data, found, err := store.Find("token"); err != nil || !found || string(data) != "\x00\xff" {
		t.Errorf("found %q, %t, %v", data, found, err)
	}
	if err := store.Delete("token"); err != nil {
		t.Fatal(err)
	}
	if _, found, err := store.Find("token"); found || err != nil {
		t.Errorf("found %t, %v what was deleted", found, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := store.FindCtx(ended, "token"); err == nil {
		t.Error("an ended context finds nothing and says nothing")
	}
}

// touched uses a session that was last written at a time.
func touched(t *testing.T, s *Sessions, cookie *http.Cookie, written time.Time) *http.Request {
	t.Helper()
	ctx, err := s.library.Load(t.Context(), cookie.Value)
	if err != nil {
		t.Fatal(err)
	}
	s.library.Put(ctx, "seen", written.UnixNano())
	if err := s.touch(ctx); err != nil {
		t.Fatal(err)
	}
	return showing(cookie)
}

// expiry returns how long the one session has left.
func expiry(t *testing.T, db sqldb.DB) time.Duration {
	t.Helper()
	return time.Until(time.UnixMicro(number(t, db, "select expires_at from ops.sessions")))
}

func count(t *testing.T, db sqldb.DB) int64 {
	t.Helper()
	return number(t, db, "select count(*) from ops.sessions")
}

func number(t *testing.T, db sqldb.DB, query string) (n int64) {
	t.Helper()
	for row, err := range db.Query(t.Context(), query) {
		if err == nil {
			err = row.Scan(&n)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return n
}

func change(t *testing.T, db sqldb.DB, sql string, args ...any) {
	t.Helper()
	if err := db.Write(t.Context(), "ops", []sqldb.Statement{{SQL: sql, Args: args}}); err != nil {
		t.Fatal(err)
	}
}
