package commands

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/domain/settings"
)

// Mirrored is a repository of one kind of mirrored things.
type Mirrored[T any] = Repository[directory.Entry[T], directory.Event[T]]

// Directory answers from the cached folds of what is mirrored and set. What this
// instance mirrored or set is there at once; what others did, within the follower's
// lag. All methods are safe for concurrent use, may be called by decisions, and
// fail with [domain.CodeUnavailable] when the log must be read and does not
// answer.
type Directory struct {
	// The repositories, for the commands that mirror.
	People        *Mirrored[directory.PersonMirrored]
	Records       *Mirrored[directory.RecordMirrored]
	RecordTypes   *Mirrored[directory.RecordTypeMirrored]
	Customers     *Mirrored[directory.CustomerMirrored]
	BusinessUnits *Mirrored[directory.BusinessUnitMirrored]
	// Settings is the repository for the command that changes them.
	Settings *Repository[settings.Settings, settings.Event]
}

// NewDirectory returns a directory over repositories of its own. There must be
// one per instance: commands that mirror use its repositories.
func NewDirectory(deps Deps) *Directory {
	return &Directory{
		People:        NewRepository(directory.People, deps),
		Records:       NewRepository(directory.Records, deps),
		RecordTypes:   NewRepository(directory.RecordTypes, deps),
		Customers:     NewRepository(directory.Customers, deps),
		BusinessUnits: NewRepository(directory.BusinessUnits, deps),
		Settings:      NewRepository(settings.Aggregate, deps),
	}
}

// lastOf returns a mirrored thing as it was last heard of.
func lastOf[T any](ctx context.Context, r *Mirrored[T], id uuid.UUID) (last directory.Entry[T], err error) {
	err = r.View(ctx, id, func(l Loaded[directory.Entry[T]]) { last = *l.State })
	return last, err
}

// Person returns the person.
func (d *Directory) Person(ctx context.Context, organization string, p domain.Person) (PersonView, error) {
	e, err := lastOf(ctx, d.People, directory.PersonID(organization, p))
	v := PersonView{PersonMirrored: e.Last, Known: e.Known, Removed: e.Removed}
	if !e.Known {
		v.PersonMirrored = directory.PersonMirrored{Organization: organization, Kind: p.Kind, ID: p.ID, Name: p.ID}
	}
	v.Enabled = v.Enabled && !e.Removed
	return v, err
}

// Record returns the record. A person as a record is answered from the person:
// the name is the label.
func (d *Directory) Record(ctx context.Context, organization string, r domain.Record) (RecordView, error) {
	if p, is := r.AsPerson(); is {
		v, err := d.Person(ctx, organization, p)
		return v.asRecord(), err
	}
	e, err := lastOf(ctx, d.Records, directory.RecordID(organization, r))
	if !e.Known {
		e.Last = directory.RecordMirrored{Organization: organization, Type: r.Type, ID: r.ID, Label: r.ID}
	}
	return RecordView{RecordMirrored: e.Last, Known: e.Known, Removed: e.Removed}, err
}

// RecordType returns the record type.
func (d *Directory) RecordType(ctx context.Context, organization, id string) (RecordTypeView, error) {
	e, err := lastOf(ctx, d.RecordTypes, directory.RecordTypeID(organization, id))
	if !e.Known {
		e.Last = directory.RecordTypeMirrored{Organization: organization, Type: id, Label: id}
	}
	return RecordTypeView{RecordTypeMirrored: e.Last, Known: e.Known, Removed: e.Removed}, err
}

// Customer returns the customer.
func (d *Directory) Customer(ctx context.Context, organization, id string) (CustomerView, error) {
	e, err := lastOf(ctx, d.Customers, directory.CustomerID(organization, id))
	if !e.Known {
		e.Last = directory.CustomerMirrored{Organization: organization, ID: id, Name: id}
	}
	return CustomerView{CustomerMirrored: e.Last, Known: e.Known, Removed: e.Removed}, err
}

// BusinessUnit returns the business unit.
func (d *Directory) BusinessUnit(ctx context.Context, organization, id string) (BusinessUnitView, error) {
	e, err := lastOf(ctx, d.BusinessUnits, directory.BusinessUnitID(organization, id))
	if !e.Known {
		e.Last = directory.BusinessUnitMirrored{Organization: organization, ID: id, Name: id}
	}
	return BusinessUnitView{BusinessUnitMirrored: e.Last, Known: e.Known, Removed: e.Removed}, err
}

// UnitPath returns the unit and all units above it, nearest first; nothing for
// the empty id. A removed unit has nothing above it.
func (d *Directory) UnitPath(ctx context.Context, organization, unit string) ([]string, error) {
	return path(unit, func(id string) (string, error) {
		v, err := d.BusinessUnit(ctx, organization, id)
		return parentOf(v.Parent, v.Removed), err
	})
}

// CustomerPath returns the customer and all customers above it, nearest first;
// nothing for the empty id. A removed customer has nothing above it.
func (d *Directory) CustomerPath(ctx context.Context, organization, customer string) ([]string, error) {
	return path(customer, func(id string) (string, error) {
		v, err := d.Customer(ctx, organization, id)
		return parentOf(v.Parent, v.Removed), err
	})
}

func parentOf(parent string, removed bool) string {
	if removed {
		return ""
	}
	return parent
}

// path climbs until there is no parent, or one that it has met.
func path(id string, parent func(string) (string, error)) (ids []string, err error) {
	for id != "" && !slices.Contains(ids, id) {
		ids = append(ids, id)
		if id, err = parent(id); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// Actor returns the person as an actor with what the organization's own policy
// grants, or a [domain.CodeUnauthenticated] error for one who is unknown, removed
// or disabled.
func (d *Directory) Actor(ctx context.Context, organization string, p domain.Person) (access.Actor, error) {
	v, err := d.Person(ctx, organization, p)
	if err != nil {
		return access.Actor{}, err
	}
	if !v.Enabled {
		return access.Actor{}, domain.NewError(domain.CodeUnauthenticated, "Sign in as a person who is known and enabled.")
	}
	set, err := d.SettingsOf(ctx, organization)
	return access.Actor{
		Person: p, Name: v.Name, Organization: organization,
		BusinessUnit: v.BusinessUnit, Customer: v.Customer,
		Roles: v.Roles, Permissions: set.Roles.Granted(p.Kind, v.Roles), Workflow: set.Workflow, Off: !set.Enabled,
	}, err
}

// Facts returns what the actor's permissions on the conversation depend on.
func (d *Directory) Facts(ctx context.Context, c *conversation.Conversation, actor access.Actor) (access.Facts, error) {
	_, participant := c.Participant(actor.Person)
	f := access.Facts{
		Organization: c.Organization, Owner: c.Owner, CustomerUser: c.CustomerUser,
		Participant: participant, Active: c.Status == conversation.Active && !c.Deleted,
		Closed: c.Status == conversation.IsClosed && !c.Deleted,
	}
	owner, err := d.Person(ctx, c.Organization, domain.User(c.Owner))
	if err != nil {
		return f, err
	}
	if f.OwnerUnits, err = d.UnitPath(ctx, c.Organization, owner.BusinessUnit); err != nil {
		return f, err
	}
	f.Customers, err = d.CustomerPath(ctx, c.Organization, c.Customer)
	return f, err
}
