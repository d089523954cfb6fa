package access

import (
	"maps"

	"parley/domain"
)

// Permissions is what roles grant together: the widest of each.
type Permissions struct {
	View, Create, Edit, Delete, Assign Level
	// Transitions lets close and reopen.
	Transitions bool
	// ActAs lets name another displayed sender.
	ActAs bool
	// Internal lets see and write internal notes.
	Internal bool
	// Administer opens history, audit, feed, import, mirror and settings.
	Administer bool
	// AddToViewed lets add messages to every conversation in view.
	AddToViewed bool
}

// Role is one line of the policy table, for one kind of people.
type Role struct {
	Kind domain.Kind
	Permissions
}

// Roles is the policy table that ships.
var Roles = map[string]Role{
	"user": {domain.KindUser, Permissions{
		View: System, Create: Own, Edit: Own,
		Transitions: true, ActAs: true, Internal: true,
	}},
	"manager": {domain.KindUser, Permissions{
		View: System, Create: Own, Edit: UnitAndBelow, Delete: Own,
		Transitions: true, ActAs: true, Internal: true,
	}},
	"administrator": {domain.KindUser, Permissions{
		View: System, Create: System, Edit: System, Delete: System, Assign: System,
		Transitions: true, ActAs: true, Internal: true, Administer: true,
	}},
	"buyer": {domain.KindCustomerUser, Permissions{
		View: Own, Create: Own,
	}},
	"customer-administrator": {domain.KindCustomerUser, Permissions{
		View: UnitAndBelow, Create: Own, AddToViewed: true,
	}},
}

// Table is the policy table of an organization: the roles that it has defined
// for itself, in front of those that ship. It is never changed in place.
type Table map[string]Role

// Role returns what a role is in the organization, and whether there is one.
func (t Table) Role(id string) (Role, bool) {
	if r, own := t[id]; own {
		return r, true
	}
	r, ships := Roles[id]
	return r, ships
}

// All returns every role, by id.
func (t Table) All() map[string]Role {
	all := maps.Clone(Roles)
	maps.Copy(all, t)
	return all
}

// Granted returns what the roles grant to people of the kind. Unknown roles and
// those of the other kind grant nothing.
func (t Table) Granted(kind domain.Kind, roles []string) Permissions {
	var p Permissions
	for _, id := range roles {
		if r, ok := t.Role(id); ok && r.Kind == kind {
			p = p.with(r.Permissions)
		}
	}
	return p
}

// Granted is [Table.Granted] of the table that ships.
func Granted(kind domain.Kind, roles []string) Permissions {
	return Table(nil).Granted(kind, roles)
}

func (p Permissions) with(q Permissions) Permissions {
	return Permissions{
		View: max(p.View, q.View), Create: max(p.Create, q.Create), Edit: max(p.Edit, q.Edit),
		Delete: max(p.Delete, q.Delete), Assign: max(p.Assign, q.Assign),
		Transitions: p.Transitions || q.Transitions, ActAs: p.ActAs || q.ActAs,
		Internal: p.Internal || q.Internal, Administer: p.Administer || q.Administer,
		AddToViewed: p.AddToViewed || q.AddToViewed,
	}
}
