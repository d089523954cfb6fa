package main_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/adaptertest/clamdtest"
	"parley/adapters/adaptertest/s3test"
)

// fileStore is where a server keeps files, as a test sees it.
type fileStore struct {
	settings []string
	count    func() int
	damage   func() // every file in it
}

// onEveryFileStore runs a test on both stacks, with a folder and with a bucket.
func onEveryFileStore(t *testing.T, test func(t *testing.T, stores []string, files fileStore)) {
	t.Helper()
	onBothStacks(t, func(t *testing.T, stores []string) {
		t.Run("folder", func(t *testing.T) { test(t, stores, aFolder(t, stores)) })
	})
	onBucket(t, test)
}

func onBucket(t *testing.T, test func(t *testing.T, stores []string, files fileStore)) {
	t.Helper()
	for name, open := range stacks {
		t.Run(name+" and a bucket", func(t *testing.T) {
			t.Parallel()
			server := s3test.Start(t)
			test(t, open(t), fileStore{
				settings: []string{"--blobs", server.Place("files"), "--blobs-access-key", "key", "--blobs-secret-key", "secret"},
				count:    func() int { return len(server.Keys(t)) },
				damage: func() {
					for _, key := range server.Keys(t) {
						server.Damage(t, key)
					}
				},
			})
		})
	}
}

// aFolder is the folder that a server uses by default.
func aFolder(t *testing.T, stores []string) fileStore {
	t.Helper()
	all := func() []string {
		found, err := filepath.Glob(filepath.Join(setting(stores, "--data"), "blobs", "*", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	return fileStore{
		count: func() int { return len(all()) },
		damage: func() {
			for _, path := range all() {
				content, err := os.ReadFile(path)
				if err == nil {
					content[len(content)-1] ^= 1
					err = os.WriteFile(path, content, 0o600)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		},
	}
}

// upload sends a file.
func (c caller) upload(name, content string, headers ...string) reply {
	c.p.t.Helper()
	return c.send(http.MethodPost, "/v1/attachments?name="+url.QueryEscape(name), content, headers...)
}

// id of what was answered.
func (r reply) id() string {
	r.t.Helper()
	return r.object()["id"].(string)
}

func digest(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

const aPDF = "%PDF-1.7\nnot much of one"

func carrying(body string, files ...string) obj {
	all := arr{}
	for _, f := range files {
		all = append(all, f)
	}
	return obj{"body": body, "attachments": all}
}

func TestRow_1_15_files_are_uploaded_put_on_messages_and_downloaded(t *testing.T) {
	onEveryFileStore(t, func(t *testing.T, stores []string, files fileStore) {
		p := serve(t, stores, files.settings...)
		owner, buyer := p.as(anOwner), p.as(aBuyer)
		big := strings.Repeat("\x00\x01big", 3<<20) // which goes to a bucket in parts
		want := map[string]obj{}
		var ids []string
		for name, content := range map[string]string{"Angebot.pdf": aPDF, "big": big} {
			up := owner.upload(name, content, "Content-Type", "text/html").want(http.StatusCreated)
			kind := map[string]string{"Angebot.pdf": "application/pdf", "big": "application/octet-stream"}[name]
			told := obj{"id": up.id(), "name": name, "size": float64(len(content)), "content_type": kind, "sha256": digest(content)}
			if diff := cmp.Diff(told, up.object()); diff != "" {
				t.Errorf("the upload of %s is told (-want +got):\n%s", name, diff)
			}
			want[content], ids = told, append(ids, up.id())
		}
		started := owner.post("/v1/conversations", obj{"name": "files", "customer_user": "buyer", "message": carrying("see these", ids...)}).want(http.StatusCreated)
		agree(t, owner, started)
		at := "/v1/conversations/" + started.id()
		for content, told := range want {
			got := buyer.get(at+"/attachments/"+told["id"].(string), "Parley-Min-Position", started.position()).want(http.StatusOK)
			if string(got.body) != content {
				t.Errorf("%s is read as %d other bytes", told["name"], len(got.body))
			}
		}
		messages := buyer.get(at+"/messages", "Parley-Min-Position", started.position())
		messages.shows("the message", "items", "attachments.0.id", ids[0])
		messages.shows("the message", "items", "attachments.1.id", ids[1])
		own := buyer.upload("own.txt", "words").want(http.StatusCreated)
		reply := buyer.post(at+"/messages", carrying("mine", own.id())).want(http.StatusCreated)
		read := buyer.get(at+"/messages?after=1", "Parley-Min-Position", reply.position()).items()
		if diff := cmp.Diff(read[0], reply.object()); diff != "" {
			t.Errorf("the message is told otherwise than it is read (-read +told):\n%s", diff)
		}
		if files.count() != 3 {
			t.Errorf("%d files are kept, want 3", files.count())
		}
	})
}

func TestRow_1_15_files_are_chosen_as_the_contract_says(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		owner, at := p.as(anOwner), p.begin("choosing")
		mine, spare, theirs := owner.upload("a", "a").id(), owner.upload("b", "b").id(), p.as(anAdmin).upload("c", "c").id()
		none := "01900000-0000-7000-8000-000000000000"
		eleven := make([]string, 11)
		for i := range eleven {
			eleven[i] = none
		}
		messages := at + "/messages"
		p.ask(t, []probe{
			{"another's, an absent and a malformed one", anOwner, "POST", messages, carrying("x", mine, theirs, none, "x"), nil, "422 /attachments/1 /attachments/2 /attachments/3"},
			{"one twice", anOwner, "POST", messages, carrying("x", mine, mine), nil, "422 /attachments/1"},
			{"too many", anOwner, "POST", messages, carrying("x", eleven...), nil, "422 /attachments"},
			{"a blank message all the same", anOwner, "POST", messages, carrying(" ", mine, none), nil, "422 /attachments/1 /body"},
			{"what is not there", anOwner, "POST", "/v1/conversations/" + none + "/messages", carrying("x", mine), nil, "404"},
			{"at the start", anOwner, "POST", "/v1/conversations", obj{"name": "", "customer_user": "buyer", "message": carrying("x", theirs)}, nil, "422 /message/attachments/0 /name"},
			{"while it is closed", anOwner, "POST", at + "/close", nil, nil, "200"},
			{"while it is closed", anOwner, "POST", messages, carrying("x", mine), nil, "409 conversation_closed"},
			{"reopened", anOwner, "POST", at + "/reopen", nil, nil, "200"},
			{"what refusals let go", anOwner, "POST", messages, carrying("x", mine), nil, "201"},
			{"what is on a message", anOwner, "POST", messages, carrying("x", spare, mine), nil, "422 /attachments/1"},
			{"what was with it", anOwner, "POST", messages, carrying("x", spare), nil, "201"},
		})
	})
}

func TestRow_1_15_a_file_is_on_one_message_however_often_it_is_sent(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		owner, at := p.as(anOwner), p.begin("once")
		file := owner.upload("a", "a").id()
		answers := make([]reply, 12)
		var all sync.WaitGroup
		for i := range answers {
			headers := []string{"Idempotency-Key", "k"}
			if i%3 == 0 {
				headers = nil
			}
			all.Go(func() { answers[i] = owner.post(at+"/messages", carrying("x", file), headers...) })
		}
		all.Wait()
		numbers, last := map[string]bool{}, "0"
		for _, a := range answers {
			switch a.outcome() {
			case "201":
				numbers[fmt.Sprint(a.field("number"))], last = true, a.position()
			case "422 /attachments/0":
			default:
				t.Errorf("came to %s: %s", a.outcome(), a.body)
			}
		}
		read := owner.get(at+"/messages?limit=200", "Parley-Min-Position", last)
		if len(numbers) != 1 || len(read.items()) != 1 {
			t.Errorf("the file is on messages %v of %d", numbers, len(read.items()))
		}
		again := owner.post(at+"/messages", carrying("y", owner.upload("b", "b").id()), "Idempotency-Key", "other").want(http.StatusCreated)
		owner.post(at+"/messages", carrying("y", again.field("attachments.0.id").(string)), "Idempotency-Key", "other").want(http.StatusCreated)
	})
}

func TestRow_1_15_uploads_are_repeated_by_their_key(t *testing.T) {
	onEveryFileStore(t, func(t *testing.T, stores []string, files fileStore) {
		p := serve(t, stores, files.settings...)
		owner := p.as(anOwner)
		first := owner.upload("a", "content", "Idempotency-Key", "k").want(http.StatusCreated)
		for range 3 {
			again := owner.upload("a", "content", "Idempotency-Key", "k").want(http.StatusCreated)
			if !bytes.Equal(again.body, first.body) || again.position() != first.position() {
				t.Errorf("again is %s, first was %s", again.body, first.body)
			}
		}
		for what, r := range map[string]reply{
			"content": owner.upload("a", "another", "Idempotency-Key", "k"), "name": owner.upload("b", "content", "Idempotency-Key", "k"),
		} {
			if r.outcome() != "422 Idempotency-Key" {
				t.Errorf("another %s comes to %s", what, r.outcome())
			}
		}
		if files.count() != 1 {
			t.Errorf("%d files are kept", files.count())
		}
	})
}

func TestRow_1_15_limits_of_size_and_type_hold(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		owner, admin := p.as(anOwner), p.as(anAdmin)
		limits := func(l obj) {
			admin.send(http.MethodPatch, "/v1/settings", obj{"limits": l}).want(http.StatusOK)
		}
		limits(obj{"attachment_bytes": 1000, "attachment_types": arr{"image/*", "text/plain"}})
		exact, over := strings.Repeat("x", 1000), strings.Repeat("x", 1001)
		for _, c := range []struct{ says, content, want string }{
			{"a text", "hello", "201"},
			{"a picture", "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00", 20), "201"},
			{"a PDF", aPDF, "415"},
			{"a page", "<!DOCTYPE html><script>alert(1)</script>", "415"},
			{"as much as is taken", exact, "201"},
			{"a byte more", over, "413"},
			{"much more than is read on", strings.Repeat("x", 6<<20), "413"},
			{"nothing", "", "400"},
		} {
			if got := owner.upload("image.png", c.content, "Content-Type", "image/png").outcome(); got != c.want {
				t.Errorf("%s comes to %s, want %s", c.says, got, c.want)
			}
		}
		// A body that does not say how long it is is counted.
		r, err := http.NewRequest(http.MethodPost, p.url+"/v1/attachments?name=x", io.MultiReader(strings.NewReader(over)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+owner.token)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("a chunked body comes to %d", resp.StatusCode)
		}
		limits(obj{"attachment_types": arr{}})
		if got := owner.upload("a", "hello").outcome(); got != "415" {
			t.Errorf("without any type it comes to %s", got)
		}
		if n := aFolder(t, stores).count(); n != 3 {
			t.Errorf("%d files are kept, want those that were taken", n)
		}
	})
}

func TestRow_1_15_names_are_no_paths_headers_or_markup(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		owner, at := p.as(anOwner), p.begin("names")
		for _, name := range []string{
			"", " ", "../../etc/passwd", "a/b", `C:\a`, "..", ".", "a\r\nSet-Cookie: x=y", "a\x00b", "a\tb", "exe.\u202efdp", "line\u2028break",
			"a.", " a", "\xff.pdf", strings.Repeat("é", 128),
		} {
			if got := owner.upload(name, "x").outcome(); got != "422 name" {
				t.Errorf("%q comes to %s", name, got)
			}
		}
		p.ask(t, []probe{
			{"no name", anOwner, "POST", "/v1/attachments", "x", nil, "422 name"},
			{"an unknown parameter", anOwner, "POST", "/v1/attachments?name=a&type=b", "x", nil, "422 type"},
			{"a content encoding", anOwner, "POST", "/v1/attachments?name=a", "x", []string{"Content-Encoding", "gzip"}, "415"},
		})
		for name, disposition := range map[string]string{
			"plain.pdf":                     `attachment; filename="plain.pdf"; filename*=UTF-8''plain.pdf`,
			`"; evil="x`:                    `attachment; filename="__ evil=_x"; filename*=UTF-8''%22%3B%20evil%3D%22x`,
			"Mängel “neu” 100%*.pdf":        `attachment; filename="M_ngel _neu_ 100_*.pdf"; filename*=UTF-8''M%C3%A4ngel%20%E2%80%9Cneu%E2%80%9D%20100%25%2A.pdf`,
			"<script>alert(1)</script>.svg": "",
			strings.Repeat("x", 255):        `attachment; filename="` + strings.Repeat("x", 255) + `"; filename*=UTF-8''` + strings.Repeat("x", 255),
		} {
			if strings.Contains(name, "/") {
				continue
			}
			up := owner.upload(name, `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`).want(http.StatusCreated)
			said := owner.post(at+"/messages", carrying("see", up.id())).want(http.StatusCreated)
			got := owner.get(at+"/attachments/"+up.id(), "Parley-Min-Position", said.position()).want(http.StatusOK)
			if got.header.Get("Content-Disposition") != disposition {
				t.Errorf("%q is %s, want %s", name, got.header.Get("Content-Disposition"), disposition)
			}
			for header, want := range map[string]string{
				"Content-Type": "image/svg+xml", "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
				"Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'", "Cache-Control": "private, no-cache",
			} {
				if got.header.Get(header) != want {
					t.Errorf("%s is %q, want %q", header, got.header.Get(header), want)
				}
			}
		}
	})
}

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

func TestRow_1_15_every_upload_is_scanned(t *testing.T) {
	onEveryFileStore(t, func(t *testing.T, stores []string, files fileStore) {
		scanner := clamdtest.Start(t, "tcp", "")
		p := serve(t, stores, append(files.settings, "--scanner", scanner.Address)...)
		owner := p.as(anOwner)
		owner.upload("clean.pdf", aPDF).want(http.StatusCreated)
		infected := owner.upload("invoice.txt", "words "+clamdtest.Eicar).want(http.StatusUnprocessableEntity)
		if infected.field("code") != "infected" || scanner.Scanned() != 2 {
			t.Errorf("after %d scans: %s", scanner.Scanned(), infected.body)
		}
		scanner.SetBroken(true)
		down := owner.upload("clean.pdf", aPDF, "Idempotency-Key", "k").want(http.StatusServiceUnavailable)
		if wait, err := strconv.Atoi(down.header.Get("Retry-After")); wait < 1 || err != nil {
			t.Errorf("Retry-After is %q", down.header.Get("Retry-After"))
		}
		if files.count() != 1 {
			t.Errorf("%d files are kept, want the clean one", files.count())
		}
		scanner.SetBroken(false)
		owner.upload("clean.pdf", aPDF, "Idempotency-Key", "k").want(http.StatusCreated)
	})
}

func TestRow_1_15_what_is_on_no_message_in_time_is_removed(t *testing.T) {
	onEveryFileStore(t, func(t *testing.T, stores []string, files fileStore) {
		p := serve(t, stores, append(files.settings, "--blobs-keep", "2s")...)
		owner, at := p.as(anOwner), p.begin("waiting")
		kept := owner.upload("kept", "kept").want(http.StatusCreated)
		said := owner.post(at+"/messages", carrying("see", kept.id())).want(http.StatusCreated)
		lost := owner.upload("lost", "lost").want(http.StatusCreated)
		eventually(t, startLimit, "what waits is removed", func() bool { return files.count() == 1 })
		owner.get(at+"/attachments/"+kept.id(), "Parley-Min-Position", said.position()).want(http.StatusOK)
		if got := owner.post(at+"/messages", carrying("late", lost.id())).outcome(); got != "422 /attachments/0" {
			t.Errorf("what was removed comes to %s", got)
		}
	})
}

func TestRow_1_15_a_purge_takes_the_files_along(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p, files := serve(t, stores), aFolder(t, stores)
		owner, admin, at, other := p.as(anOwner), p.as(anAdmin), p.begin("purged"), p.begin("kept")
		shown, redacted, kept := owner.upload("shown", "x").id(), owner.upload("redacted", "y").id(), owner.upload("kept", "z").id()
		owner.post(at+"/messages", carrying("see", redacted)).want(http.StatusCreated)
		owner.post(at+"/messages", carrying("see", shown)).want(http.StatusCreated)
		owner.post(other+"/messages", carrying("see", kept)).want(http.StatusCreated)
		admin.send(http.MethodDelete, at+"/messages/1", nil).want(http.StatusNoContent)
		admin.send(http.MethodDelete, at, nil).want(http.StatusNoContent)
		purged := admin.post(at+"/purge", nil).want(http.StatusNoContent)
		since := []string{"Parley-Min-Position", purged.position()}
		for _, who := range []string{anOwner, aBuyer, anAdmin} {
			for _, file := range []string{shown, redacted} {
				p.as(who).get(at+"/attachments/"+file, since...).want(http.StatusNotFound)
			}
			p.as(who).get(other+"/attachments/"+shown, since...).want(http.StatusNotFound)
		}
		p.terminate()
		p.start() // which cleans up at once what would be in a minute
		eventually(t, startLimit, "the files of the purged conversation are gone", func() bool { return files.count() == 1 })
		owner.get(other+"/attachments/"+kept, since...).want(http.StatusOK)
		p.ask(t, []probe{
			{"what was purged", anOwner, "POST", other + "/messages", carrying("x", shown), nil, "422 /attachments/0"},
			{"what was redacted", anOwner, "POST", other + "/messages", carrying("x", redacted), nil, "422 /attachments/0"},
		})
	})
}
