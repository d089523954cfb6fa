package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/adaptertest/chaostest"
	"parley/adapters/adaptertest/smtptest"
)

// notes are internal notes, of which nobody is told by mail, and when each was
// acknowledged.
type notes struct {
	mu   sync.Mutex
	at   map[string]time.Time // by body
	ends chan struct{}
	all  sync.WaitGroup
}

// takeNotes posts notes from several callers until it is told to stop.
func takeNotes(p *program, at string) *notes {
	n := &notes{at: map[string]time.Time{}, ends: make(chan struct{})}
	for w := range 4 {
		n.all.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-n.ends:
					return
				default:
				}
				body := fmt.Sprintf("note %d of %d", i, w)
				r, err := p.as("user:user").try(http.MethodPost, at, map[string]any{"body": body, "internal": true})
				if err == nil && r.status == http.StatusCreated {
					n.mu.Lock()
					n.at[body] = time.Now()
					n.mu.Unlock()
				}
			}
		})
	}
	return n
}

func (n *notes) stop() { close(n.ends); n.all.Wait() }

func (n *notes) taken() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.at)
}

// maintain runs one of the operator's commands, which must succeed.
func maintain(t *testing.T, args ...string) (said string) {
	t.Helper()
	code, stdout, stderr := runProgram(t, nil, args...)
	if code != 0 {
		t.Fatalf("%v: code %d, said %q %q", args, code, stdout, stderr)
	}
	return stdout
}

// covers returns the moment before which everything is in a backup.
func covers(t *testing.T, backup string) time.Time {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(backup, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct{ Covers time.Time }
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	return manifest.Covers
}

// A backup is made while messages come, and restored into a new folder: what was
// acknowledged before it ended is there, and nobody is told anything again.
func TestRestore_brings_back_all_that_a_backup_under_load_covers(t *testing.T) {
	t.Parallel()
	mails, dir := smtptest.Start(t, nil), t.TempDir()
	original := []string{"--data", filepath.Join(dir, "original")}
	p := serve(t, original, "--smtp", mails.URL())
	lively(t, p, mails)
	at := talk(p)
	covered := 0
	for round := range chaostest.Cycles(1, 20) {
		backup, restored := filepath.Join(dir, fmt.Sprint("backup", round)), []string{"--data", filepath.Join(dir, fmt.Sprint("restored", round))}
		load := takeNotes(p, at)
		eventually(t, startLimit, "notes are taken", func() bool { return load.taken() > 20 })
		maintain(t, "backup", original[0], original[1], "--to", backup)
		ended := time.Now()
		load.stop()
		p.settled()
		sent, until := len(mails.Accepted()), covers(t, backup)
		t.Logf("%d notes, the last look at the log's end was %v before the command returned", load.taken(), ended.Sub(until))
		maintain(t, "restore", backup, restored[0], restored[1])
		again := serve(t, restored, "--smtp", mails.URL())
		again.settled()
		covered += wantNotes(t, again, at, load, until)
		if chaostest.Long() {
			rebuildEach(t, again, "the former rows were the same")
		}
		again.terminate()
		if got := len(mails.Accepted()); got != sent {
			t.Errorf("%d mails were sent again", got-sent)
		}
		at = talk(p) // its notes are told apart by their conversation
	}
	chaostest.Report(t, "R11", "backup during load, restored", fmt.Sprintf("%d backups, %d messages acknowledged meanwhile: all there, rebuilds equal, no mail", chaostest.Cycles(1, 20), covered))
}

// wantNotes demands every note that was acknowledged by a moment, and returns how
// many there were.
func wantNotes(t *testing.T, p *program, at string, load *notes, until time.Time) (covered int) {
	t.Helper()
	there := map[string]bool{}
	for last, more := 0.0, true; more; {
		page := p.as("user:user").get(fmt.Sprintf("%s?limit=200&after=%.0f", at, last)).want(http.StatusOK)
		for _, m := range page.items() {
			there[m["body"].(string)], last = true, m["number"].(float64)
		}
		more = page.object()["has_newer"].(bool)
	}
	for body, moment := range load.at {
		if !moment.Before(until) {
			continue
		}
		if covered++; !there[body] {
			t.Errorf("%s was acknowledged before the backup ended and is not there", body)
		}
	}
	return covered
}

// Of a server that has stopped, the backup is the whole log, and its read models
// are the same once they are made anew.
func TestRestore_of_a_stopped_server_makes_the_same_read_models(t *testing.T) {
	t.Parallel()
	mails, dir := smtptest.Start(t, nil), t.TempDir()
	original, restored := []string{"--data", filepath.Join(dir, "original")}, []string{"--data", filepath.Join(dir, "restored")}
	p := serve(t, original, "--smtp", mails.URL())
	lively(t, p, mails)
	p.terminate()
	before, sent := rowsOf(t, original), len(mails.Accepted())
	maintain(t, "backup", original[0], original[1], "--to", filepath.Join(dir, "backup"))
	maintain(t, "restore", filepath.Join(dir, "backup"), restored[0], restored[1])
	for _, data := range [][]string{original, restored} {
		if said := maintain(t, "verify", data[0], data[1]); !strings.Contains(said, "are whole") {
			t.Errorf("verify said %q", said)
		}
	}
	again := serve(t, restored, "--smtp", mails.URL())
	again.settled()
	again.terminate()
	if diff := cmp.Diff(before, rowsOf(t, restored)); diff != "" {
		t.Errorf("the rows are others (-before +after):\n%s", diff)
	}
	if got := len(mails.Accepted()); got != sent {
		t.Errorf("%d mails were sent again", got-sent)
	}
	code, _, stderr := runProgram(t, nil, "restore", filepath.Join(dir, "backup"), restored[0], restored[1])
	if code != 2 || !strings.Contains(stderr, "is not empty") {
		t.Errorf("restore over a folder in use: code %d, said %q", code, stderr)
	}
}

// What the original had yet to mail at the backup it may mail afterwards, so the
// restored server never does.
func TestRestore_gives_up_the_mail_that_was_owed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mails := smtptest.Start(t, func(string, int) smtptest.Answer { return smtptest.RefuseForNow })
	original, restored := []string{"--data", filepath.Join(dir, "original")}, []string{"--data", filepath.Join(dir, "restored")}
	p := serve(t, original, "--smtp", mails.URL())
	p.as("user:user").say(talk(p), "one").want(http.StatusCreated)
	eventually(t, startLimit, "a mail is refused for now", func() bool { return mails.Attempts(buyerMail) > 0 })
	p.settled()
	maintain(t, "backup", original[0], original[1], "--to", filepath.Join(dir, "backup"))
	maintain(t, "restore", filepath.Join(dir, "backup"), restored[0], restored[1])
	tried := mails.Attempts(buyerMail)
	again := serve(t, restored, "--smtp", mails.URL())
	again.settled()
	again.terminate()
	if owed := rowsOf(t, restored)["notifications"]; !strings.Contains(owed, "restored") || strings.Contains(owed, "pending") {
		t.Errorf("the restored server still owes mail:\n%s", owed)
	}
	if got := mails.Attempts(buyerMail); got != tried {
		t.Errorf("the restored server tried to mail %d times", got-tried)
	}
}
