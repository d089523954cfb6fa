package attachments_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/attachment"
	"parley/domain/conversation"
	"parley/domain/eventlog"
	"parley/projections/projectiontest"
	"parley/projections/worldtest"
)

// story is the history of a world with that of files woven in: of those on its
// messages, and of some that never came so far. What happens to a file is decided
// by its aggregate. Conversations are purged, more than in the world, and now and
// then the stream of a file is deleted.
type story struct {
	random        *rand.Rand
	events        []projectiontest.Event
	files         []*file
	conversations []uuid.UUID
	purged        map[uuid.UUID]int // where in the history, or removed
}

type file struct {
	story        *story
	id           uuid.UUID
	organization string
	state        attachment.Attachment
	heldFor      *uuid.UUID // the last one
	said         bool       // on a message
	touched      int        // where it was last held or released
}

var uploader = domain.User("p1")

func tell(seed uint64, w *worldtest.World) *story {
	s := &story{random: rand.New(rand.NewPCG(seed, 4)), purged: map[uuid.UUID]int{}}
	for _, e := range w.Events {
		switch said := e.Data.(type) {
		case conversation.Started:
			s.conversations = append(s.conversations, conversationOf(e))
		case conversation.MessageAdded:
			for _, f := range said.Attachments {
				s.carry(e, f)
			}
		case conversation.Purged, conversation.Removed:
			s.purged[conversationOf(e)] = len(s.events)
		}
		if strings.HasPrefix(e.Stream, conversations) && e.Type == eventlog.TombstoneType {
			s.purged[conversationOf(e)] = len(s.events)
		}
		s.events = append(s.events, e)
		if len(s.conversations) > 0 && e.Type == "" && e.Meta != projectiontest.Nowhere {
			s.step(e.Meta.Organization)
		}
	}
	s.purge(w)
	return s
}

// purge ends some conversations, while files go on.
func (s *story) purge(w *worldtest.World) {
	for i, t := range w.Conversations {
		if i%3 == 0 {
			s.purged[t.ID] = len(s.events)
			s.events = append(s.events, projectiontest.Event{
				Stream: conversation.Stream(t.ID), Data: conversation.Purged{Organization: t.Organization, At: s.now()},
				Meta: domain.Meta{Organization: t.Organization},
			})
		}
		for range 12 {
			s.step(t.Organization)
		}
	}
}

// conversations is how the names of their streams begin.
const conversations = domain.StreamPrefix + "conversation-"

func conversationOf(e projectiontest.Event) uuid.UUID {
	return uuid.MustParse(strings.TrimPrefix(e.Stream, conversations))
}

// carry uploads a file of a message and holds it for that, sometimes after
// another message was refused.
func (s *story) carry(message projectiontest.Event, uploaded attachment.File) {
	f := s.begin(message.Meta.Organization, uploaded.ID, uploaded.Blob)
	f.do(f.state.Finish(uploaded, s.now()))
	if s.random.IntN(3) == 0 {
		f.hold(s.anywhere())
		f.release()
	}
	f.hold(conversationOf(message))
	f.said = true
}

// step lets something happen to a file that may happen.
func (s *story) step(organization string) {
	if len(s.files) == 0 || s.random.IntN(6) == 0 {
		s.begin(organization, s.newID("file"), s.newID("blob"))
		return
	}
	f := s.files[s.random.IntN(len(s.files))]
	if s.random.IntN(30) == 0 {
		s.end(f)
		return
	}
	steps := []func(){f.again, f.finish, f.finish, f.holdAnywhere, f.release, f.giveUp, f.cleanUp, f.discard, f.remove}
	steps[s.random.IntN(len(steps))]()
}

// end deletes a file's stream.
func (s *story) end(f *file) {
	s.files = slices.DeleteFunc(s.files, func(o *file) bool { return o == f })
	s.events = append(s.events, projectiontest.Tombstone(attachment.Stream(f.id)))
}

func (s *story) begin(organization string, id, blob uuid.UUID) *file {
	f := &file{story: s, id: id, organization: organization}
	s.files = append(s.files, f)
	f.do(f.state.Begin(organization, uploader, blob, s.now()))
	return f
}

func (s *story) now() time.Time {
	return projectiontest.Epoch.Add(time.Duration(len(s.events)) * time.Minute)
}

func (s *story) newID(what string) uuid.UUID {
	return domain.DeriveID(what, "of the story", strconv.Itoa(len(s.events)))
}

// anywhere is a conversation, maybe one that is purged.
func (s *story) anywhere() uuid.UUID {
	return s.conversations[s.random.IntN(len(s.conversations))]
}

// do lets happen what was decided, if it was not refused.
func (f *file) do(decided []attachment.Event, _ error) {
	for _, e := range decided {
		switch e := e.(type) {
		case attachment.Held:
			f.heldFor, f.touched = &e.Conversation, len(f.story.events)
		case attachment.Released:
			f.touched = len(f.story.events)
		}
		f.story.events = append(f.story.events, projectiontest.Event{
			Stream: attachment.Stream(f.id), Data: e, Meta: domain.Meta{Organization: f.organization},
		})
		attachment.Aggregate.Apply(&f.state, e)
	}
}

// blob is any that may be in the store.
func (f *file) blob() uuid.UUID {
	if len(f.state.Blobs) == 0 {
		return uuid.Nil
	}
	return f.state.Blobs[f.story.random.IntN(len(f.state.Blobs))].ID
}

func (f *file) again() {
	f.do(f.state.Begin(f.organization, uploader, f.story.newID("blob"), f.story.now()))
}

func (f *file) finish() {
	f.do(f.state.Finish(attachment.File{ID: f.id, Name: "a", Size: 1, Blob: f.blob()}, f.story.now()))
}

// hold is a call of one and the same command, or a repetition of it.
func (f *file) hold(about uuid.UUID) {
	f.do(f.state.Hold(f.organization, uploader, attachment.Held{
		Conversation: about, Holder: f.id, Call: f.story.newID("call"), At: f.story.now(),
	}))
}

// holdAnywhere repeats the command when the file is held.
func (f *file) holdAnywhere() {
	if about, held := f.state.Conversation(); held {
		f.hold(about)
		return
	}
	f.hold(f.story.anywhere())
}

// release refuses the last call, but never the only one of a message.
func (f *file) release() {
	n := len(f.state.Holds)
	if n > 1 || n == 1 && !f.said {
		f.do(f.state.Release(f.state.Holds[n-1].Call, f.story.now()))
	}
}

func (f *file) giveUp() { f.do(f.state.GiveUp(f.blob(), attachment.Refused, f.story.now())) }

func (f *file) cleanUp() { f.do(f.state.CleanUp(f.blob(), f.story.now(), f.story.now())) }

// discard takes away what is held for a conversation that is purged, or for a
// message that never came.
func (f *file) discard() {
	about, held := f.state.Conversation()
	if _, purged := f.story.purged[about]; held && (purged || !f.said) {
		f.do(f.state.Discard(f.state.File.Blob, about, attachment.Purged, f.story.now()))
	}
}

func (f *file) remove() { f.do(f.state.Remove(f.blob(), f.story.now())) }
