package settings_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/settings"
)

// after returns settings to which that has happened.
func after(events ...settings.Event) *settings.Settings {
	s := &settings.Settings{}
	for _, e := range events {
		settings.Aggregate.Apply(s, e)
	}
	return s
}

func admin(roles ...string) access.Actor {
	return access.Actor{Person: domain.User("admin"), Organization: "acme", Roles: append(roles, "administrator")}
}

// changed returns what a change comes to, which must be nothing wrong.
func changed(t *testing.T, s *settings.Settings, c settings.Change) []settings.Event {
	t.Helper()
	if wrong := s.Check(c, admin()); len(wrong) > 0 {
		t.Fatalf("the change is refused: %+v", wrong)
	}
	return s.Change(c, "acme")
}

func TestChange_records_per_group_what_differs(t *testing.T) {
	t.Parallel()
	change := settings.Change{
		Enabled:  new(false),
		Workflow: settings.WorkflowChange{Enabled: new(true), AutoCloseAfter: new(int64(60)), CustomersMayClose: new(false)},
		Limits:   settings.LimitsChange{MessageBytes: new(int64(32768)), Burst: new(int64(5)), AttachmentTypes: &[]string{"image/*"}},
		Roles: map[string]settings.RoleChange{
			"lead":  {Kind: new(domain.KindUser), View: new(access.System)},
			"buyer": {View: new(access.Own)},
			"gone":  {Remove: true},
			"user":  {Delete: new(access.Own)},
		},
	}
	got := changed(t, after(), change)
	want := []settings.Event{
		settings.SwitchedOff{Organization: "acme"},
		settings.WorkflowChanged{Organization: "acme", WorkflowChange: settings.WorkflowChange{AutoCloseAfter: new(int64(60))}},
		settings.LimitsChanged{Organization: "acme", LimitsChange: settings.LimitsChange{Burst: new(int64(5)), AttachmentTypes: &[]string{"image/*"}}},
		settings.RoleDefined{Organization: "acme", ID: "lead", Kind: domain.KindUser, View: access.System},
		settings.RoleDefined{
			Organization: "acme", ID: "user", Kind: domain.KindUser, View: access.System, Create: access.Own, Edit: access.Own,
			Delete: access.Own, Transitions: true, ActAs: true, Internal: true,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if again := changed(t, after(got...), change); len(again) > 0 {
		t.Errorf("the same change once more comes to %+v", again)
	}
}

func TestSettings_are_the_defaults_until_changed_and_keep_what_was_set(t *testing.T) {
	t.Parallel()
	v := after().Values()
	if !v.Enabled || v.Workflow != (access.Workflow{}) || v.Limits.MessageBytes != 32<<10 || v.Limits.CommandsPerSecond != 200 || v.Limits.Burst != 1000 {
		t.Errorf("the defaults are %+v", v)
	}
	s := after()
	for _, c := range []settings.Change{
		{Enabled: new(false), Workflow: settings.WorkflowChange{Enabled: new(false), AutoCloseAfter: new(int64(60))}},
		{Limits: settings.LimitsChange{MessageBytes: new(int64(10)), EditWindow: new(int64(0))}},
		{Workflow: settings.WorkflowChange{ReopenOnCustomerReply: new(true), CustomersMayReopen: new(true)}, Limits: settings.LimitsChange{Burst: new(int64(7))}},
	} {
		s = after(append(history(s), changed(t, s, c)...)...)
	}
	v = s.Values()
	want := access.Workflow{Off: true, AutoCloseAfter: time.Minute, ReopenOnCustomerReply: true, CustomersMayReopen: true}
	if v.Enabled || v.Workflow != want || v.Limits.MessageBytes != 10 || v.Limits.EditWindow != 0 || v.Limits.Burst != 7 || v.Limits.CommandsPerSecond != 200 {
		t.Errorf("set are %+v", v)
	}
	if back := changed(t, s, settings.Change{Enabled: new(true)}); !slices.Equal(back, []settings.Event{settings.SwitchedOn{Organization: "acme"}}) {
		t.Errorf("switching on comes to %+v", back)
	}
}

// history returns what makes settings as they are.
func history(s *settings.Settings) []settings.Event {
	v := s.Values()
	return after().Change(settings.Change{
		Enabled: new(v.Enabled),
		Workflow: settings.WorkflowChange{
			Enabled: new(!v.Workflow.Off), AutoCloseAfter: new(int64(v.Workflow.AutoCloseAfter / time.Second)),
			ReopenOnCustomerReply: &v.Workflow.ReopenOnCustomerReply, CustomersMayReopen: &v.Workflow.CustomersMayReopen,
		},
		Limits: s.Limits,
	}, "acme")
}

func TestRoles_are_redefined_and_given_back_what_ships(t *testing.T) {
	t.Parallel()
	s := after(changed(t, after(), settings.Change{Roles: map[string]settings.RoleChange{
		"manager": {Assign: new(access.System)}, "lead": {Kind: new(domain.KindUser), Edit: new(access.System)},
	}})...)
	held := s.Values().Roles
	if p := held.Granted(domain.KindUser, []string{"manager"}); p.Assign != access.System || p.Edit != access.UnitAndBelow {
		t.Errorf("manager grants %+v", p)
	}
	if p := held.Granted(domain.KindUser, []string{"lead"}); p != (access.Permissions{Edit: access.System}) {
		t.Errorf("lead grants %+v", p)
	}
	for name, c := range map[string]settings.RoleChange{
		"by removal": {Remove: true}, "by saying what ships": {Assign: new(access.None)},
	} {
		events := changed(t, s, settings.Change{Roles: map[string]settings.RoleChange{"manager": c}})
		if !slices.Equal(events, []settings.Event{settings.RoleRemoved{Organization: "acme", ID: "manager"}}) {
			t.Errorf("%s: %+v", name, events)
		}
	}
	settings.Aggregate.Apply(s, settings.RoleRemoved{ID: "lead"})
	settings.Aggregate.Apply(s, settings.RoleRemoved{ID: "manager"})
	v := s.Values().Roles
	if _, there := v.Role("lead"); there || v.Granted(domain.KindUser, []string{"manager"}) != access.Roles["manager"].Permissions {
		t.Errorf("after the removal the roles are %+v", v)
	}
	if _, there := held.Role("lead"); !there {
		t.Error("a table that was handed out has changed")
	}
}

func TestCheck_says_all_that_is_wrong_at_once(t *testing.T) {
	t.Parallel()
	s := after(settings.RoleDefined{ID: "lead", Kind: domain.KindUser})
	wrong := s.Check(settings.Change{
		Workflow: settings.WorkflowChange{AutoCloseAfter: new(int64(-1))},
		Limits: settings.LimitsChange{
			MessageBytes: new(int64(0)), EditWindow: new(int64(-1)), AttachmentBytes: new(int64(0)),
			AttachmentTypes: &[]string{"image/*", "*/png", "Text/plain", "a b/c", ""}, CommandsPerSecond: new(int64(0)), Burst: new(int64(1_000_001)),
		},
		Roles: map[string]settings.RoleChange{
			"a/b~":  {},
			"lead":  {Kind: new(domain.KindCustomerUser)},
			"other": {Kind: new(domain.Kind("robot"))},
			"shop": {
				Kind: new(domain.KindCustomerUser), View: new(access.System), Create: new(access.Unit), Edit: new(access.Own),
				Delete: new(access.Unknown), Assign: new(access.Own), Transitions: new(true), ActAs: new(true),
				Internal: new(true), Administer: new(true), AddToViewed: new(true),
			},
			"buyer": {View: new(access.UnitAndBelow)},
		},
	}, admin())
	var got []string
	for _, f := range wrong {
		got = append(got, f.Pointer)
	}
	want := []string{
		"/workflow/auto_close_after",
		"/limits/message_bytes", "/limits/edit_window_seconds", "/limits/attachment_bytes", "/limits/commands_per_second", "/limits/burst",
		"/limits/attachment_types/1", "/limits/attachment_types/2", "/limits/attachment_types/3", "/limits/attachment_types/4",
		"/roles/a~1b~0/kind", "/roles/lead/kind", "/roles/other/kind",
		"/roles/shop/view", "/roles/shop/create", "/roles/shop/edit", "/roles/shop/delete", "/roles/shop/assign",
		"/roles/shop/transitions", "/roles/shop/act_as", "/roles/shop/internal", "/roles/shop/administer",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pointers (-want +got):\n%s", diff)
	}
}

func TestCheck_lets_nobody_lock_themselves_out(t *testing.T) {
	t.Parallel()
	weaker := settings.Change{Roles: map[string]settings.RoleChange{"administrator": {Administer: new(false)}}}
	if wrong := after().Check(weaker, admin()); len(wrong) != 1 || wrong[0].Pointer != "/roles" {
		t.Errorf("an administrator may weaken the own role: %+v", wrong)
	}
	own := settings.RoleDefined{ID: "chief", Kind: domain.KindUser, Administer: true}
	if wrong := after(own).Check(weaker, admin("chief")); len(wrong) > 0 {
		t.Errorf("one who administers by another role may not: %+v", wrong)
	}
	gone := settings.Change{Roles: map[string]settings.RoleChange{"chief": {Remove: true}}}
	chief := access.Actor{Person: domain.User("c"), Roles: []string{"chief"}}
	if wrong := after(own).Check(gone, chief); len(wrong) != 1 {
		t.Errorf("the role by which one administers may be removed: %+v", wrong)
	}
	if wrong := after().Check(weaker, access.SystemActor("acme")); len(wrong) > 0 {
		t.Errorf("the system is refused: %+v", wrong)
	}
}

func TestCheck_bounds_the_roles_of_an_organization(t *testing.T) {
	t.Parallel()
	c := settings.Change{Roles: map[string]settings.RoleChange{}}
	for i := range settings.MaxRoles + 1 {
		c.Roles["r"+strconv.Itoa(i)] = settings.RoleChange{Kind: new(domain.KindUser)}
	}
	if wrong := after().Check(c, admin()); len(wrong) != 1 || wrong[0].Pointer != "/roles" {
		t.Errorf("101 roles: %+v", wrong)
	}
	delete(c.Roles, "r0")
	if wrong := after().Check(c, admin()); len(wrong) > 0 {
		t.Errorf("100 roles: %+v", wrong)
	}
}
