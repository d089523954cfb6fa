package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/httpapi"
)

const ndjsonType = "application/x-ndjson"

const imported = `{"kind":"record","type":"order","id":"9","label":"9","url":null,"organization":"acme","customer_user":"buyer"}
{"kind":"conversation","key":"k","organization":"acme","name":"Then","customer_user":"buyer","owner":"user","source":{"type":"order","id":"9"},"contexts":[{"type":"order","id":"9"}],"started_at":"2020-01-02T03:04:05Z","messages":[{"from":"buyer","body":"Q","at":"2020-01-02T03:04:05Z"},{"from":"user","body":"A","at":"2020-01-02T03:05:05Z"}],"closed_at":"2020-01-03T00:00:00Z"}
{"kind":"person","id":"x","person_kind":"robot","name":"X","organization":"acme","colour":1}
{"kind":"customer","id":"c","name":"C","organization":"globex"}
what is this
`

func resultsOf(t *testing.T, a answered) (lines []string, last httpapi.ImportResult) {
	t.Helper()
	if a.StatusCode != 200 || a.Header.Get("Content-Type") != ndjsonType {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	for d := json.NewDecoder(bytes.NewReader(a.body)); d.More(); {
		last = httpapi.ImportResult{}
		if err := d.Decode(&last); err != nil {
			t.Fatal(err)
		}
		code := ""
		if last.Problem != nil {
			code = " " + last.Problem.Code
		}
		lines = append(lines, fmt.Sprint(last.Line, " ", last.Status, code))
	}
	return lines[:len(lines)-1], last
}

func TestImport_answers_line_by_line_and_again_changes_nothing(t *testing.T) {
	t.Parallel()
	server := whole(t)
	lines, last := resultsOf(t, send(t, server, admin, "POST", "/v1/import", imported, "Content-Type", ndjsonType))
	if d := cmp.Diff([]string{"1 created", "2 created", "3 failed invalid", "4 failed invalid", "5 failed malformed"}, lines); d != "" {
		t.Error(d)
	}
	if last.Summary == nil || last.Summary.Created != 2 || last.Summary.Failed != 3 || last.Position == nil {
		t.Fatalf("summary %+v", last)
	}
	position := fmt.Sprint(*last.Position)
	a := send(t, server, buyer, "GET", "/v1/me/conversations?status=closed", "", "Parley-Min-Position", position)
	for _, want := range []string{`"name":"Then"`, `"message_count":2`, `"unread":1`, `"created_at":"2020-01-02T03:04:05Z"`} {
		if !strings.Contains(string(a.body), want) {
			t.Errorf("%s is not in %s", want, a.body)
		}
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = io.WriteString(z, imported)
	z.Close()
	lines, again := resultsOf(t, send(t, server, admin, "POST", "/v1/import", zipped.String(), "Content-Type", ndjsonType, "Content-Encoding", "gzip"))
	if lines[0] != "1 unchanged" || lines[1] != "2 unchanged" || again.Summary.Failed != 3 {
		t.Errorf("again: %v", lines)
	}
	changed := strings.Replace(imported, `"Then"`, `"Later"`, 1)
	lines, _ = resultsOf(t, send(t, server, admin, "POST", "/v1/import", changed, "Content-Type", ndjsonType))
	if lines[1] != "2 failed conflict" {
		t.Errorf("another line under the key: %v", lines)
	}
}

func TestImport_is_for_administrators_and_lines_only(t *testing.T) {
	t.Parallel()
	server := whole(t)
	for _, c := range []struct {
		as, mediaType, encoding, path string
		status                        int
	}{
		{user, ndjsonType, "", "", 403},
		{user, "application/json", "", "", 415},
		{admin, ndjsonType, "br", "", 415},
		{"", ndjsonType, "", "", 401},
		{admin, ndjsonType, "", "?x=1", 422},
		{admin, ndjsonType, "gzip", "", 200},
	} {
		a := send(t, server, c.as, "POST", "/v1/import"+c.path, "{}", "Content-Type", c.mediaType, "Content-Encoding", c.encoding)
		if a.StatusCode != c.status {
			t.Errorf("%+v: %d %s", c, a.StatusCode, a.body)
		}
	}
}

// TestImport_answers_while_the_file_still_arrives sends a line only once the one
// before has been answered.
func TestImport_answers_while_the_file_still_arrives(t *testing.T) {
	t.Parallel()
	server := whole(t)
	file, write := io.Pipe()
	response := post(t, server, file)
	defer response.Body.Close()
	answers := json.NewDecoder(response.Body)
	for i := range 3 {
		fmt.Fprintf(write, `{"kind":"customer","id":"c%d","name":"C","organization":"acme"}`+"\n", i)
		var r httpapi.ImportResult
		if err := answers.Decode(&r); err != nil || r.Status != "created" {
			t.Fatalf("line %d: %+v, %v", i, r, err)
		}
	}
	write.Close()
	var last httpapi.ImportResult
	if err := answers.Decode(&last); err != nil || last.Summary == nil || last.Summary.Created != 3 {
		t.Fatalf("last %+v, %v", last, err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	if got := response.Trailer.Get("Parley-Position"); got != fmt.Sprint(*last.Position) {
		t.Errorf("trailer has position %q", got)
	}
}

// post begins an import; its answer may come before the file has ended.
func post(t *testing.T, server *httptest.Server, file io.Reader) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/v1/import", file)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+admin)
	r.Header.Set("Content-Type", ndjsonType)
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return response
}
