package main_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// probe is one request and what must come of it: the status, then the code of a
// 409, then the sorted places of field errors.
type probe struct {
	says         string
	as           string
	method, path string
	body         any
	headers      []string
	want         string
}

// ask sends the probes one after the other and reports each that comes to
// something else.
func (p *program) ask(t *testing.T, probes []probe) {
	t.Helper()
	for _, q := range probes {
		got := p.as(q.as).send(q.method, q.path, q.body, q.headers...)
		if got.outcome() != q.want {
			t.Errorf("%s: %s %s by %s came to %q, want %q: %s", q.says, q.method, q.path, q.as, got.outcome(), q.want, got.body)
		}
	}
}

// outcome sums an answer up as a probe wants it. Refusals must be problem
// documents in all their parts.
func (r reply) outcome() string {
	r.t.Helper()
	sum := []string{strconv.Itoa(r.status)}
	if r.status < 400 || len(r.body) == 0 {
		return sum[0]
	}
	var problem struct {
		Type, Title, Detail, Code string
		Status                    int
		Errors                    []struct{ Pointer, Parameter, Detail *string }
	}
	if err := json.Unmarshal(r.body, &problem); err != nil {
		r.t.Fatalf("read the problem: %v: %s", err, r.body)
	}
	if r.header.Get("Content-Type") != "application/problem+json" || problem.Status != r.status ||
		problem.Type == "" || problem.Title == "" || problem.Detail == "" || problem.Code == "" {
		r.t.Errorf("this is no whole problem document: %s", r.body)
	}
	if r.status == http.StatusConflict {
		sum = append(sum, problem.Code)
	}
	var places []string
	for _, e := range problem.Errors {
		switch {
		case e.Detail == nil || (e.Pointer == nil) == (e.Parameter == nil):
			r.t.Errorf("a field error without its place or detail: %s", r.body)
		case e.Pointer != nil:
			places = append(places, *e.Pointer)
		default:
			places = append(places, *e.Parameter)
		}
	}
	slices.Sort(places)
	return strings.Join(append(sum, places...), " ")
}

// field returns what stands at a path of names in an object, "participants.0.read_up_to".
func (r reply) field(path string) any {
	r.t.Helper()
	var at any = r.object()
	for name := range strings.SplitSeq(strings.Trim(path, "."), ".") {
		switch v := at.(type) {
		case map[string]any:
			at = v[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(v) {
				return nil
			}
			at = v[i]
		default:
			return nil
		}
	}
	return at
}

// each returns a path of every item of a list in the answer.
func (r reply) each(list, path string) []string {
	r.t.Helper()
	all, _ := r.field(list).([]any)
	found := make([]string, len(all))
	for i := range all {
		text, err := json.Marshal(r.field(list + "." + strconv.Itoa(i) + "." + path))
		if err != nil {
			r.t.Fatalf("write %s: %v", path, err)
		}
		found[i] = strings.Trim(string(text), `"`)
	}
	return found
}

// shows fails the test unless a list in the answer has these values at a path.
func (r reply) shows(what, list, path string, want ...string) {
	r.t.Helper()
	if got := r.each(list, path); !slices.Equal(got, want) {
		r.t.Errorf("%s: %s are %q, want %q", what, list, got, want)
	}
}

// begin starts a conversation of user with buyer and returns its path, once it
// can be read.
func (p *program) begin(name string) string {
	p.t.Helper()
	return p.beginAs("user:user", obj{"name": name, "customer_user": "buyer"})
}

func (p *program) beginAs(who string, body obj) string {
	p.t.Helper()
	started := p.as(who).post("/v1/conversations", body).want(http.StatusCreated)
	at := "/v1/conversations/" + started.field("id").(string)
	p.as(who).get(at, "Parley-Min-Position", started.position()).want(http.StatusOK)
	return at
}

// obj and arr write JSON bodies shortly.
type (
	obj = map[string]any
	arr = []any
)

func aRecord(typ, id string) obj { return obj{"type": typ, "id": id} }

func aPerson(kind, id string) obj { return obj{"kind": kind, "id": id} }

func saying(body string) obj { return obj{"body": body} }

func noting(body string) obj { return obj{"body": body, "internal": true} }

// sorted sorts the words of a text.
func sorted(text string) string {
	words := strings.Fields(text)
	slices.Sort(words)
	return strings.Join(words, " ")
}
