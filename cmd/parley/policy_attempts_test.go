package main_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// attempt is how the matrix tries one operation.
type attempt struct {
	// path and query are the operation's own unless they are given; see
	// [object.in] for what stands in braces.
	path, query string
	body        func(on object, who policyCaller) any
	headers     []string
	// before brings a conversation into the state that the operation is for.
	before func(w *policyWorld, on object)
	// lists is the right by which the answer must show the object.
	lists string
	// mass says that the answer has a status for each conversation.
	mass bool
	// also are other statuses of success.
	also []int
}

// sends is an attempt with a body that is always the same.
func sends(body any) attempt {
	return attempt{body: func(object, policyCaller) any { return body }}
}

var asIs = attempt{}

// attempts is every operation by its id.
var attempts = map[string]attempt{
	"get-health": asIs, "get-readiness": asIs, "get-metrics": asIs, "get-openapi": asIs, "get-docs": asIs,
	"begin-sign-in": {also: []int{404}}, "finish-sign-in": {also: []int{404}}, "sign-out": asIs, // there is no provider

	"search": {query: "?limit=200&q={secret}", lists: "view"},
	"get-me": asIs, "get-unread": asIs, "mark-all-read": asIs, "get-live": asIs,
	"list-conversations":    {query: "?limit=200&name={secret}", lists: "view"},
	"list-my-conversations": {query: "?limit=200&name={secret}&mine=any&status=any", lists: "view"},
	"list-people":           asIs, "list-record-types": asIs,
	"list-records": {query: "?q={label}", lists: "view-record"},

	"get-record": {lists: "view-record"}, "get-record-activities": {lists: "view"},

	"start-conversation":       {body: newConversation},
	"get-conversation":         {lists: "view"},
	"list-messages":            {lists: "view"},
	"list-readers":             asIs,
	"upload-attachment":        {query: "?name=file.txt", body: func(object, policyCaller) any { return "words" }},
	"get-attachment":           asIs,
	"mark-read":                sends(obj{"up_to": 1}),
	"mark-unread":              asIs,
	"mute-conversation":        asIs,
	"unmute-conversation":      asIs,
	"add-message":              sends(saying("more")),
	"edit-message":             sends(saying("other")),
	"redact-message":           asIs,
	"update-conversation":      {body: func(on object, _ policyCaller) any { return obj{"name": on.secret + ", renamed"} }},
	"attach-context":           asIs,
	"detach-context":           asIs,
	"add-participant":          asIs,
	"remove-participant":       asIs,
	"close-conversation":       asIs,
	"reopen-conversation":      {before: closed},
	"delete-conversation":      asIs,
	"restore-conversation":     {before: deleted},
	"purge-conversation":       {before: deleted},
	"delete-conversations":     massive(nil),
	"assign-conversations":     massive(obj{"owner": "user2"}),
	"close-conversations":      massive(nil),
	"reopen-conversations":     massive(nil).of(closed),
	"read-conversations":       massive(nil),
	"get-conversation-history": {lists: "administer-conversation"},

	"mirror-person": naming("/v1/people/user/temporary"), "remove-person": {path: "/v1/people/user/temporary"},
	"mirror-customer": naming("/v1/customers/temporary"), "remove-customer": {path: "/v1/customers/temporary"},
	"mirror-business-unit": naming("/v1/business-units/temporary"), "remove-business-unit": {path: "/v1/business-units/temporary"},
	"mirror-record-type": labelling("/v1/record-types/temporary"), "remove-record-type": {path: "/v1/record-types/temporary"},
	"mirror-record": labelling("/v1/records/order/temporary"), "remove-record": {path: "/v1/records/order/temporary"},

	"import":       {body: func(object, policyCaller) any { return "" }, headers: []string{"Content-Type", "application/x-ndjson"}},
	"get-events":   {query: "?wait=0"},
	"get-settings": asIs, "change-settings": sends(obj{"limits": obj{"burst": 1000}}),
	"list-projections":   asIs,
	"rebuild-projection": {path: "/v1/admin/projections/receipts/rebuild"},
	"diff-projection":    {path: "/v1/admin/projections/receipts/diff", also: []int{404}}, // until rebuilt
}

func naming(path string) attempt {
	try := sends(obj{"name": "Temporary"})
	try.path = path
	return try
}

func labelling(path string) attempt {
	try := sends(obj{"label": "Temporary"})
	try.path = path
	return try
}

// massive is an attempt at many conversations at once, with more in its body.
func massive(more obj) attempt {
	return attempt{mass: true, also: []int{http.StatusNoContent}, body: func(on object, _ policyCaller) any {
		body := obj{"ids": arr{on.id}}
		for name, value := range more {
			body[name] = value
		}
		return body
	}}
}

// of is the attempt at a conversation in the state that it is for.
func (a attempt) of(before func(w *policyWorld, on object)) attempt {
	a.before = before
	return a
}

// newConversation is one of the caller's own, or one that somebody else is to
// own.
func newConversation(on object, who policyCaller) any {
	body := obj{"name": "begun", "message": saying("begun")}
	if who.kind == "user" {
		body["customer_user"] = "buyer"
	}
	if on.is == "foreign" {
		body["owner"] = "elsie"
	}
	return body
}

func closed(w *policyWorld, on object) {
	w.p.as(anAdmin).post(on.at()+"/close", nil).want(http.StatusOK)
}

func deleted(w *policyWorld, on object) {
	w.p.as(anAdmin).send(http.MethodDelete, on.at(), nil).want(http.StatusNoContent)
}

// in fills in what a path or a query has in braces.
func (o object) in(path string) string {
	return strings.NewReplacer(
		"/conversations/{id}", "/conversations/"+o.id,
		"{type}/{record}", "order/"+o.order, "{type}/{id}", "order/"+o.order,
		"{kind}/{person}", "user/"+o.owner, "{number}", "1", "{attachment}", o.file,
		"{secret}", url.QueryEscape(o.secret), "{label}", url.QueryEscape(o.label),
	).Replace(path)
}

// try sends the request of an attempt.
func (w *policyWorld) try(op operation, try attempt, on object, who policyCaller, headers ...string) reply {
	w.t.Helper()
	path := op.path
	if try.path != "" {
		path = try.path
	}
	path = on.in(path + try.query)
	if op.streams {
		s := who.stream(path)
		s.close()
		return s.reply
	}
	var body any
	if try.body != nil {
		body = try.body(on, who)
	}
	got := who.send(op.method, path, body, append(headers, try.headers...)...)
	if op.method == http.MethodGet {
		if head := who.send(http.MethodHead, path, nil, headers...); head.status != got.status && op.id != "diff-projection" {
			w.t.Errorf("%s by %s: HEAD %d, GET %d", op.id, who.is, head.status, got.status)
		}
	}
	if try.mass && got.status == http.StatusOK {
		return got.ofOne()
	}
	return got
}

// ofOne is what the answer of a mass command says of its one conversation.
func (r reply) ofOne() reply {
	r.t.Helper()
	var all struct {
		Results []struct {
			Status  int
			Problem json.RawMessage
		}
	}
	if err := json.Unmarshal(r.body, &all); err != nil || len(all.Results) != 1 {
		r.t.Fatalf("read the results: %v: %s", err, r.body)
	}
	r.header.Del("Content-Length")  // which counts the id
	r.header.Del("Parley-Position") // how far the log has come, whatever is asked for
	return reply{r.t, all.Results[0].Status, r.header, all.Results[0].Problem}
}
