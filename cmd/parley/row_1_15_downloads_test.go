package main_test

import (
	"net/http"
	"testing"
)

func TestRow_1_15_ranges_of_files_are_downloaded(t *testing.T) {
	onEveryFileStore(t, func(t *testing.T, stores []string, files fileStore) {
		p := serve(t, stores, files.settings...)
		owner, at := p.as(anOwner), p.begin("ranges")
		up := owner.upload("digits", "0123456789").want(http.StatusCreated)
		said := owner.post(at+"/messages", carrying("see", up.id())).want(http.StatusCreated)
		path := at + "/attachments/" + up.id()
		tag := owner.get(path, "Parley-Min-Position", said.position()).want(http.StatusOK).header.Get("ETag")
		for _, c := range []struct {
			headers []string
			status  int
			body    string
		}{
			{[]string{"Range", "bytes=2-4"}, http.StatusPartialContent, "234"},
			{[]string{"Range", "bytes=-3"}, http.StatusPartialContent, "789"},
			{[]string{"Range", "bytes=2-4", "If-Range", `"other"`}, http.StatusOK, "0123456789"},
			{[]string{"If-None-Match", tag}, http.StatusNotModified, ""},
		} {
			got := owner.get(path, c.headers...).want(c.status)
			if string(got.body) != c.body {
				t.Errorf("%v is %q, want %q", c.headers, got.body, c.body)
			}
		}
		for _, c := range []struct{ header, value, outcome, code string }{
			{"Range", "bytes=10-", "416", "range_not_satisfiable"},
			{"If-Match", `"other"`, "412", "precondition_failed"},
		} {
			got := owner.get(path, c.header, c.value)
			if got.outcome() != c.outcome || got.field("code") != c.code || got.header.Get("Content-Disposition") != "" {
				t.Errorf("%s: %s is refused by %v %s", c.header, c.value, got.header, got.body)
			}
		}
		if size := owner.get(path, "Range", "bytes=10-").header.Get("Content-Range"); size != "bytes */10" {
			t.Errorf("the refusal says that the file has %q", size)
		}
		head := owner.send(http.MethodHead, path, nil).want(http.StatusOK)
		if head.header.Get("Content-Length") != "10" || len(head.body) != 0 {
			t.Errorf("HEAD says %s", head.header.Get("Content-Length"))
		}
	})
}

func TestRow_1_15_files_are_for_those_who_may_see_the_message(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		owner, at := p.as(anOwner), p.begin("rights")
		public, hidden, other := owner.upload("public", "x").id(), owner.upload("hidden", "y").id(), owner.upload("waiting", "z").id()
		owner.post(at+"/messages", carrying("for both", public)).want(http.StatusCreated)
		note := carrying("a note", hidden)
		note["internal"] = true
		last := owner.post(at+"/messages", note).want(http.StatusCreated)
		elsewhere := p.begin("elsewhere")
		since := []string{"Parley-Min-Position", last.position()}
		file := func(id string) string { return at + "/attachments/" + id }
		p.ask(t, []probe{
			{"who sees it", anOwner, "GET", file(public), nil, since, "200"},
			{"who it is for", aBuyer, "GET", file(public), nil, since, "200"},
			{"a note's, a user", anOwner, "GET", file(hidden), nil, since, "200"},
			{"a note's, the buyer", aBuyer, "GET", file(hidden), nil, since, "404"},
			{"a stranger", "customer_user:other-buyer", "GET", file(public), nil, since, "404"},
			{"one that waits for its message", anOwner, "GET", file(other), nil, since, "404"},
			{"by another conversation", anOwner, "GET", elsewhere + "/attachments/" + public, nil, since, "404"},
			{"no id", anOwner, "GET", file("x"), nil, since, "404"},
			{"a parameter", anOwner, "GET", file(public) + "?x=1", nil, since, "422 x"},
		})
		hiddenFrom, absent := p.as(aBuyer).get(file(hidden), since...), p.as(aBuyer).get(file("01900000-0000-7000-8000-000000000000"), since...)
		if hiddenFrom.told() != absent.told() {
			t.Errorf("a note's file is told from none:\n%s\n%s", hiddenFrom.told(), absent.told())
		}
		redacted := p.as(anAdmin).send(http.MethodDelete, at+"/messages/1", nil).want(http.StatusNoContent)
		owner.get(file(public), "Parley-Min-Position", redacted.position()).want(http.StatusNotFound)
		deleted := p.as(anAdmin).send(http.MethodDelete, at, nil).want(http.StatusNoContent)
		owner.get(file(hidden), "Parley-Min-Position", deleted.position()).want(http.StatusNotFound)
		restored := p.as(anAdmin).post(at+"/restore", nil).want(http.StatusOK)
		owner.get(file(hidden), "Parley-Min-Position", restored.position()).want(http.StatusOK)
	})
}

func TestRow_1_15_damage_is_named_and_never_served(t *testing.T) {
	onEveryFileStore(t, func(t *testing.T, stores []string, files fileStore) {
		p := serve(t, stores, files.settings...)
		owner, at := p.as(anOwner), p.begin("damage")
		up := owner.upload("a", "what it was").want(http.StatusCreated)
		said := owner.post(at+"/messages", carrying("see", up.id())).want(http.StatusCreated)
		path := at + "/attachments/" + up.id()
		owner.get(path, "Parley-Min-Position", said.position()).want(http.StatusOK)
		files.damage()
		for _, headers := range [][]string{nil, {"Range", "bytes=0-1"}} {
			got := owner.get(path, headers...).want(http.StatusInternalServerError)
			if got.field("code") != "attachment_damaged" {
				t.Errorf("damage is %s", got.body)
			}
		}
	})
}
