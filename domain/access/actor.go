package access

import (
	"slices"

	"parley/domain"
)

// Actor is who asks: an authenticated, enabled person of one organization, or
// the system. BusinessUnit is a user's, Customer a customer user's. Workflow is
// that of the organization, and Off says that the organization has switched
// conversations off: the doors then show none.
type Actor struct {
	Person       domain.Person
	Name         string
	Organization string
	BusinessUnit string
	Customer     string
	Roles        []string
	Permissions
	Workflow Workflow
	Off      bool
}

// SystemActor acts in an organization where no person does: it may do all.
func SystemActor(organization string) Actor {
	return Actor{
		Person: domain.System, Name: "System", Organization: organization,
		Permissions: Roles["administrator"].Permissions,
	}
}

// OfInstallation reports whether the actor is the operator, who belongs to no
// organization.
func (a Actor) OfInstallation() bool { return a.Person == domain.System && a.Organization == "" }

// IsCustomer reports whether the actor is a customer user, and so sees public
// numbers and never a trace of internal notes.
func (a Actor) IsCustomer() bool { return a.Person.Kind == domain.KindCustomerUser }

// MayAsBefore reports whether the same person may do the same as when the actor
// was another one: what they are called and how their organization closes
// conversations does not matter.
func (a Actor) MayAsBefore(b Actor) bool {
	return a.Person == b.Person && a.Organization == b.Organization && a.Off == b.Off &&
		a.BusinessUnit == b.BusinessUnit && a.Customer == b.Customer && a.Permissions == b.Permissions
}

// Facts is what permissions on a conversation depend on. OwnerUnits is the
// owner's business unit and all units above it; Customers the conversation's
// customer and all customers above it; Participant whether the actor takes part
// now; Active and Closed the status, neither of which a deleted one has.
type Facts struct {
	Organization string
	Owner        string
	OwnerUnits   []string
	CustomerUser string
	Customers    []string
	Participant  bool
	Active       bool
	Closed       bool
}

// MayView reports whether the actor sees the conversation at all.
func (a Actor) MayView(f Facts) bool {
	return f.Organization == a.Organization && (f.Participant || a.reaches(a.View, f))
}

// MayEdit reports whether the actor may change name, people, source, contexts
// and participants.
func (a Actor) MayEdit(f Facts) bool { return a.MayView(f) && a.reaches(a.Edit, f) }

// MayDelete reports whether the actor may delete or restore the conversation.
func (a Actor) MayDelete(f Facts) bool { return a.MayView(f) && a.reaches(a.Delete, f) }

// MayAssign reports whether the actor may give the conversation another owner.
func (a Actor) MayAssign(f Facts) bool { return a.MayView(f) && a.reaches(a.Assign, f) }

// MayAddMessage reports whether the actor may write, were the conversation
// active.
func (a Actor) MayAddMessage(f Facts) bool {
	return a.MayView(f) && (f.Participant || a.AddToViewed || a.reaches(a.Edit, f))
}

// MayClose reports whether the actor may close, were the conversation active and
// the workflow on.
func (a Actor) MayClose(f Facts) bool {
	return a.MayView(f) && (a.Transitions || a.IsCustomer() && a.Workflow.CustomersMayClose)
}

// MayReopen reports whether the actor may reopen, were the conversation closed
// and the workflow on.
func (a Actor) MayReopen(f Facts) bool {
	return a.MayView(f) && (a.Transitions || a.IsCustomer() && a.Workflow.CustomersMayReopen)
}

// MayCreate reports whether the actor may start a conversation of that owner
// and customer user.
func (a Actor) MayCreate(f Facts) bool {
	return f.Organization == a.Organization && a.reaches(a.Create, f)
}

// reaches reports whether a permission of the level covers the conversation.
func (a Actor) reaches(l Level, f Facts) bool {
	if l >= Organization {
		return true
	}
	mine, theirs, unit, units := a.Person.ID, f.Owner, a.BusinessUnit, f.OwnerUnits
	if a.IsCustomer() {
		theirs, unit, units = f.CustomerUser, a.Customer, f.Customers
	}
	switch {
	case l >= Own && mine == theirs:
		return true
	case l < Unit || unit == "" || len(units) == 0:
		return false
	case l == Unit:
		return units[0] == unit
	default:
		return slices.Contains(units, unit)
	}
}

// Action names something that the actor may do with a conversation now.
type Action string

// The actions of the HTTP contract.
const (
	AddMessage    Action = "add_message"
	Edit          Action = "edit"
	Assign        Action = "assign"
	Delete        Action = "delete"
	Close         Action = "close"
	Reopen        Action = "reopen"
	AddContext    Action = "add_context"
	RemoveContext Action = "remove_context"
)

// Actions returns what the actor may do now, in the contract's order.
func (a Actor) Actions(f Facts) []Action {
	actions := []Action{}
	for _, c := range []struct {
		action  Action
		allowed bool
	}{
		{AddMessage, (f.Active || f.Closed && a.Workflow.Admits(a.Person.Kind)) && a.MayAddMessage(f)},
		{Edit, a.MayEdit(f)},
		{Assign, a.MayAssign(f)},
		{Delete, a.MayDelete(f)},
		{Close, f.Active && !a.Workflow.Off && a.MayClose(f)},
		{Reopen, f.Closed && !a.Workflow.Off && a.MayReopen(f)},
		{AddContext, a.MayEdit(f)},
		{RemoveContext, a.MayEdit(f)},
	} {
		if c.allowed {
			actions = append(actions, c.action)
		}
	}
	return actions
}
