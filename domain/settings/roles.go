package settings

import (
	"strings"

	"parley/domain"
	"parley/domain/access"
)

// MaxRoles bounds the roles that an organization has of its own.
const MaxRoles = 100

// RoleChange is what a role is to be: Remove gives it back to what ships, or
// takes it away; else nil leaves a value as it is, and a role that was not there
// grants nothing but what is said.
type RoleChange struct {
	Remove                                                bool
	Kind                                                  *domain.Kind
	View, Create, Edit, Delete, Assign                    *access.Level
	Transitions, ActAs, Internal, Administer, AddToViewed *bool
}

// upon returns the role with the change upon it.
func (c RoleChange) upon(r access.Role) access.Role {
	set(&r.Kind, c.Kind)
	set(&r.View, c.View)
	set(&r.Create, c.Create)
	set(&r.Edit, c.Edit)
	set(&r.Delete, c.Delete)
	set(&r.Assign, c.Assign)
	set(&r.Transitions, c.Transitions)
	set(&r.ActAs, c.ActAs)
	set(&r.Internal, c.Internal)
	set(&r.Administer, c.Administer)
	set(&r.AddToViewed, c.AddToViewed)
	return r
}

// pointer leads to a role in the request; see RFC 6901.
func pointer(id string) string {
	return "/roles/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(id)
}

// checkRole notes what is wrong with a change of the role of that id.
func (s *Settings) checkRole(p *domain.Problems, id string, c RoleChange) {
	at := pointer(id)
	if wrong := domain.CheckID(id); wrong != "" {
		p.At(at, wrong)
		return
	}
	if c.Remove {
		return
	}
	was, there := s.Roles.Role(id)
	switch {
	case there && c.Kind != nil && *c.Kind != was.Kind:
		p.At(at+"/kind", "is another one now; remove the role first, or take another id")
	case !there && c.Kind == nil:
		p.At(at+"/kind", "is required")
	case c.Kind != nil && !c.Kind.IsPerson():
		p.At(at+"/kind", "must be user or customer_user")
	default:
		checkGrants(p, at, c.upon(was))
	}
}

// checkGrants refuses levels that there are none of, and what no customer user
// may ever do.
func checkGrants(p *domain.Problems, at string, r access.Role) {
	customers := r.Kind == domain.KindCustomerUser
	for _, l := range []struct {
		name    string
		level   access.Level
		highest access.Level // of customer users
	}{
		{"view", r.View, access.UnitAndBelow},
		{"create", r.Create, access.Own},
		{"edit", r.Edit, access.None},
		{"delete", r.Delete, access.None},
		{"assign", r.Assign, access.None},
	} {
		switch {
		case !l.level.Known():
			p.At(at+"/"+l.name, "must be none, own, business_unit, business_unit_and_below, organization or system")
		case customers && l.level > l.highest:
			p.At(at+"/"+l.name, "must be at most "+l.highest.String()+" for customer users")
		}
	}
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"transitions", r.Transitions},
		{"act_as", r.ActAs},
		{"internal", r.Internal},
		{"administer", r.Administer},
	} {
		if customers && f.given {
			p.At(at+"/"+f.name, "is not for customer users")
		}
	}
}

func (e RoleDefined) role() access.Role {
	return access.Role{Kind: e.Kind, Permissions: access.Permissions{
		View: e.View, Create: e.Create, Edit: e.Edit, Delete: e.Delete, Assign: e.Assign,
		Transitions: e.Transitions, ActAs: e.ActAs, Internal: e.Internal, Administer: e.Administer,
		AddToViewed: e.AddToViewed,
	}}
}

func roleDefined(organization, id string, r access.Role) RoleDefined {
	return RoleDefined{
		Organization: organization, ID: id, Kind: r.Kind,
		View: r.View, Create: r.Create, Edit: r.Edit, Delete: r.Delete, Assign: r.Assign,
		Transitions: r.Transitions, ActAs: r.ActAs, Internal: r.Internal, Administer: r.Administer,
		AddToViewed: r.AddToViewed,
	}
}
