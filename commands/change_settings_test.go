package commands_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/commands"
	"parley/domain"
	"parley/domain/access"
	"parley/domain/eventlog"
	"parley/domain/settings"
)

// changeSettings changes settings of the organization as somebody.
func (w *world) changeSettings(req commands.Request, c settings.Change) (commands.SettingsAnswer, error) {
	return commands.ChangeSettingsHandler{Directory: w.Directory}.Handle(w.Context(), commands.ChangeSettings{Request: req, Change: c})
}

func TestChangeSettings_needs_an_administrator_and_the_revision_that_was_read(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	off := settings.Change{Workflow: settings.WorkflowChange{Enabled: new(false)}}
	for _, who := range []domain.Person{maxi, ada, bob} {
		_, err := w.changeSettings(w.by(who), off)
		wantCode(t, err, domain.CodeForbidden)
	}
	_, err := w.changeSettings(commands.Request{Actor: access.SystemActor("")}, off)
	wantCode(t, err, domain.CodeForbidden)
	req := w.by(root)
	req.Shape = []domain.FieldError{{Pointer: "/colour", Detail: "is unknown"}}
	_, err = w.changeSettings(req, settings.Change{Limits: settings.LimitsChange{Burst: new(int64(0))}})
	if diff := cmp.Diff([]string{"/colour", "/limits/burst"}, pointers(err)); diff != "" {
		t.Errorf("field errors (-want +got):\n%s", diff)
	}
	had, err := w.Directory.SettingsOf(t.Context(), acme)
	if err != nil {
		t.Fatal(err)
	}
	req = w.by(root)
	req.IfMatch = &commands.IfMatch{Revisions: []eventlog.Revision{had.Changes + 1}}
	_, err = w.changeSettings(req, off)
	wantCode(t, err, domain.CodePreconditionFailed)
	req.IfMatch.Revisions[0] = had.Changes
	a, err := w.changeSettings(req, off)
	if err != nil || !a.Workflow.Off || a.Changes != had.Changes+1 || a.Position == 0 {
		t.Errorf("changed to %+v (%v)", a, err)
	}
}

func TestChangeSettings_reaches_only_the_own_organization_and_at_once(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	change := settings.Change{
		Workflow: settings.WorkflowChange{CustomersMayClose: new(true)},
		Roles:    map[string]settings.RoleChange{"user": {Delete: new(access.System)}},
	}
	if _, err := w.changeSettings(w.by(root), change); err != nil {
		t.Fatal(err)
	}
	if actor := w.by(ada).Actor; actor.Delete != access.System || !actor.Workflow.CustomersMayClose {
		t.Errorf("ada acts as %+v", actor)
	}
	set, err := w.Directory.SettingsOf(t.Context(), "umbrella")
	if err != nil || set.Roles != nil || set.Workflow.CustomersMayClose || set.Changes != 0 {
		t.Errorf("another organization has %+v (%v)", set, err)
	}
}

func TestChangeSettings_is_repeated_by_its_key(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, err := w.changeSettings(w.keyed(root, "k"), settings.Change{Enabled: new(false)})
	if err != nil || first.Enabled {
		t.Fatalf("%+v (%v)", first, err)
	}
	if _, err := w.changeSettings(w.by(root), settings.Change{Enabled: new(true)}); err != nil {
		t.Fatal(err)
	}
	again, err := w.changeSettings(w.keyed(root, "k"), settings.Change{Enabled: new(false)})
	if err != nil || again.Position != first.Position || !again.Enabled {
		t.Errorf("the repetition is %+v (%v), want the first position and what is set now", again, err)
	}
}

func TestMessages_are_as_long_as_the_settings_allow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given()
	long := func(c *commands.AddMessage) { c.Body = strings.Repeat("x", 50) }
	w.set(settings.Change{Limits: settings.LimitsChange{MessageBytes: new(int64(49))}})
	wantCode(t, say(ada, long)(w, id), domain.CodeInvalid)
	_, err := commands.StartConversationHandler{Conversations: w.Conversations}.Handle(t.Context(), commands.StartConversation{
		Request: w.by(ada), Name: new("n"), CustomerUser: new("bob"), Message: &commands.FirstMessage{Body: strings.Repeat("x", 50)},
	})
	if diff := cmp.Diff([]string{"/message/body"}, pointers(err)); diff != "" {
		t.Errorf("field errors of a start (-want +got):\n%s", diff)
	}
	w.set(settings.Change{Limits: settings.LimitsChange{MessageBytes: new(int64(50))}})
	if err := say(ada, long)(w, id); err != nil {
		t.Errorf("a message of the very limit: %v", err)
	}
}
