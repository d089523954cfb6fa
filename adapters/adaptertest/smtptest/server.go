// Package smtptest is a real SMTP server in the test's process that keeps what
// it accepted, and refuses, answers slowly or drops the connection as told.
package smtptest

import (
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// Answer is what the server does with one message.
type Answer int

// The answers. DropAfter accepts the message and drops the connection in place
// of saying so.
const (
	Accept Answer = iota
	RefuseForNow
	RefuseForGood
	DropBefore
	DropAfter
)

// Message is a message that was accepted.
type Message struct {
	From string
	To   []string
	Data string
}

// Server is a running SMTP server.
type Server struct {
	address string
	answer  func(to string, attempt int) Answer

	mu       sync.Mutex
	accepted []Message
	attempts map[string]int
	changed  chan struct{}
}

// Start runs a server until the test ends. The answer to a message may depend on
// its recipient and on how often a message to it was tried before; nil accepts
// all.
func Start(t testing.TB, answer func(to string, attempt int) Answer) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen for mail: %v", err)
	}
	if answer == nil {
		answer = func(string, int) Answer { return Accept }
	}
	s := &Server{
		address: listener.Addr().String(), answer: answer,
		attempts: map[string]int{}, changed: make(chan struct{}),
	}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{server: s, conn: c}, nil
	}))
	server.Domain = "localhost"
	server.ErrorLog = silent{}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	return s
}

// URL returns the address of the server for a mailer's settings.
func (s *Server) URL() string { return "smtp://" + s.address }

// Accepted returns the messages accepted so far.
func (s *Server) Accepted() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.accepted)
}

// Attempts returns how many messages to a recipient were tried.
func (s *Server) Attempts(to string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.attempts[to]
}

// Wait returns the accepted messages once there are as many, and fails the test
// when that takes longer than the limit.
func (s *Server) Wait(t testing.TB, count int, limit time.Duration) []Message {
	t.Helper()
	deadline := time.After(limit)
	for {
		s.mu.Lock()
		accepted, changed := slices.Clone(s.accepted), s.changed
		s.mu.Unlock()
		if len(accepted) >= count {
			return accepted
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("%d messages were accepted, want %d", len(accepted), count)
		}
	}
}

// decide counts the attempt and keeps the message if it is to be accepted.
func (s *Server) decide(m Message) Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	to := m.To[0]
	answer := s.answer(to, s.attempts[to])
	s.attempts[to]++
	if answer == Accept || answer == DropAfter {
		s.accepted = append(s.accepted, m)
	}
	close(s.changed)
	s.changed = make(chan struct{})
	return answer
}

// session is one client's conversation.
type session struct {
	server  *Server
	conn    *smtp.Conn
	message Message
}

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.message = Message{From: from}
	return nil
}

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.message.To = append(s.message.To, to)
	return nil
}

// Data implements smtp.Session.
func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.message.Data = string(data)
	switch s.server.decide(s.message) {
	case RefuseForNow:
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "try later"}
	case RefuseForGood:
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such person"}
	case DropBefore, DropAfter:
		_ = s.conn.Conn().Close()
	}
	return nil
}

// Reset implements smtp.Session.
func (s *session) Reset() { s.message = Message{} }

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }

// silent drops the server's log: dropped connections are on purpose.
type silent struct{}

// Printf implements smtp.Logger.
func (silent) Printf(string, ...any) {}

// Println implements smtp.Logger.
func (silent) Println(...any) {}
