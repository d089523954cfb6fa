package main_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// filesWith returns the files of a folder, and below it, that hold a word.
func filesWith(t *testing.T, dir, word string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte(word)) {
			name, _ := filepath.Rel(dir, path)
			found = append(found, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// sayEverywhere says a word wherever one can be said in a conversation, which is
// so long that its state is kept, too.
func (p *program) sayEverywhere(word string) (at string) {
	p.t.Helper()
	messages := arr{}
	for range 1000 {
		messages = append(messages, obj{"from": "buyer", "body": "It is a" + word + ".", "at": "2026-01-01T00:00:00Z"})
	}
	line, err := json.Marshal(obj{
		"kind": "conversation", "key": word, "organization": "acme", "name": "About a" + word,
		"owner": "user", "customer_user": "buyer", "started_at": "2026-01-01T00:00:00Z", "messages": messages,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	imported := p.as(anAdmin).post("/v1/import", string(line)+"\n", "Content-Type", "application/x-ndjson").want(http.StatusOK)
	var first struct{ ID string }
	if err := json.NewDecoder(bytes.NewReader(imported.body)).Decode(&first); err != nil || first.ID == "" {
		p.t.Fatalf("the import says %s", imported.body)
	}
	at = "/v1/conversations/" + first.ID
	owner := p.as(anOwner)
	file := owner.upload("a"+word+".txt", strings.Repeat("content "+word+"\n", 2000)).want(http.StatusCreated).id()
	owner.post(at+"/messages", carrying("a"+word+" in a file", file)).want(http.StatusCreated)
	owner.post(at+"/messages", noting(strings.Repeat("a"+word+" ", 1000))).want(http.StatusCreated)
	said := owner.post(at+"/messages", saying("a"+word)).want(http.StatusCreated)
	owner.send(http.MethodPatch, at+"/messages/1003", obj{"body": "no a" + word}).want(http.StatusOK)
	owner.send(http.MethodPatch, at, obj{"name": "All about a" + word}).want(http.StatusOK)
	owner.get(at, "Parley-Min-Position", said.position()).want(http.StatusOK)
	return at
}

// Purged, scavenged and the read models made anew, as the manual says, what was
// said in a conversation is left in no file.
func TestRow_1_11_scavenged_is_off_the_disk(t *testing.T) {
	t.Parallel()
	// Each within a word: an index of words shortens how they begin.
	const gone, kept = "kanarienvogel", "nachtigall"
	dir := t.TempDir()
	p := serve(t, []string{"--data", dir})
	admin := p.as(anAdmin)
	p.sayEverywhere(kept)
	at := p.sayEverywhere(gone)
	everywhere := []string{"blobs/", "events/", "readmodels/conversations", "readmodels/ops", "readmodels/search", "readmodels/timelines"}
	eventually(t, startLimit, "the word stands everywhere", func() bool {
		found := filesWith(t, dir, gone)
		return !slices.ContainsFunc(everywhere, func(place string) bool {
			return !slices.ContainsFunc(found, func(name string) bool { return strings.HasPrefix(name, place) })
		})
	})
	admin.send(http.MethodDelete, at, nil).want(http.StatusNoContent)
	admin.post(at+"/purge", nil).want(http.StatusNoContent)
	p.terminate()
	p.start() // which removes the file at once
	eventually(t, startLimit, "the file is removed", func() bool {
		return len(admin.get("/v1/events?wait=1&type=attachment.removed.v1").want(http.StatusOK).items()) == 1
	})
	if said := maintain(t, "scavenge", "--data", dir); !strings.HasPrefix(said, "101") {
		t.Errorf("scavenge said %q, want some more than 1000 events", said)
	}
	rebuildEach(t, p, "the former rows were the same")
	p.terminate()
	if left := filesWith(t, dir, gone); len(left) > 0 {
		t.Errorf("the word still stands in %q", left)
	}
	if left := filesWith(t, dir, kept); len(left) < len(everywhere) {
		t.Errorf("the other word stands only in %q", left)
	}
}
