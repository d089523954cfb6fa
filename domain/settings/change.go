package settings

import (
	"maps"
	"slices"

	"parley/domain"
	"parley/domain/access"
)

// Change is what is to be set; nil leaves a value as it is.
type Change struct {
	Enabled  *bool
	Workflow WorkflowChange
	Limits   LimitsChange
	Roles    map[string]RoleChange
}

// Check returns everything that is wrong with the change. Nobody may take the
// right to administer from themselves, so that there is always one who can
// change settings back.
func (s *Settings) Check(c Change, actor access.Actor) []domain.FieldError {
	var p domain.Problems
	c.Workflow.check(&p)
	c.Limits.check(&p)
	for _, id := range slices.Sorted(maps.Keys(c.Roles)) {
		s.checkRole(&p, id, c.Roles[id])
	}
	after := s.rolesAfter(c.Roles)
	if len(after) > MaxRoles {
		p.At("/roles", "must be at most 100 that differ from those that ship")
	}
	if actor.Person != domain.System && !after.Granted(actor.Person.Kind, actor.Roles).Administer {
		p.At("/roles", "would take from you the right to administer; let somebody else change this role, or keep another one that grants it")
	}
	return p
}

// Change returns what a change that has been checked comes to: one event per
// group of settings in which something differs.
func (s *Settings) Change(c Change, organization string) []Event {
	var events []Event
	v := s.Values()
	switch enabled := differing(v.Enabled, c.Enabled); {
	case enabled == nil:
	case *enabled:
		events = append(events, SwitchedOn{organization})
	default:
		events = append(events, SwitchedOff{organization})
	}
	if w := c.Workflow.from(v.Workflow); w != (WorkflowChange{}) {
		events = append(events, WorkflowChanged{organization, w})
	}
	if l := c.Limits.from(v.Limits); l != (LimitsChange{}) {
		events = append(events, LimitsChanged{organization, l})
	}
	return append(events, s.changeRoles(c.Roles, organization)...)
}

// changeRoles returns the roles that are others afterwards, in the order of
// their ids.
func (s *Settings) changeRoles(changes map[string]RoleChange, organization string) []Event {
	var events []Event
	after := s.rolesAfter(changes)
	for _, id := range slices.Sorted(maps.Keys(changes)) {
		was, had := s.Roles[id]
		is, has := after[id]
		switch {
		case has && (!had || is != was):
			events = append(events, roleDefined(organization, id, is))
		case had && !has:
			events = append(events, RoleRemoved{organization, id})
		}
	}
	return events
}

// rolesAfter returns the organization's own roles after a change. One that is
// as it ships is not its own.
func (s *Settings) rolesAfter(changes map[string]RoleChange) access.Table {
	t := access.Table{}
	maps.Copy(t, s.Roles)
	for id, c := range changes {
		was, _ := t.Role(id)
		t[id] = c.upon(was)
		if shipped, ships := access.Roles[id]; c.Remove || ships && t[id] == shipped {
			delete(t, id)
		}
	}
	return t
}
