package main_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// policy is the table of A1: what each kind of caller gets of an operation, by
// the right that it needs, on a conversation (record, person) of ours and on a
// foreign one. The columns are those of callers, in their order:
//
//	nobody | buyer in it, of the same customer, elsewhere, the customer's
//	administrator | owner, user of the same unit, of another, without roles,
//	manager, manager of another unit, administrator | user with the buyer's id,
//	customer user with the owner's | another organization's administrator, user
//	with the owner's id, buyer with the buyer's
//
// A cell is + done, - 403, . 404 as if it were not there, ! 401.
var policy = map[string]struct{ ours, foreign string }{
	"nothing":                 {"+ ++++ +++++++ ++ +++", "+ ++++ +++++++ ++ +++"},
	"identity":                {"! ++++ +++++++ ++ +++", "! ++++ +++++++ ++ +++"},
	"view-record":             {"! +..+ +++++++ +. ...", "! ..+. +++++++ +. ..."},
	"create":                  {"! ++++ +++-+++ -+ +++", "! ---- ------+ -- +--"},
	"view":                    {"! +..+ +++.+++ .. ...", "! ..+. +++.+++ .. ..."},
	"mute":                    {"! +..- +--.--- .. ...", "! ..+. ---.--- .. ..."},
	"add-message":             {"! +..+ +--.+-+ .. ...", "! ..+. ---.-++ .. ..."},
	"edit-message":            {"! -..- +--.--- .. ...", "! ..-. ---.--- .. ..."},
	"redact":                  {"! -..- ---.--+ .. ...", "! ..-. ---.--+ .. ..."},
	"edit":                    {"! -..- +--.+-+ .. ...", "! ..-. ---.-++ .. ..."},
	"assign":                  {"! -..- ---.--+ .. ...", "! ..-. ---.--+ .. ..."},
	"delete":                  {"! -..- ---.--+ .. ...", "! ..-. ---.--+ .. ..."},
	"restore":                 {"! .... ......+ .. ...", "! .... ......+ .. ..."},
	"purge":                   {"! .... ......+ .. ...", "! .... ......+ .. ..."},
	"transition":              {"! -..- +++.+++ .. ...", "! ..-. +++.+++ .. ..."},
	"administer-conversation": {"! -..- ---.--+ .. ...", "! ..-. ---.--+ .. ..."},
	"administer":              {"! ---- ------+ -- +--", "! ---- ------+ -- +--"},
}

// operation is a mounted route, as the server says.
type operation struct {
	method, path, id, needs string
	feature                 string
	done                    int // the status of success
	streams                 bool
}

// operations reads every mounted route from the server.
func (p *program) operations() (all []operation) {
	p.t.Helper()
	var document struct {
		Paths map[string]map[string]struct {
			ID        string `json:"operationId"`
			Needs     string `json:"x-needs"`
			Feature   string `json:"x-feature"`
			Responses map[string]struct {
				Content map[string]any
			}
		}
	}
	if err := json.Unmarshal(p.withToken("").get("/openapi.json").want(http.StatusOK).body, &document); err != nil {
		p.t.Fatalf("read the routes: %v", err)
	}
	for path, methods := range document.Paths {
		for method, op := range methods {
			done := slices.Min(slices.Collect(maps.Keys(op.Responses)))
			_, streams := op.Responses[done].Content["text/event-stream"]
			status, err := strconv.Atoi(done)
			if err != nil {
				p.t.Fatalf("%s answers with %q", op.ID, done)
			}
			all = append(all, operation{strings.ToUpper(method), path, op.ID, op.Needs, op.Feature, status, streams})
		}
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.id, b.id) })
	return all
}

// A1: every mounted route, by every kind of caller, on what is theirs and on
// what is not.
func TestA1_every_route_gives_each_caller_what_the_policy_says(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		w := newPolicyWorld(t, stores)
		all := w.p.operations()
		for _, op := range all {
			row, stands := policy[op.needs]
			try, known := attempts[op.id]
			if !stands || !known {
				t.Errorf("%s %s (%s, needs %q) is mounted without a row: give it one in policy and in attempts", op.method, op.path, op.id, op.needs)
				continue
			}
			w.row(op, try, w.ours, row.ours)
			w.row(op, try, w.foreign, row.foreign)
		}
		for id := range attempts {
			if !slices.ContainsFunc(all, func(op operation) bool { return op.id == id }) {
				t.Errorf("%s is not mounted", id)
			}
		}
		w.nothingElseHappened()
	})
}

// row tries an operation by every caller on an object.
func (w *policyWorld) row(op operation, try attempt, on object, row string) {
	w.t.Helper()
	cells := strings.ReplaceAll(row, " ", "")
	if len(cells) != len(w.callers) {
		w.t.Fatalf("%s has %d cells for %d callers", op.needs, len(cells), len(w.callers))
	}
	for i, who := range w.callers {
		w.cell(op, try, on, who, cells[i])
	}
}

// cell tries an operation once. What is allowed is done, on an object of its
// own where it changes something; what is refused leaves the common one as it
// is.
func (w *policyWorld) cell(op operation, try attempt, on object, who policyCaller, cell byte) {
	w.t.Helper()
	if try.before != nil {
		on = w.like(on)
		try.before(w, on)
	} else if cell == '+' && op.method != http.MethodGet && (try.mass || strings.Contains(op.path, "/conversations/{id}")) {
		on = w.like(on)
	}
	got := w.try(op, try, on, who)
	want := map[byte]int{'+': op.done, '-': http.StatusForbidden, '.': http.StatusNotFound, '!': http.StatusUnauthorized}[cell]
	if got.status != want && !(cell == '+' && slices.Contains(try.also, got.status)) {
		w.t.Errorf("%s by %s on what is %s: %d, want %d: %s", op.id, who.is, on.is, got.status, want, got.body)
	}
	w.leaksNothing(op, who, got)
	if try.lists != "" && cell == '+' {
		w.shows(op, try, on, who, got)
	}
	if cell == '.' {
		w.foreignIsAbsent(op, try, on, who)
	}
}

// foreignIsAbsent compares an answer byte for byte with that for what is not
// there.
func (w *policyWorld) foreignIsAbsent(op operation, try attempt, on object, who policyCaller) {
	w.t.Helper()
	for _, headers := range [][]string{nil, {"If-Match", `"0"`}} {
		foreign, absent := w.try(op, try, on, who, headers...), w.try(op, try, w.absent(on), who, headers...)
		if f, a := foreign.told(), absent.told(); f != a {
			w.t.Errorf("%s by %s with %v tells %s from absent:\n%s\nabsent:\n%s", op.id, who.is, headers, on.is, f, a)
		}
	}
}

// told is all of an answer but what differs between any two.
func (r reply) told() string {
	r.t.Helper()
	header := r.header.Clone()
	for _, varies := range []string{"Date", "X-Request-Id", "Traceparent"} {
		header.Del(varies)
	}
	var all bytes.Buffer
	if err := header.Write(&all); err != nil {
		r.t.Fatalf("write headers: %v", err)
	}
	return strconv.Itoa(r.status) + "\n" + all.String() + string(r.body)
}

// leaksNothing checks that no answer, whatever it is to, shows a conversation to
// whoever may not view it, nor an order to whoever may view neither it nor the
// conversation about it.
func (w *policyWorld) leaksNothing(op operation, who policyCaller, got reply) {
	w.t.Helper()
	for _, on := range []object{w.ours, w.foreign} {
		views := who.has("view", on)
		if bytes.Contains(got.body, []byte(on.secret)) && !views {
			w.t.Errorf("%s shows the conversation that is %s to %s: %s", op.id, on.is, who.is, got.body)
		}
		if bytes.Contains(got.body, []byte(on.label)) && !views && !who.has("view-record", on) {
			w.t.Errorf("%s shows the order that is %s to %s: %s", op.id, on.is, who.is, got.body)
		}
	}
}

// shows checks that an answer shows an object to exactly those who have the
// right to it.
func (w *policyWorld) shows(op operation, try attempt, on object, who policyCaller, got reply) {
	w.t.Helper()
	mark := on.secret
	if try.lists == "view-record" {
		mark = on.label
	}
	if shown := bytes.Contains(got.body, []byte(mark)); shown != who.has(try.lists, on) {
		w.t.Errorf("%s: what is %s is shown to %s: %t", op.id, on.is, who.is, shown)
	}
}
