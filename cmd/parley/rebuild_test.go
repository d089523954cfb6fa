package main_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/adaptertest/smtptest"
	"parley/domain/sqldb"
)

// rebuildEach rebuilds every read model that the server names and fails the test
// unless the command says this of each.
func rebuildEach(t *testing.T, p *program, says string) {
	t.Helper()
	models := p.as("user:admin").get("/v1/admin/projections").want(http.StatusOK).items()
	if len(models) != len(readModels) {
		t.Errorf("the server has %d read models, the test knows %d", len(models), len(readModels))
	}
	for _, m := range models {
		name := m["name"].(string)
		code, stdout, stderr := runProgram(t, nil, "rebuild", name, "--server", p.url, "--token", "demo:user:admin")
		if code != 0 || !strings.HasPrefix(stdout, name+" rebuilt at position ") || !strings.Contains(stdout, says) {
			t.Errorf("rebuild %s: code %d, said %q %q", name, code, stdout, stderr)
		}
	}
}

// lively makes a history of all kinds on a server that also sends mail, and
// waits until the mail is out.
func lively(t *testing.T, p *program, mails *smtptest.Server) {
	t.Helper()
	buyer, user, admin := p.as("customer_user:buyer"), p.as("user:user"), p.as("user:admin")
	for range 3 {
		started := buyer.post("/v1/conversations", map[string]any{
			"source": map[string]string{"type": "order", "id": "1001"}, "message": map[string]string{"body": "Hello?"},
		}, "Idempotency-Key", "k").want(http.StatusCreated)
		at := "/v1/conversations/" + started.object()["id"].(string)
		user.post(at+"/messages", map[string]any{"body": "Hello!"}, "Idempotency-Key", "m").want(http.StatusCreated)
	}
	started := user.post("/v1/conversations", map[string]any{"name": "x", "customer_user": "other-buyer"}).want(http.StatusCreated)
	at := "/v1/conversations/" + started.object()["id"].(string)
	user.post(at+"/messages", map[string]any{"body": "a note", "internal": true}).want(http.StatusCreated)
	user.send(http.MethodPut, at+"/contexts/order/1003", nil).want(http.StatusNoContent)
	user.send(http.MethodDelete, at+"/contexts/user/user", nil).want(http.StatusNoContent)
	user.post(at+"/messages", map[string]any{"body": "for another", "from": map[string]string{"kind": "user", "id": "manager"}}).want(http.StatusCreated)
	p.as("user:manager").post(at+"/read", map[string]int{"up_to": 2}).want(http.StatusNoContent)
	admin.send(http.MethodPatch, at, map[string]any{"name": "y", "owner": "admin"}).want(http.StatusOK)
	admin.send(http.MethodDelete, "/v1/records/order/1003", nil).want(http.StatusNoContent)
	admin.post(at+"/close", nil).want(http.StatusOK)
	mails.Wait(t, 3, startLimit)
	p.settled()
}

// settled waits until every delivery has its outcome and every read model has
// seen it.
func (p *program) settled() {
	p.t.Helper()
	admin, seen := p.as("user:admin"), uint64(0)
	eventually(p.t, startLimit, "the server comes to rest", func() bool {
		events, next := admin.feed(url.Values{"wait": {"0"}, "after": {strconv.FormatUint(seen, 10)}})
		rested := len(events) == 0 && next == seen && admin.atRest()
		seen = next
		return rested
	})
}

// atRest reports whether no event waits for a read model, and each has passed all
// that was answered. Others may write to the store without pause, so the end of its
// log is no place to come to.
func (c caller) atRest() bool {
	c.p.t.Helper()
	for _, m := range c.get("/v1/admin/projections").want(http.StatusOK).items() {
		if m["lag_seconds"].(float64) != 0 || uint64(m["position"].(float64)) < c.p.latest.Load() {
			return false
		}
	}
	return true
}

func TestServe_makes_deleted_read_models_anew_and_sends_nothing(t *testing.T) {
	onStoresOfTheirOwn(t, func(t *testing.T, stores []string) {
		mails := smtptest.Start(t, nil)
		p := serve(t, stores, "--smtp", mails.URL())
		lively(t, p, mails)
		p.terminate()
		before, sent := rowsOf(t, stores), len(mails.Accepted())
		dropReadModels(t, stores)
		p.start()
		p.settled()
		p.terminate()
		if diff := cmp.Diff(before, rowsOf(t, stores)); diff != "" {
			t.Errorf("the rows are others (-before +after):\n%s", diff)
		}
		if got := len(mails.Accepted()); got != sent {
			t.Errorf("%d mails were sent again", got-sent)
		}
	})
}

// dropReadModels removes what a server that has stopped can make again.
func dropReadModels(t *testing.T, stores []string) {
	t.Helper()
	if setting(stores, "--database") == "" {
		if err := os.RemoveAll(filepath.Join(setting(stores, "--data"), "readmodels")); err != nil {
			t.Fatalf("delete the read models: %v", err)
		}
		return
	}
	db := openDatabase(t, stores)
	for _, p := range readModels {
		if err := db.Drop(t.Context(), p.Name); err != nil {
			t.Fatalf("drop %s: %v", p.Name, err)
		}
	}
}

func TestRebuild_gives_the_same_rows_while_messages_come(t *testing.T) {
	onStoresOfTheirOwn(t, func(t *testing.T, stores []string) {
		mails := smtptest.Start(t, nil)
		p := serve(t, stores, "--smtp", mails.URL())
		lively(t, p, mails)
		stop, ended := make(chan struct{}), make(chan int)
		go func() { ended <- p.chatter(stop) }()
		rebuildEach(t, p, "the former rows were the same")
		close(stop)
		posted := <-ended
		if posted == 0 {
			t.Fatal("no message came meanwhile")
		}
		mails.Wait(t, 3+posted, 2*startLimit)
		p.settled()
		if distinct, doubled := ids(t, mails.Accepted()); len(distinct) != 3+posted || doubled > 0 {
			t.Errorf("%d mails were sent, %d of them twice, want %d", len(distinct), doubled, 3+posted)
		}
	})
}

// chatter posts messages, one after the other, until it is told to stop, and
// returns how many were taken.
func (p *program) chatter(stop <-chan struct{}) (posted int) {
	user := p.as("user:user")
	started, err := user.try(http.MethodPost, "/v1/conversations", map[string]string{"name": "chatter", "customer_user": "buyer"})
	if err != nil || started.status != http.StatusCreated {
		return 0
	}
	at := "/v1/conversations/" + started.object()["id"].(string) + "/messages"
	beat := time.NewTicker(200 * time.Millisecond)
	defer beat.Stop()
	for {
		select {
		case <-stop:
			return posted
		case <-beat.C:
		}
		if r, err := user.try(http.MethodPost, at, map[string]string{"body": "No. " + strconv.Itoa(posted)}); err == nil && r.status == http.StatusCreated {
			posted++
		}
	}
}

func TestRebuild_finds_wrong_rows_and_heals_them(t *testing.T) {
	onStoresOfTheirOwn(t, func(t *testing.T, stores []string) {
		mails := smtptest.Start(t, nil)
		p := serve(t, stores, "--smtp", mails.URL())
		lively(t, p, mails)
		p.terminate()
		before := rowsOf(t, stores)
		for _, wrong := range []struct{ model, table, statement string }{
			{"conversations", "conversations", "update conversations.conversations set name = 'wrong' where name = 'y'"},
			{"inboxes", "counters", "update inboxes.counters set unread = unread + 1"},
			{"timelines", "messages", "delete from timelines.messages where number = 2"},
			{"directory", "people", "update directory.people set name = 'wrong'"},
		} {
			corrupt(t, stores, wrong.model, wrong.statement)
			code, stdout, stderr := runProgram(t, nil, append([]string{"rebuild", wrong.model}, stores...)...)
			if code != 0 || !strings.Contains(stdout, "the former rows differed") || !strings.Contains(stdout, "  "+wrong.table+": ") {
				t.Errorf("rebuild %s: code %d, said %q %q", wrong.model, code, stdout, stderr)
			}
		}
		if diff := cmp.Diff(before, rowsOf(t, stores)); diff != "" {
			t.Errorf("the rows are others (-before +after):\n%s", diff)
		}
		for _, m := range readModels {
			code, stdout, stderr := runProgram(t, nil, append([]string{"rebuild", m.Name}, stores...)...)
			if code != 0 || !strings.Contains(stdout, "the former rows were the same") {
				t.Errorf("rebuild %s: code %d, said %q %q", m.Name, code, stdout, stderr)
			}
		}
	})
}

// corrupt changes rows of a server that has stopped.
func corrupt(t *testing.T, stores []string, schema, statement string) {
	t.Helper()
	t.Run("corrupt", func(t *testing.T) {
		err := openDatabase(t, stores).Write(t.Context(), schema, []sqldb.Statement{{SQL: statement}})
		if err != nil {
			t.Fatalf("corrupt: %v", err)
		}
	})
}

func TestRebuild_refuses_names_that_are_none(t *testing.T) {
	t.Parallel()
	code, _, stderr := runProgram(t, nil, "rebuild", "nonsense", "--data", t.TempDir())
	if code != 1 || !strings.Contains(stderr, "no such read model") {
		t.Errorf("code %d, said %q", code, stderr)
	}
}
