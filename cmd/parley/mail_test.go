package main_test

import (
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"testing"

	"parley/adapters/adaptertest/smtptest"
)

// received returns how many mails each address was sent.
func received(s *smtptest.Server) map[string]int {
	counts := map[string]int{}
	for _, m := range s.Accepted() {
		counts[m.To[0]]++
	}
	return counts
}

// idOf returns a mail's Message-ID.
func idOf(t *testing.T, m smtptest.Message) string {
	t.Helper()
	read, err := mail.ReadMessage(strings.NewReader(m.Data))
	if err != nil {
		t.Fatalf("read the mail: %v", err)
	}
	id := read.Header.Get("Message-ID")
	if id == "" {
		t.Fatalf("a mail has no Message-ID:\n%s", m.Data)
	}
	return id
}

// ids returns the Message-IDs of all mails, each once, and how many there were
// more than once.
func ids(t *testing.T, mails []smtptest.Message) (distinct []string, doubled int) {
	t.Helper()
	for _, m := range mails {
		id := idOf(t, m)
		if slices.Contains(distinct, id) {
			doubled++
			continue
		}
		distinct = append(distinct, id)
	}
	return distinct, doubled
}

// talk starts a conversation of buyer and user, without a message, and returns
// the path of its messages.
func talk(p *program) string {
	p.t.Helper()
	started := p.as("user:user").post("/v1/conversations", map[string]string{"name": "Talk", "customer_user": "buyer"}).want(http.StatusCreated)
	return "/v1/conversations/" + started.object()["id"].(string) + "/messages"
}

// say posts a message.
func (c caller) say(at, body string) reply {
	c.p.t.Helper()
	return c.post(at, map[string]string{"body": body}).want(http.StatusCreated)
}
