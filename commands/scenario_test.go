package commands_test

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"parley/commands"
	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/directory"
)

func sameTime(time.Time, time.Time) bool { return true }

// pointers are the places that an error says something about, in its order.
func pointers(err error) (all []string) {
	if e, ok := errors.AsType[*domain.Error](err); ok {
		for _, f := range e.Fields {
			all = append(all, f.Pointer+f.Parameter)
		}
	}
	return all
}

// said is a message as the log holds it.
func said(number, public int, author, from domain.Person, body string) conversation.MessageAdded {
	return conversation.MessageAdded{
		Number: number, PublicNumber: public, Body: body, From: from, Author: author, Internal: public == 0,
	}
}

// welcomed are the events by which somebody joins and becomes a context.
func welcomed(p domain.Person) []event {
	return []event{conversation.ParticipantJoined{Person: p}, conversation.ContextAttached{Context: domain.PersonRecord(p)}}
}

// The commands in short, each as one step of a scenario.

type step = func(w *world, id uuid.UUID) error

func say(who domain.Person, change ...func(*commands.AddMessage)) step {
	return func(w *world, id uuid.UUID) error {
		c := commands.AddMessage{Request: w.by(who), ID: id, Body: "hi"}
		for _, f := range change {
			f(&c)
		}
		_, err := commands.AddMessageHandler{Conversations: w.Conversations}.Handle(w.Context(), c)
		return err
	}
}

func shut(who domain.Person, reason string) step {
	return func(w *world, id uuid.UUID) error {
		_, err := commands.CloseConversationHandler{Conversations: w.Conversations}.Handle(w.Context(),
			commands.CloseConversation{Request: w.by(who), ID: id, Reason: reason})
		return err
	}
}

func reopen(who domain.Person) step {
	return func(w *world, id uuid.UUID) error {
		_, err := commands.ReopenConversationHandler{Conversations: w.Conversations}.Handle(w.Context(),
			commands.ReopenConversation{Request: w.by(who), ID: id})
		return err
	}
}

func update(who domain.Person, change func(*commands.UpdateConversation)) step {
	return func(w *world, id uuid.UUID) error {
		c := commands.UpdateConversation{Request: w.by(who), ID: id}
		change(&c)
		_, err := commands.UpdateConversationHandler{Conversations: w.Conversations}.Handle(w.Context(), c)
		return err
	}
}

func attach(who domain.Person, r domain.Record) step {
	return func(w *world, id uuid.UUID) error {
		_, err := commands.AttachContextHandler{Conversations: w.Conversations}.Handle(w.Context(),
			commands.AttachContext{Request: w.by(who), ID: id, Context: r})
		return err
	}
}

func detach(who domain.Person, r domain.Record) step {
	return func(w *world, id uuid.UUID) error {
		_, err := commands.DetachContextHandler{Conversations: w.Conversations}.Handle(w.Context(),
			commands.DetachContext{Request: w.by(who), ID: id, Context: r})
		return err
	}
}

func add(who, whom domain.Person) step {
	return func(w *world, id uuid.UUID) error {
		_, err := commands.AddParticipantHandler{Conversations: w.Conversations}.Handle(w.Context(),
			commands.AddParticipant{Request: w.by(who), ID: id, Person: whom})
		return err
	}
}

func takeOut(who, whom domain.Person) step {
	return func(w *world, id uuid.UUID) error {
		_, err := commands.RemoveParticipantHandler{Conversations: w.Conversations}.Handle(w.Context(),
			commands.RemoveParticipant{Request: w.by(who), ID: id, Person: whom})
		return err
	}
}

func discard(who domain.Person) step {
	return func(w *world, id uuid.UUID) error {
		_, err := commands.DeleteConversationHandler{Conversations: w.Conversations}.Handle(w.Context(),
			commands.DeleteConversation{Request: w.by(who), ID: id})
		return err
	}
}

func bringBack(who domain.Person) step {
	return func(w *world, id uuid.UUID) error {
		_, err := commands.RestoreConversationHandler{Conversations: w.Conversations}.Handle(w.Context(),
			commands.RestoreConversation{Request: w.by(who), ID: id})
		return err
	}
}

func read(who domain.Person, upTo int) step {
	return func(w *world, id uuid.UUID) error {
		_, err := commands.MarkReadHandler{Conversations: w.Conversations}.Handle(w.Context(),
			commands.MarkRead{Request: w.by(who), ID: id, UpTo: upTo})
		return err
	}
}

// removeRecord takes a record away, as the commerce system does.
func (w *world) removeRecord(r domain.Record) {
	w.Helper()
	_, err := commands.RemoveRecordHandler{Directory: w.Directory}.Handle(w.Context(), commands.RemoveRecord{Request: w.by(root), Record: r})
	if err != nil {
		w.Fatal(err)
	}
}

// removePerson takes a person away, as the commerce system does.
func (w *world) removePerson(p domain.Person) {
	w.Helper()
	_, err := commands.RemovePersonHandler{Directory: w.Directory}.Handle(w.Context(), commands.RemovePerson{Request: w.by(root), Person: p})
	if err != nil {
		w.Fatal(err)
	}
}

// remirror gives a mirrored person other values.
func (w *world) remirror(p directory.PersonMirrored) {
	w.Helper()
	_, err := commands.MirrorPersonHandler{Directory: w.Directory}.Handle(w.Context(), commands.MirrorPerson{Request: w.by(root), Value: p})
	if err != nil {
		w.Fatal(err)
	}
}
