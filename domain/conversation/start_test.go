package conversation_test

import (
	"errors"
	"strings"
	"testing"

	"parley/domain"
	"parley/domain/conversation"
)

func pointers(err error) []string {
	e, ok := errors.AsType[*domain.Error](err)
	if !ok {
		return nil
	}
	var all []string
	for _, f := range e.Fields {
		all = append(all, f.Pointer)
	}
	return all
}

func start(change func(*conversation.Start)) func(*state) ([]event, error) {
	s := conversation.Start{
		Organization: "acme", Name: "  Late\t", Owner: "ada", CustomerUser: "bob", Customer: "northwind", Starter: ada,
	}
	change(&s)
	return func(c *state) ([]event, error) { return c.Start(s, now) }
}

func opening(source *domain.Record) []event {
	return []event{
		conversation.Started{
			Organization: "acme", Name: "Late", Owner: "ada", CustomerUser: "bob", Customer: "northwind",
			Source: source, Starter: ada, At: now,
		},
		conversation.ParticipantJoined{Person: ada, At: now},
		conversation.ParticipantJoined{Person: bob, At: now},
		conversation.ContextAttached{Context: domain.PersonRecord(ada), At: now},
		conversation.ContextAttached{Context: domain.PersonRecord(bob), At: now},
	}
}

func TestStart(t *testing.T) {
	t.Parallel()
	run(t, map[string]scenario{
		"owner and customer user take part and are contexts": {
			given: fold(), when: start(func(*conversation.Start) {}), then: opening(nil),
		},
		"source and chosen records are contexts, repeated ones fold": {
			given: fold(),
			when: start(func(s *conversation.Start) {
				s.Source, s.Contexts = &order, []domain.Record{order, quote, domain.PersonRecord(ada), quote}
			}),
			then: append(opening(&order),
				conversation.ContextAttached{Context: order, At: now},
				conversation.ContextAttached{Context: quote, At: now}),
		},
		"a first message makes its author join": {
			given: fold(),
			when: start(func(s *conversation.Start) {
				s.Message = &conversation.NewMessage{Author: eve, From: eve, Body: "Hello\r\nyou"}
			}),
			then: append(opening(nil),
				conversation.ParticipantJoined{Person: eve, At: now},
				conversation.ContextAttached{Context: domain.PersonRecord(eve), At: now},
				conversation.MessageAdded{Number: 1, PublicNumber: 1, Body: "Hello\nyou", From: eve, Author: eve, At: now}),
		},
		"all that is wrong is said at once": {
			given: fold(),
			when: start(func(s *conversation.Start) {
				s.Name, s.Contexts = " \n ", make([]domain.Record, conversation.MaxChosenContexts+1)
				s.Message = &conversation.NewMessage{Author: eve, From: bob, Body: " \t", Internal: true}
			}),
			code: domain.CodeInvalid, wrong: []string{"/name", "/contexts", "/message/body", "/message/from"},
		},
		"a conversation starts once": {
			given: started(), when: start(func(*conversation.Start) {}), code: domain.CodeConflict,
		},
	})
}

func TestCheckName_takes_1_to_255_characters_after_trimming(t *testing.T) {
	t.Parallel()
	for name, ok := range map[string]bool{
		"x": true, strings.Repeat("é", 255): true, "  " + strings.Repeat("x", 255) + "\n": true,
		"": false, " \t\n": false, strings.Repeat("x", 256): false, "a\x00b": false, "a\xffb": false, "\x0b x": false, "a\rb": false,
	} {
		if got := conversation.CheckName(name) == ""; got != ok {
			t.Errorf("%q accepted: %t, want %t", name, got, ok)
		}
	}
}

func TestCheckBody_refuses_what_nobody_sees(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", " \t\n", "\u00a0\u3000", "\u200b\ufeff\u00ad", "\u3164\ufe0f"} {
		if conversation.CheckBody(body, 100) == "" {
			t.Errorf("%q is taken", body)
		}
	}
	for _, body := range []string{".", "👩\u200d👧", "❤\ufe0f", "\u200f\u05d0"} {
		if wrong := conversation.CheckBody(body, 100); wrong != "" {
			t.Errorf("%q %s", body, wrong)
		}
	}
}

func TestCheckBody_counts_bytes_after_line_ends_are_normalized(t *testing.T) {
	t.Parallel()
	for body, ok := range map[string]bool{
		"12345678": true, "1234567\r\n": true, "éééé": true,
		"123456789": false, "ééééé": false, "": false, "\r\n": false, "\u00a0": false, "a\x1bb": false,
	} {
		if got := conversation.CheckBody(body, 8) == ""; got != ok {
			t.Errorf("%q accepted: %t, want %t", body, got, ok)
		}
	}
}

func TestDefaultName_joins_the_labels_within_the_limit(t *testing.T) {
	t.Parallel()
	if got := conversation.DefaultName("Request for Quote", "2001"); got != "Request for Quote 2001" {
		t.Errorf("got %q", got)
	}
	if wrong := conversation.CheckName(conversation.DefaultName(strings.Repeat("é", 255), "1")); wrong != "" {
		t.Errorf("a long default name %s", wrong)
	}
}
