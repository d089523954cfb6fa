package mail_test

import (
	"errors"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/adapters/adaptertest/smtptest"
	parleymail "parley/adapters/mail"
	"parley/adapters/markup"
	"parley/domain/notification"
)

func newMailer(t *testing.T, url string) *parleymail.Mailer {
	t.Helper()
	m, err := parleymail.New(parleymail.Config{
		URL: url, From: "Parley <parley@acme.example>", PublicURL: "https://talk.example/",
		Markup: markup.HTML, PlainText: markup.Plain, Timeout: 2 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func notice() notification.Notice {
	return notification.Notice{
		ID: uuid.MustParse("0197a000-0000-7000-8000-000000000001"), Name: "Bert Buyer", Email: "bert@northwind.example",
		Conversation: uuid.MustParse("0197a000-0000-7000-8000-000000000002"), ConversationName: "Order 1001",
		Number: 3, From: "Anna", Body: "Is *Thursday* fine?\n<script>x</script>",
		At: time.Date(2026, 5, 4, 9, 30, 0, 0, time.UTC),
	}
}

func TestSend_delivers_a_readable_mail(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, nil)
	if err := newMailer(t, server.URL()).Send(t.Context(), notice()); err != nil {
		t.Fatal(err)
	}
	got := server.Accepted()
	if len(got) != 1 || got[0].To[0] != "bert@northwind.example" || got[0].From != "parley@acme.example" {
		t.Fatalf("accepted %+v", got)
	}
	m, err := mail.ReadMessage(strings.NewReader(got[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]string{
		"Subject":        "Order 1001: new message from Anna",
		"Message-Id":     "<notice.0197a000-0000-7000-8000-000000000001@acme.example>",
		"References":     "<conversation.0197a000-0000-7000-8000-000000000002@acme.example>",
		"Auto-Submitted": "auto-generated",
	} {
		if got := m.Header.Get(header); got != want {
			t.Errorf("%s: got %q, want %q", header, got, want)
		}
	}
	for _, want := range []string{"Is Thursday fine?", "<em>Thursday</em>", "&lt;script&gt;", "https://talk.example/conversations/0197a000-0000-7000-8000-000000000002"} {
		if !strings.Contains(strings.ReplaceAll(got[0].Data, "=\r\n", ""), want) {
			t.Errorf("the mail does not hold %q:\n%s", want, got[0].Data)
		}
	}
	if strings.Count(got[0].Data, "<script>") != 1 {
		t.Error("the typed script stands elsewhere than in the plain part")
	}
}

func TestSend_says_that_somebody_is_mentioned(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, nil)
	n := notice()
	n.Mentioned, n.Body = true, "@[Bert](customer_user:bert), look"
	if err := newMailer(t, server.URL()).Send(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(server.Accepted()[0].Data, "=\r\n", "")
	for _, want := range []string{"Subject: Order 1001: Anna mentioned you", "Anna mentioned you in", "mention\">@Bert</span>, look"} {
		if !strings.Contains(got, want) {
			t.Errorf("the mail does not hold %q:\n%s", want, got)
		}
	}
}

func TestSend_renders_a_mail_once(t *testing.T) {
	t.Parallel()
	server, html, plain := smtptest.Start(t, nil), 0, 0
	m, err := parleymail.New(parleymail.Config{
		URL: server.URL(), From: "a@b.example", Timeout: 2 * time.Second,
		Markup:    func(body string) string { html++; return markup.HTML(body) },
		PlainText: func(body string) string { plain++; return markup.Plain(body) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Send(t.Context(), notice()); err != nil || html != 1 || plain != 1 {
		t.Errorf("a mail was rendered %d times, made plain %d times, %v", html, plain, err)
	}
}

func TestSend_keeps_untrusted_text_out_of_headers(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t, nil)
	n := notice()
	n.ConversationName = "x\r\nBcc: evil@example.com\r\n\r\nbody"
	n.Name = "Bert\r\nX-Evil: 1"
	n.From = "Anna\u2028X-Evil: 1"
	if err := newMailer(t, server.URL()).Send(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(strings.NewReader(server.Accepted()[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	if m.Header.Get("Bcc") != "" || m.Header.Get("X-Evil") != "" || len(server.Accepted()[0].To) != 1 {
		t.Fatalf("headers %v", m.Header)
	}
}

func TestSend_tells_temporary_from_permanent_failures(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer    smtptest.Answer
		permanent bool
	}{
		"a 4xx answer":                    {smtptest.RefuseForNow, false},
		"a 5xx answer":                    {smtptest.RefuseForGood, true},
		"a connection dropped before":     {smtptest.DropBefore, false},
		"a connection dropped in between": {smtptest.DropAfter, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := smtptest.Start(t, func(string, int) smtptest.Answer { return c.answer })
			err := newMailer(t, server.URL()).Send(t.Context(), notice())
			failure, ok := errors.AsType[*notification.SendError](err)
			if !ok || failure.Permanent != c.permanent {
				t.Fatalf("got %v, permanent %v", err, ok && failure.Permanent)
			}
			if strings.Contains(failure.Reason, "bert@") {
				t.Fatalf("the reason repeats the address: %s", failure.Reason)
			}
		})
	}
}

func TestSend_gives_up_on_a_server_that_says_nothing(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	m, err := parleymail.New(parleymail.Config{
		URL: "smtp://" + listener.Addr().String(), From: "a@b.example", Markup: markup.HTML, PlainText: markup.Plain, Timeout: 200 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	failure, ok := errors.AsType[*notification.SendError](m.Send(t.Context(), notice()))
	if !ok || failure.Permanent || time.Since(start) > 5*time.Second {
		t.Fatalf("got %v after %v", failure, time.Since(start))
	}
}

func TestSend_refuses_an_address_that_cannot_be_one(t *testing.T) {
	t.Parallel()
	n := notice()
	n.Email = "not an address"
	failure, ok := errors.AsType[*notification.SendError](newMailer(t, "smtp://127.0.0.1:1").Send(t.Context(), n))
	if !ok || !failure.Permanent {
		t.Fatalf("got %v", failure)
	}
}

func TestNew_says_what_is_wrong_with_its_settings(t *testing.T) {
	t.Parallel()
	for _, c := range []parleymail.Config{
		{URL: "localhost:25", From: "a@b.example"},
		{URL: "http://localhost", From: "a@b.example"},
		{URL: "smtp://localhost:25", From: "nobody"},
	} {
		if _, err := parleymail.New(c); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}
