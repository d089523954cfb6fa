package main_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

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
