package live_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/adapters/live"
	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/domain/eventlog"
	"parley/domain/reader"
	"parley/domain/settings"
)

var (
	viewable  = domain.Record{Type: "order", ID: "theirs"}
	forbidden = domain.Record{Type: "order", ID: "other"}
)

// What a change of a conversation means to those who see it, and to those who do
// not. Words stand for frames: C conversation, I inbox, L list, R record.
func TestHints_tell_each_what_they_may_know(t *testing.T) {
	t.Parallel()
	join := func(p string) conversation.ParticipantJoined {
		return conversation.ParticipantJoined{Person: personOf(p)}
	}
	left := func(p string) conversation.ParticipantLeft {
		return conversation.ParticipantLeft{Person: personOf(p)}
	}
	inside := live.Standing{Visible: true, Participant: true, Contexts: []domain.Record{viewable, forbidden}}
	watcher := live.Standing{Visible: true}
	for name, c := range map[string]struct {
		person   string
		standing live.Standing
		event    conversation.Event
		want     string
	}{
		"a message to a participant":                        {user, inside, conversation.MessageAdded{}, "I L C R:theirs R:other"},
		"a message to a customer user":                      {buyer, inside, conversation.MessageAdded{}, "I L C R:theirs"},
		"a message to one who only watches":                 {user, watcher, conversation.MessageAdded{}, "L C"},
		"a message to one who may not see it":               {user, live.Standing{}, conversation.MessageAdded{}, ""},
		"an internal message to a participant":              {user, inside, conversation.MessageAdded{Internal: true}, "I L C R:theirs R:other"},
		"an internal message to a customer user":            {buyer, inside, conversation.MessageAdded{Internal: true}, ""},
		"an edited message to a customer user":              {buyer, inside, conversation.MessageEdited{Number: 1, PublicNumber: 1}, "I L C R:theirs"},
		"an edited note to a participant":                   {user, inside, conversation.MessageEdited{Internal: true}, "I L C R:theirs R:other"},
		"an edited note to a customer user":                 {buyer, inside, conversation.MessageEdited{Internal: true}, ""},
		"a redacted message to one who only watches":        {user, watcher, conversation.MessageRedacted{PublicNumber: 1}, "L C"},
		"a redacted note to a customer user":                {buyer, inside, conversation.MessageRedacted{Internal: true}, ""},
		"who joined, to a user":                             {user, watcher, join("user:x"), "L C"},
		"who joined, to a customer user":                    {buyer, inside, join("user:x"), ""},
		"that they joined, to a customer user":              {buyer, inside, join(buyer), "I L C R:theirs"},
		"that they were removed, to one who sees no more":   {user, live.Standing{}, left(user), "I L"},
		"that they were removed, to a customer user":        {buyer, live.Standing{}, left(buyer), "I L"},
		"who was removed, to a customer user":               {buyer, inside, left("user:x"), ""},
		"a context, to a user":                              {user, watcher, conversation.ContextAttached{Context: forbidden}, "L C R:other"},
		"a context that they view, to a customer user":      {buyer, watcher, conversation.ContextAttached{Context: viewable}, "L C R:theirs"},
		"a context that they do not, to a customer user":    {buyer, inside, conversation.ContextDetached{Context: forbidden}, ""},
		"a record left behind, to a user":                   {user, watcher, conversation.ContextDetached{Context: forbidden}, "L C R:other"},
		"a deletion, to a customer user who took part":      {buyer, inside, conversation.Deleted{}, "I L C R:theirs"},
		"an event without meaning of its own, to a watcher": {user, watcher, conversation.OwnerChanged{Owner: "x"}, "L C"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.rights.records[viewable] = true
			r.rights.standings[personOf(c.person)] = c.standing
			r.start()
			s, _ := r.open(c.person, "")
			r.add(uuid.New(), c.event)
			if diff := cmp.Diff(c.want, s.words()); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}

// words returns what the stream has to say by now.
func (s *screen) words() string {
	s.t.Helper()
	var words []string
	for _, said := range s.told() {
		word := strings.ToUpper(said[:1])
		if word == "R" {
			word += ":" + strings.TrimPrefix(said, "record order ")
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// mirror appends what the commerce system says.
func (r *rig) mirror(e domain.Event) eventlog.Position {
	r.Helper()
	data, err := json.Marshal(e)
	if err != nil {
		r.Fatal(err)
	}
	return r.write("parley_thing-"+uuid.NewString(), eventlog.NewEvent{
		ID: uuid.New(), Type: e.EventType(), Data: data, Metadata: []byte(`{"organization":"acme"}`),
	})
}

func TestHints_about_reading_go_to_the_reader_alone(t *testing.T) {
	t.Parallel()
	r := watching(t, user, buyer)
	s, _ := r.open(user, "")
	other, _ := r.open(buyer, "")
	id := uuid.New()
	r.mirror(reader.ConversationRead{Person: personOf(user), Conversation: id, UpTo: 1})
	r.mirror(reader.AllRead{Person: personOf(user)})
	want := []string{"inbox " + id.String(), "list " + id.String(), "inbox", "list"}
	if diff := cmp.Diff(want, s.told()); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if got := other.words(); got != "" {
		t.Errorf("somebody else was told %s", got)
	}
}

func TestHints_about_records_and_people_go_to_who_may_view_them(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	person := domain.Record{Type: "user", ID: "rep"}
	r.rights.records[viewable], r.rights.records[person] = true, true
	r.start()
	s, _ := r.open(user, "")
	theirs, _ := r.open(buyer, "")
	r.mirror(directory.RecordMirrored{Organization: "acme", Type: forbidden.Type, ID: forbidden.ID})
	r.mirror(directory.RecordRemoved{Organization: "acme", Type: viewable.Type, ID: viewable.ID})
	r.mirror(directory.PersonMirrored{Organization: "acme", Kind: domain.KindUser, ID: "rep"})
	if diff := cmp.Diff([]string{"record order other", "record order theirs", "record user rep"}, s.told()); diff != "" {
		t.Errorf("the user was told (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"record order theirs", "record user rep"}, theirs.told()); diff != "" {
		t.Errorf("the buyer was told (-want +got):\n%s", diff)
	}
}

func TestHints_of_settings_make_all_screens_of_the_organization_ask_again(t *testing.T) {
	t.Parallel()
	r := watching(t, user, buyer)
	ours, _ := r.open(user, "")
	theirs, _ := r.open(buyer, "")
	foreign := r.connect(user, "umbrella", "")
	foreign.next()
	set := r.write(settings.Stream("acme"), eventlog.NewEvent{
		ID: uuid.New(), Type: settings.SwitchedOff{}.EventType(), Data: []byte(`{}`), Metadata: []byte(`{"organization":"acme"}`),
	})
	for _, s := range []*screen{ours, theirs} {
		if f := s.next(); f.Event != "reset" || f.Data.Position < uint64(set) {
			t.Errorf("told %+v, want a reset at %d or behind it", f, set)
		}
	}
	r.append(conversation.Stream(uuid.New()), "umbrella", conversation.Renamed{Name: "x"})
	if f := foreign.next(); f.Event != "inbox" {
		t.Errorf("another organization was told %+v", f)
	}
}
