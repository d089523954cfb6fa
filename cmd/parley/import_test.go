package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// imported is what the import says at its end.
type imported struct {
	Lines, Created, Updated, Unchanged, Failed int
	position                                   uint64
}

var (
	summaryLine  = regexp.MustCompile(`(?m)^(\d+) lines: (\d+) created, (\d+) updated, (\d+) unchanged, (\d+) failed; \S+, [1-9]\d* lines/s$`)
	positionLine = regexp.MustCompile(`(?m)^position (\d+)$`)
)

// importFile runs the import and returns what it printed at its end. It must
// end with the code.
func importFile(t *testing.T, code int, stdin io.Reader, args ...string) (imported, string) {
	t.Helper()
	got, stdout, stderr := runProgram(t, stdin, append([]string{"import"}, args...)...)
	if got != code {
		t.Fatalf("import %v ended with code %d, want %d:\n%s%s", args, got, code, stdout, stderr)
	}
	counts, position := summaryLine.FindStringSubmatch(stdout), positionLine.FindStringSubmatch(stdout)
	if counts == nil || position == nil {
		t.Fatalf("import %v printed:\n%s", args, stdout)
	}
	var n [6]int
	for i := range counts[1:] {
		n[i+1], _ = strconv.Atoi(counts[i+1])
	}
	done := imported{Lines: n[1], Created: n[2], Updated: n[3], Unchanged: n[4], Failed: n[5]}
	done.position, _ = strconv.ParseUint(position[1], 10, 64)
	return done, stderr
}

// wantReached fails the test unless every read model is at a position already.
func wantReached(t *testing.T, admin caller, position uint64) {
	t.Helper()
	models := admin.get("/v1/admin/projections").want(http.StatusOK).items()
	for _, m := range models {
		if at := uint64(m["position"].(float64)); at < position {
			t.Errorf("read model %s is at %d, the import ended at %d", m["name"], at, position)
		}
	}
	if len(models) < 5 {
		t.Errorf("there are %d read models", len(models))
	}
}

// learnIDs asks the server which conversation each line is: a known line is
// unchanged, and named.
func learnIDs(t *testing.T, admin caller, d *dataset) {
	t.Helper()
	answer := admin.post("/v1/import", string(d.text()), "Content-Type", "application/x-ndjson").want(http.StatusOK)
	answers := json.NewDecoder(bytes.NewReader(answer.body))
	ids := map[int]string{}
	for i := range d.lines {
		var a struct {
			Line   int    `json:"line"`
			Status string `json:"status"`
			ID     string `json:"id"`
		}
		if err := answers.Decode(&a); err != nil || a.Line != i+1 || a.Status != "unchanged" {
			t.Fatalf("line %d is answered %+v, error %v", i+1, a, err)
		}
		ids[a.Line] = a.ID
	}
	for _, c := range d.conversations {
		c.id = ids[c.line]
	}
}

func TestImport_takes_a_file_however_it_comes_and_what_is_known_only_once(t *testing.T) {
	t.Parallel()
	data, all := t.TempDir(), generateDataset(t, 60)
	upTo := func(n int) *dataset { return all.first(t, n) }
	wants := func(got imported, created, unchanged int) {
		t.Helper()
		if want := (imported{created + unchanged, created, 0, unchanged, 0, got.position}); got != want {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	}
	known := len(upTo(10).lines)
	got, _ := importFile(t, 0, nil, inFile(t, upTo(10).text()), "--data", data)
	wants(got, known, 0)
	last := got.position
	got, _ = importFile(t, 0, bytes.NewReader(upTo(10).zipped(t)), "--data", data)
	wants(got, 0, known)
	if got.position != last {
		t.Errorf("what changed nothing ended at %d, the first at %d", got.position, last)
	}
	p := serve(t, []string{"--data", data})
	admin := p.as("user:admin")
	named := []string{"--server", p.url, "--token", admin.token}
	for _, way := range []struct {
		lines int
		stdin []byte
		args  []string
	}{
		{len(upTo(20).lines), nil, []string{inFile(t, upTo(20).zipped(t)), "--data", data}},
		{len(upTo(30).lines), upTo(30).text(), []string{"-", "--data", data}},
		{len(upTo(40).lines), nil, append(named, inFile(t, upTo(40).text()))},
		{len(upTo(50).lines), upTo(50).zipped(t), named},
	} {
		got, _ := importFile(t, 0, bytes.NewReader(way.stdin), way.args...)
		wants(got, way.lines-known, known)
		known = way.lines
		wantReached(t, admin, got.position)
	}
	learnIDs(t, p.as(all.administrator(t).String()), upTo(50))
}

func TestImport_reports_each_bad_line_and_goes_on_with_the_rest(t *testing.T) {
	t.Parallel()
	d := generateDataset(t, 4)
	good := len(d.lines)
	conversation := string(d.lines[good-1])
	person := `{"kind":"person","person_kind":"user","id":"p","name":"P","organization":"acme","roles":["user"]`
	bad := []struct{ line, reason string }{
		{`{"kind":"person",`, "not valid JSON"},
		{person + `,"shoe_size":43}`, "/shoe_size"},
		{strings.ReplaceAll(newKey(conversation, "a"), `"from":"s-`, `"from":"nobody-`), "/messages/"},
		{strings.Replace(newKey(conversation, "b"), `"organization":"acme"`, `"organization":"umbrella"`, 1), "/organization"},
		{newKey(conversation, strings.Repeat("x", 1<<20)), "longer than 1 MiB"},
		{strings.Replace(conversation, `"name":"About`, `"name":"Not about`, 1), "Another conversation"},
		{`{"kind":"song","organization":"acme"}`, "/kind"},
		{"[1]", "/kind"},
		{"{\"kind\":\"customer\",\"id\":\"\xff\",\"name\":\"x\",\"organization\":\"acme\"}", "UTF-8"},
	}
	file := d.text()
	for _, b := range bad {
		file = append(file, b.line+"\n"...)
	}
	file = append(file, newKey(conversation, "last")...)
	p := serve(t, []string{"--data", t.TempDir()})
	for _, want := range []imported{
		{Lines: good + len(bad) + 1, Created: good + 1, Failed: len(bad)}, {Lines: good + len(bad) + 1, Unchanged: good + 1, Failed: len(bad)},
	} {
		got, stderr := importFile(t, 1, nil, inFile(t, file), "--server", p.url, "--token", p.as("user:admin").token)
		if want.position = got.position; got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		for i, b := range bad {
			reported := regexp.MustCompile(fmt.Sprintf("(?m)^line %d: .*$", good+i+1)).FindAllString(stderr, -1)
			if len(reported) != 1 || !strings.Contains(reported[0], b.reason) {
				t.Errorf("line %d must be reported for %q: %q", good+i+1, b.reason, reported)
			}
		}
	}
}

// newKey returns a conversation's line under another key.
func newKey(line, key string) string {
	return regexp.MustCompile(`"key":"[^"]*"`).ReplaceAllString(line, `"key":"`+key+`"`)
}

func TestImport_says_at_once_what_cannot_work(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"no such file":             {"absent.ndjson", "--data", t.TempDir()},
		"a folder for a file":      {t.TempDir(), "--data", t.TempDir()},
		"a server without a token": {"-", "--server", "http://127.0.0.1:1"},
		"no address":               {"-", "--server", "nowhere", "--token", "x"},
	} {
		code, _, stderr := runProgram(t, strings.NewReader(""), append([]string{"import"}, args...)...)
		if code != 2 || !strings.Contains(stderr, "parley: ") {
			t.Errorf("%s ended with code %d: %s", name, code, stderr)
		}
	}
}
