package worldtest

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/domain"
	"parley/domain/attachment"
	"parley/domain/conversation"
	"parley/domain/reader"
	"parley/projections/projectiontest"
)

// step lets one thing happen that may happen. A third of all is a message.
func (w *World) step() {
	// Mostly forward, sometimes not at all, rarely back: as imports do.
	w.clock = w.clock.Add(time.Duration(w.random.IntN(12)-1) * time.Second)
	if len(w.Conversations) == 0 || w.random.IntN(9) == 0 {
		w.start()
		return
	}
	t := w.Conversations[w.random.IntN(len(w.Conversations))]
	if w.random.IntN(3) == 0 {
		w.message(t)
		w.change(t)
		return
	}
	steps := []func(*Talk){
		w.message, w.read, w.read, w.readAll, w.markUnread, w.markUnread, w.mute, w.join, w.leave, w.attach, w.detach,
		w.rename, w.reassign, w.resource, w.shut, w.remove,
	}
	steps[w.random.IntN(len(steps))](t)
}

func pick[T any](w *World, of []T) T { return of[w.random.IntN(len(of))] }

func (w *World) someone(k domain.Kind) domain.Person {
	return domain.Person{Kind: k, ID: "p" + strconv.Itoa(w.random.IntN(8))} // p7 is nobody we know
}

func (w *World) something() domain.Record {
	if w.random.IntN(3) == 0 {
		return domain.PersonRecord(w.someone(pick(w, []domain.Kind{domain.KindUser, domain.KindCustomerUser})))
	}
	i := w.random.IntN(9) // 1008 is none that we know
	return domain.Record{Type: []string{"order", "quote"}[i%2], ID: strconv.Itoa(1000 + i)}
}

// does lets an event of a conversation happen.
func (w *World) does(t *Talk, e conversation.Event) {
	switch e := e.(type) {
	case conversation.ParticipantJoined:
		if _, before := t.Joined[e.Person]; !before {
			t.Joined[e.Person] = t.Revision + 1
		}
	case conversation.Started:
		t.Named = e.At
	case conversation.Renamed:
		t.Named = e.At
	case conversation.ContextAttached:
		t.Attached[e.Context] = t.Revision + 1
	case conversation.MessageAdded:
		t.Messages = append(t.Messages, e.Message())
	case conversation.MessageChange:
		m := &t.Messages[e.Of()-1]
		*m = e.To(*m)
	}
	w.Events = append(w.Events, projectiontest.Event{
		Stream: conversation.Stream(t.ID), Data: e, Meta: domain.Meta{Organization: t.Organization},
	})
	conversation.Aggregate.Apply(&t.State, e)
	t.Revision++
}

func (w *World) start() {
	t := &Talk{
		ID:           domain.DeriveID("talk", strconv.Itoa(len(w.Conversations)+len(w.Purged)+len(w.Removed))),
		Organization: pick(w, []string{projectiontest.Organization, projectiontest.Organization, Neighbour}),
		world:        w, Attached: map[domain.Record]int64{}, Joined: map[domain.Person]int64{},
	}
	w.Conversations = append(w.Conversations, t)
	owner, customerUser := w.someone(domain.KindUser), w.someone(domain.KindCustomerUser)
	e := conversation.Started{
		Organization: t.Organization, Owner: owner.ID, CustomerUser: customerUser.ID,
		Customer: w.People[customerUser].Customer, At: w.clock,
		Name: pick(w, []string{"Über", "über 100%", "Late", "a_b", "Zebra"}) + " " + strconv.Itoa(w.random.IntN(6)),
	}
	if w.random.IntN(4) > 0 {
		e.Starter = pick(w, []domain.Person{owner, customerUser, w.someone(domain.KindUser)})
	}
	if r := w.something(); w.random.IntN(3) > 0 {
		e.Source = &r
	}
	w.does(t, e)
	for _, p := range []domain.Person{owner, customerUser} {
		w.does(t, conversation.ParticipantJoined{Person: p, At: w.clock})
		w.does(t, conversation.ContextAttached{Context: domain.PersonRecord(p), At: w.clock})
	}
}

func (w *World) participants(t *Talk) []domain.Person {
	var in []domain.Person
	for _, p := range t.State.Participants {
		if !p.Left {
			in = append(in, p.Person)
		}
	}
	return in
}

func (w *World) message(t *Talk) {
	in := w.participants(t)
	if len(in) == 0 {
		return
	}
	author := pick(w, in)
	e := conversation.MessageAdded{
		Number: t.State.MessageCount + 1, From: author, Author: author, At: w.clock,
		Body: strings.Repeat("👩‍👩‍👧 word ", 1+w.random.IntN(12)) + strconv.Itoa(len(w.Events)),
	}
	if author.Kind == domain.KindUser {
		e.Internal = w.random.IntN(3) == 0
		e.From = pick(w, []domain.Person{author, author, w.someone(domain.KindUser)})
	}
	if !e.Internal {
		e.PublicNumber = t.State.PublicCount + 1
	}
	for range len(w.Events)%5 - 2 {
		e.Attachments = append(e.Attachments, w.file(len(e.Attachments)))
	}
	w.does(t, e)
}

func (w *World) file(n int) attachment.File {
	id := strconv.Itoa(len(w.Events)) + "." + strconv.Itoa(n)
	return attachment.File{
		ID: domain.DeriveID("file", id), Name: "Über " + id + ".pdf", Size: int64(len(w.Events)), ContentType: "application/pdf",
		SHA256: strings.Repeat("0f", 32), Blob: domain.DeriveID("blob", id),
	}
}

// change sometimes edits or redacts one of the last messages.
func (w *World) change(t *Talk) {
	n := len(t.Messages)
	if n == 0 || w.afterwards.IntN(3) > 0 {
		return
	}
	m := t.Messages[max(0, n-1-w.afterwards.IntN(4))]
	switch {
	case m.Redacted:
	case w.afterwards.IntN(3) == 0:
		w.does(t, conversation.MessageRedacted{Number: m.Number, PublicNumber: m.PublicNumber, Internal: m.Internal, At: w.clock})
	default:
		w.does(t, conversation.MessageEdited{
			Number: m.Number, PublicNumber: m.PublicNumber, Internal: m.Internal, At: w.clock,
			Body: "*Edited* " + strconv.Itoa(len(w.Events)),
		})
	}
}

// bar sometimes decides that a file will never be on a message of a conversation,
// now and then of one whose start never came.
func (w *World) bar() {
	if len(w.Conversations) == 0 || w.barring.IntN(12) > 0 {
		return
	}
	place := strconv.Itoa(len(w.Events))
	t, e := w.Conversations[w.barring.IntN(len(w.Conversations))], conversation.AttachmentBarred{Attachment: domain.DeriveID("barred", place), At: w.clock}
	if w.barring.IntN(3) > 0 {
		w.does(t, e)
		return
	}
	w.Events = append(w.Events, projectiontest.Event{
		Stream: conversation.Stream(domain.DeriveID("never started", place)), Data: e, Meta: domain.Meta{Organization: t.Organization},
	})
}

func (w *World) join(t *Talk) {
	p := w.someone(pick(w, []domain.Kind{domain.KindUser, domain.KindCustomerUser}))
	if !t.Takes(p) {
		w.does(t, conversation.ParticipantJoined{Person: p, At: w.clock})
	}
}

func (w *World) leave(t *Talk) {
	if in := w.participants(t); len(in) > 0 {
		w.does(t, conversation.ParticipantLeft{Person: pick(w, in), At: w.clock})
	}
}

func (w *World) attach(t *Talk) {
	if r := w.something(); !t.State.HasContext(r) {
		w.does(t, conversation.ContextAttached{Context: r, At: w.clock})
	}
}

func (w *World) detach(t *Talk) {
	if all := slices.Clone(t.State.Contexts); len(all) > 0 {
		w.does(t, conversation.ContextDetached{Context: pick(w, all), At: w.clock})
	}
}

func (w *World) rename(t *Talk) {
	w.does(t, conversation.Renamed{Name: "New " + strconv.Itoa(w.random.IntN(9)), At: w.clock})
}

func (w *World) reassign(t *Talk) {
	if w.random.IntN(2) == 0 {
		w.does(t, conversation.OwnerChanged{Owner: w.someone(domain.KindUser).ID, At: w.clock})
		return
	}
	p := w.someone(domain.KindCustomerUser)
	w.does(t, conversation.CustomerUserChanged{CustomerUser: p.ID, Customer: w.People[p].Customer, At: w.clock})
}

func (w *World) resource(t *Talk) {
	e := conversation.SourceChanged{At: w.clock}
	if r := w.something(); w.random.IntN(2) == 0 {
		e.Source = &r
	}
	w.does(t, e)
}

func (w *World) shut(t *Talk) {
	if t.State.Status == conversation.Active {
		w.does(t, conversation.Closed{At: w.clock})
	} else {
		w.does(t, conversation.Reopened{At: w.clock})
	}
}

func (w *World) remove(t *Talk) {
	switch {
	case !t.State.Deleted && w.random.IntN(2) == 0:
		w.does(t, conversation.Deleted{At: w.clock})
	case t.State.Deleted && w.random.IntN(4) == 0:
		w.does(t, conversation.Purged{Organization: t.Organization, At: w.clock})
		w.Conversations = slices.DeleteFunc(w.Conversations, func(o *Talk) bool { return o == t })
		w.Purged = append(w.Purged, t)
	case t.State.Deleted:
		w.does(t, conversation.Restored{At: w.clock})
	}
}

// read lets somebody read on who takes part, or mark read what is.
func (w *World) read(t *Talk) {
	in := w.participants(t)
	if len(in) == 0 {
		return
	}
	p := pick(w, in)
	if n := t.State.Count(p.Kind); n > 0 {
		w.reads(t, p, reader.ConversationRead{
			Organization: t.Organization, Person: p, Conversation: t.ID, UpTo: 1 + w.random.IntN(n), At: w.clock,
		})
	}
}

func (w *World) readAll(t *Talk) {
	p := w.someone(pick(w, []domain.Kind{domain.KindUser, domain.KindCustomerUser}))
	e := reader.AllRead{Organization: t.Organization, Person: p, At: w.clock}
	for _, c := range w.Of(t.Organization) {
		if c.Unread(p) > 0 && w.random.IntN(2) == 0 {
			e.Marks = append(e.Marks, reader.Mark{Conversation: c.ID, UpTo: c.State.Count(p.Kind)})
		}
	}
	if len(e.Marks) > 0 {
		w.reads(t, p, e)
	}
}

// markUnread may be decided on what somebody had written a moment earlier.
func (w *World) markUnread(t *Talk) {
	in := w.participants(t)
	if len(in) == 0 {
		return
	}
	p := pick(w, in)
	if n := t.Cursor(p); n > 0 {
		own := t.part(p).OwnRead
		if w.random.IntN(3) == 0 {
			own = w.random.IntN(own + 1)
		}
		w.reads(t, p, reader.ConversationMarkedUnread{
			Organization: t.Organization, Person: p, Conversation: t.ID, From: 1 + w.random.IntN(n), OwnRead: own, At: w.clock,
		})
	}
}

func (w *World) mute(t *Talk) {
	in := w.participants(t)
	if len(in) == 0 {
		return
	}
	p := pick(w, in)
	if t.Muted(p) {
		w.reads(t, p, reader.ConversationUnmuted{Organization: t.Organization, Person: p, Conversation: t.ID, At: w.clock})
		return
	}
	w.reads(t, p, reader.ConversationMuted{
		Organization: t.Organization, Person: p, Conversation: t.ID, Stay: t.part(p).Stay, At: w.clock,
	})
}

// reads lets an event of a person's reading happen, unless its stream is gone.
func (w *World) reads(t *Talk, p domain.Person, e reader.Event) {
	if w.ended[reader.ID(t.Organization, p)] {
		return
	}
	w.Events = append(w.Events, projectiontest.Event{
		Stream: reader.Stream(t.Organization, p), Data: e, Meta: domain.Meta{Organization: t.Organization},
	})
	reader.Aggregate.Apply(t.reader(p), e)
}
