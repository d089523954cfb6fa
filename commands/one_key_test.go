package commands_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/commands"
	"parley/domain"
	"parley/domain/attachment"
	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/domain/settings"
)

// rivals are two instances over one log, of which the second does something each
// time that the first is about to append what it has decided.
type rivals struct {
	*world
	other *world
	log   *racing
}

func newRivals(t *testing.T) rivals {
	t.Helper()
	log := &racing{Log: openLog(t, t.TempDir())}
	w := newWorldOver(t, log)
	return rivals{w, w.another(), log}
}

// first lets something happen before the first instance's next append.
func (r rivals) first(does func()) { r.log.before.Store(&does) }

// alike is a request under one key of all, for a request that differs by its name.
func (w *world) alike(who domain.Person, name string) commands.Request {
	req := w.keyed(who, "k")
	req.Fingerprint = name
	return req
}

// wantReused fails the test unless a request is refused for its key.
func wantReused(t *testing.T, err error) {
	t.Helper()
	wantCode(t, err, domain.CodeInvalid)
	if diff := cmp.Diff([]string{"Idempotency-Key"}, pointers(err)); diff != "" {
		t.Errorf("refused for (-want +got):\n%s", diff)
	}
}

// wantAgreed fails the test unless all that instances know of a conversation is what
// the log tells.
func wantAgreed(t *testing.T, id uuid.UUID, instances ...*world) {
	t.Helper()
	var stored state
	for _, e := range instances[0].events(id) {
		conversation.Aggregate.Apply(&stored, e)
	}
	for n, w := range instances {
		w.heard()
		err := w.Repository.View(t.Context(), id, func(l loaded) {
			if diff := cmp.Diff(inJSON(t, &stored), inJSON(t, l.State)); diff != "" {
				t.Errorf("instance %d believes what is not stored (-stored +believed):\n%s", n, diff)
			}
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func inJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// under is a command as somebody sends it under one key of all.
type under = func(w *world, id uuid.UUID) error

func TestKey_under_which_two_instances_decide_at_once_is_of_the_command_that_is_stored(t *testing.T) {
	t.Parallel()
	posts := func(body string) under {
		return say(ada, func(c *commands.AddMessage) { c.Body = body; c.Request.Key, c.Request.Fingerprint = "k", body })
	}
	edits := rewrite(ada, 1, "edited", func(c *commands.EditMessage) { c.Request.Key, c.Request.Fingerprint = "k", "edit" })
	renames := update(ada, func(c *commands.UpdateConversation) {
		c.Request.Key, c.Request.Fingerprint, c.Name = "k", "rename", new("Later")
	})
	closes := func(w *world, id uuid.UUID) error {
		_, err := commands.CloseConversationHandler{Conversations: w.Conversations}.Handle(w.Context(),
			commands.CloseConversation{Request: w.alike(ada, "close"), ID: id})
		return err
	}
	for name, c := range map[string]struct {
		mine, theirs under
		then         event
		after        domain.Code // of the next message
	}{
		"two messages":                {posts("mine"), posts("theirs"), said(2, 2, ada, ada, "theirs"), ""},
		"a message beside an edit":    {posts("mine"), edits, edited(1, 1, "edited"), ""},
		"an edit beside a message":    {edits, posts("theirs"), said(2, 2, ada, ada, "theirs"), ""},
		"a rename beside a close":     {renames, closes, conversation.Closed{}, domain.CodeConversationClosed},
		"a close beside a rename":     {closes, renames, conversation.Renamed{Name: "Later"}, ""},
		"a message beside a renaming": {posts("mine"), renames, conversation.Renamed{Name: "Later"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRivals(t)
			id := r.given(lately(said(1, 1, ada, ada, "first")))
			before := len(r.events(id))
			r.first(func() { wantCode(t, c.theirs(r.other, id), "") })
			wantReused(t, c.mine(r.world, id))
			sameEvents(t, []event{c.then}, r.events(id)[before:])
			wantAgreed(t, id, r.world, r.other, r.another())
			wantCode(t, say(bob)(r.world, id), c.after)
			wantAgreed(t, id, r.world, r.other, r.another())
		})
	}
}

func TestRequest_that_two_instances_decide_at_once_is_answered_as_it_is_stored(t *testing.T) {
	t.Parallel()
	r := newRivals(t)
	id := r.given()
	posted := func(w *world) commands.MessageAnswer {
		a, err := commands.AddMessageHandler{Conversations: w.Conversations}.Handle(w.Context(),
			commands.AddMessage{Request: w.alike(ada, "f"), ID: id, Body: "once"})
		wantCode(t, err, "")
		return a
	}
	var theirs commands.MessageAnswer
	r.first(func() { theirs = posted(r.other) })
	if diff := cmp.Diff(theirs, posted(r.world)); diff != "" {
		t.Errorf("one is answered and another (-stored +answered):\n%s", diff)
	}
	checkGapFree(t, r.log, id, 1)
	wantAgreed(t, id, r.world, r.other, r.another())
}

func TestTwo_starts_under_one_key_at_once_are_one_conversation(t *testing.T) {
	t.Parallel()
	r := newRivals(t)
	begin := func(w *world, name string) (commands.ConversationAnswer, error) {
		return w.start(w.alike(ada, name), func(c *commands.StartConversation) { c.Name, c.CustomerUser = &name, new("bob") })
	}
	var theirs commands.ConversationAnswer
	r.first(func() {
		var err error
		theirs, err = begin(r.other, "Theirs")
		wantCode(t, err, "")
	})
	_, err := begin(r.world, "Mine")
	wantReused(t, err)
	if s, is := r.events(theirs.ID)[0].(conversation.Started); !is || s.Name != "Theirs" {
		t.Errorf("stored is %+v", s)
	}
	wantAgreed(t, theirs.ID, r.world, r.other, r.another())
}

func TestTwo_lines_of_an_import_under_one_key_at_once_are_not_both_brought_in(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		line string
		code domain.Code
	}{
		"the same line": {whole, ""},
		"another line":  {strings.Replace(whole, "Restaurants", "Other", 1), domain.CodeConflict},
		"an open line":  {strings.Replace(whole, `"closed_at":"2026-06-03T09:00:00Z"`, `"closed_at":null`, 1), domain.CodeConflict},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRivals(t)
			var theirs commands.ImportAnswer
			r.first(func() {
				var err error
				theirs, err = r.other.bring(root, whole)
				if err != nil || theirs.Change != commands.Created {
					t.Errorf("the first: %+v, error %v", theirs, err)
				}
			})
			mine, err := r.bring(root, c.line)
			if wantCode(t, err, c.code); err == nil && mine.Change != commands.Unchanged {
				t.Errorf("the second: %+v", mine)
			}
			wantAgreed(t, uuid.MustParse(theirs.ID), r.world, r.other, r.another())
		})
	}
}

func TestKey_of_settings_and_of_reading_is_of_the_command_that_is_stored(t *testing.T) {
	t.Parallel()
	r := newRivals(t)
	id := r.given(said(1, 1, bob, bob, "a"), said(2, 2, bob, bob, "b"))
	set := func(w *world, bytes int64) error {
		_, err := w.changeSettings(w.alike(root, inJSON(t, bytes)), settings.Change{Limits: settings.LimitsChange{MessageBytes: &bytes}})
		return err
	}
	reads := func(w *world, upTo int) error {
		_, err := commands.MarkReadHandler{Conversations: w.Conversations}.Handle(w.Context(),
			commands.MarkRead{Request: w.alike(ada, inJSON(t, upTo)), ID: id, UpTo: upTo})
		return err
	}
	r.first(func() { wantCode(t, set(r.other, 2000), "") })
	wantReused(t, set(r.world, 1000))
	r.first(func() { wantCode(t, reads(r.other, 1), "") })
	wantReused(t, reads(r.world, 2))
	for n, w := range []*world{r.world, r.other} {
		if s, err := w.Directory.SettingsOf(t.Context(), acme); err != nil || s.Limits.MessageBytes != 2000 {
			t.Errorf("instance %d: %+v, error %v", n, s.Limits, err)
		}
	}
}

func TestTwo_mirrorings_of_one_thing_at_once_leave_what_is_stored(t *testing.T) {
	t.Parallel()
	r := newRivals(t)
	mirrors := func(w *world, name string) error {
		_, err := commands.MirrorCustomerHandler{Directory: w.Directory}.Handle(w.Context(), commands.MirrorCustomer{
			Request: w.alike(root, name), Value: directory.CustomerMirrored{ID: "c-1", Name: name},
		})
		return err
	}
	r.first(func() { wantCode(t, mirrors(r.other, "Theirs"), "") })
	wantReused(t, mirrors(r.world, "Mine"))
	for n, w := range []*world{r.world, r.other} {
		if c, err := w.Directory.Customer(t.Context(), acme, "c-1"); err != nil || c.Name != "Theirs" {
			t.Errorf("instance %d: %+v, error %v", n, c, err)
		}
	}
}

func TestTwo_uploads_under_one_key_at_once_are_one_file(t *testing.T) {
	t.Parallel()
	r := newRivals(t)
	a, theirs := filing(r.world), attachment.File{
		ID: domain.DeriveID(acme, "attachment", string(ada.Kind), ada.ID, "k"), Name: "a.txt", Size: 6, ContentType: "text/plain", Blob: uuid.New(),
	}
	does := func(req commands.Request, decide func(commands.Loaded[attachment.Attachment]) ([]attachment.Event, error)) {
		_, err := r.other.Files.Update(t.Context(), theirs.ID, req, decide)
		wantCode(t, err, "")
	}
	r.first(func() { // both have named their blobs before one has its file
		does(r.other.by(ada), func(l commands.Loaded[attachment.Attachment]) ([]attachment.Event, error) {
			return l.State.Begin(acme, ada, theirs.Blob, l.Now)
		})
		r.first(func() {
			r.first(func() {
				does(r.other.keyed(ada, "k"), func(l commands.Loaded[attachment.Attachment]) ([]attachment.Event, error) {
					return l.State.Finish(theirs, l.Now)
				})
			})
		})
	})
	_, err := commands.UploadAttachmentHandler{Attachments: a}.Handle(t.Context(), commands.UploadAttachment{
		Request: r.keyed(ada, "k"), Name: "a.txt", Content: strings.NewReader("mine"), Size: -1,
	})
	wantReused(t, err)
	for n, w := range []*world{r.world, r.other, r.another()} {
		err := w.Files.View(t.Context(), theirs.ID, func(l commands.Loaded[attachment.Attachment]) {
			if l.State.File == nil || l.State.File.Blob != theirs.Blob {
				t.Errorf("instance %d believes in %+v", n, l.State.File)
			}
		})
		wantCode(t, err, "")
	}
}
