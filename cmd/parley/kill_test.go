package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/eventlog"
)

// kills is how often the server is killed in the middle of one import.
const kills = 20

// TestImport_survives_kills kills the server again and again while a file is
// brought in, and goes on by sending the file again. In the end everything is as
// if nothing had happened.
func TestImport_survives_kills(t *testing.T) {
	whole := realDataset(t).first(t, 80)
	undisturbed := importUndisturbed(t, whole)
	onBothStacks(t, func(t *testing.T, stores []string) {
		d := whole.first(t, 80)
		p := serve(t, stores)
		told := ledger{}
		for left := kills; left > 0; left-- {
			// What is left of the file is spread over the kills that are left.
			most := max(1, 2*(len(d.lines)-len(told))/(left+1))
			told.importUntil(t, p, d, 1+rand.N(most))
			p.kill()
			p.start()
		}
		if !told.importUntil(t, p, d, len(d.lines)+1) {
			t.Fatal("the last import did not come to its end")
		}
		admin := p.as(d.administrator(t).String())
		learnIDs(t, admin, d)
		told.wantKept(t, d)
		compareAll(t, p, d)
		rebuildEach(t, p, "the former rows were the same")
		if code := p.terminate(); code != 0 {
			t.Fatalf("stopped with code %d", code)
		}
		if diff := cmp.Diff(undisturbed, conversationsIn(t, stores)); diff != "" {
			t.Errorf("the events are not those of an import without kills (-without +with):\n%.4000s", diff)
		}
	})
}

// importUndisturbed returns the events of a file that nothing disturbed.
func importUndisturbed(t *testing.T, d *dataset) map[string][]string {
	t.Helper()
	stores := []string{"--data", t.TempDir()}
	importFile(t, 0, nil, append([]string{inFile(t, d.text())}, stores...)...)
	return conversationsIn(t, stores)
}

// ledger holds the lines that were acknowledged as created, with what their
// answers named.
type ledger map[int]string

// importUntil sends the file until enough new lines have been acknowledged, and
// reports whether the import came to its end before. A line that was
// acknowledged must not be created again.
func (l ledger) importUntil(t *testing.T, p *program, d *dataset, enough int) (ended bool) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/v1/import", strings.NewReader(string(d.text())))
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	req.Header.Set("Authorization", "Bearer demo:user:admin")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	defer resp.Body.Close()
	answers := json.NewDecoder(resp.Body)
	for created := 0; created < enough; {
		var a struct {
			Line    int             `json:"line"`
			Status  string          `json:"status"`
			ID      string          `json:"id"`
			Problem json.RawMessage `json:"problem"`
			Summary json.RawMessage `json:"summary"`
		}
		switch err := answers.Decode(&a); {
		case errors.Is(err, io.EOF):
			return false
		case err != nil:
			t.Fatalf("read the answers: %v", err)
		case a.Summary != nil:
			return true
		case a.Status != "created" && a.Status != "unchanged":
			t.Fatalf("line %d is %s: %s", a.Line, a.Status, a.Problem)
		case a.Status == "created" && l[a.Line] != "":
			t.Fatalf("line %d is created twice", a.Line)
		case a.Status == "created":
			l[a.Line] = a.ID
			created++
		}
	}
	return false
}

// wantKept fails the test if the server now names another conversation for a
// line, or none.
func (l ledger) wantKept(t *testing.T, d *dataset) {
	t.Helper()
	for _, c := range d.conversations {
		if told := l[c.line]; told != "" && told != c.id {
			t.Errorf("line %d was acknowledged as %s and is now %s", c.line, told, c.id)
		}
	}
}

// conversationsIn returns the events of each conversation's stream, without
// what differs from one import to another: who acted, when, and so its id, and where
// it stands in the log.
func conversationsIn(t *testing.T, stores []string) map[string][]string {
	t.Helper()
	events := map[string][]string{}
	for e, err := range openLog(t, stores).ReadAll(t.Context(), 0, domain.StreamPrefix+"conversation-", 0) {
		if err != nil {
			t.Fatalf("read the log: %v", err)
		}
		if !isOf(e, organization(t)) {
			continue
		}
		if int(e.Revision) != len(events[e.Stream]) {
			t.Fatalf("revision %d of %s follows %d others", e.Revision, e.Stream, len(events[e.Stream]))
		}
		events[e.Stream] = append(events[e.Stream], fmt.Sprintf("%s %s", e.Type, e.Data))
	}
	if len(events) == 0 {
		t.Fatal("the log has no conversation")
	}
	return maps.Clone(events)
}

// isOf reports whether an event is of an organization.
func isOf(e eventlog.Recorded, organization string) bool {
	var meta struct{ Organization string }
	return json.Unmarshal(e.Metadata, &meta) == nil && meta.Organization == organization
}
