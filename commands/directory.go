package commands

import (
	"context"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/directory"
)

// PersonView is a person as last mirrored. Known says that the person was ever
// mirrored; Removed that the commerce system no longer has the person, who then
// keeps the name. An unknown person has kind and id, and the id as name.
// Enabled is false for the unknown and the removed.
type PersonView struct {
	directory.PersonMirrored
	Known, Removed bool
}

// RecordView is a record as last mirrored; see [PersonView].
type RecordView struct {
	directory.RecordMirrored
	Known, Removed bool
}

// RecordTypeView is a record type as last mirrored; see [PersonView].
type RecordTypeView struct {
	directory.RecordTypeMirrored
	Known, Removed bool
}

// CustomerView is a customer as last mirrored; see [PersonView].
type CustomerView struct {
	directory.CustomerMirrored
	Known, Removed bool
}

// BusinessUnitView is a business unit as last mirrored; see [PersonView].
type BusinessUnitView struct {
	directory.BusinessUnitMirrored
	Known, Removed bool
}

// Directory answers from the cached folds of what is mirrored.
type Directory struct{}

// NewDirectory returns a directory over repositories of its own, which the
// commands that mirror use too.
func NewDirectory(deps Deps) *Directory { return &Directory{} }

// Person returns the person.
func (d *Directory) Person(ctx context.Context, organization string, p domain.Person) (PersonView, error) {
	panic("not yet")
}

// Record returns the record. A person as a record is answered from the person:
// the name as label.
func (d *Directory) Record(ctx context.Context, organization string, r domain.Record) (RecordView, error) {
	panic("not yet")
}

// RecordType returns the record type.
func (d *Directory) RecordType(ctx context.Context, organization, id string) (RecordTypeView, error) {
	panic("not yet")
}

// Customer returns the customer.
func (d *Directory) Customer(ctx context.Context, organization, id string) (CustomerView, error) {
	panic("not yet")
}

// BusinessUnit returns the business unit.
func (d *Directory) BusinessUnit(ctx context.Context, organization, id string) (BusinessUnitView, error) {
	panic("not yet")
}

// UnitPath returns the unit and all units above it, nearest first; nothing for
// the empty id.
func (d *Directory) UnitPath(ctx context.Context, organization, unit string) ([]string, error) {
	panic("not yet")
}

// CustomerPath returns the customer and all customers above it, nearest first;
// nothing for the empty id.
func (d *Directory) CustomerPath(ctx context.Context, organization, customer string) ([]string, error) {
	panic("not yet")
}

// Facts returns what the actor's permissions on the conversation depend on.
func (d *Directory) Facts(ctx context.Context, c *conversation.Conversation, actor access.Actor) (access.Facts, error) {
	panic("not yet")
}

// Actor returns the person as an actor, or a [domain.CodeUnauthenticated] error
// for one who is unknown, removed or disabled.
func (d *Directory) Actor(ctx context.Context, organization string, p domain.Person) (access.Actor, error) {
	panic("not yet")
}

// MayViewPerson reports whether the actor may view the person, who may be
// removed but must have been known.
func (d *Directory) MayViewPerson(ctx context.Context, actor access.Actor, p domain.Person) (bool, error) {
	panic("not yet")
}

// MayViewRecord reports whether the actor may view the record (or the person as
// a record), which may be removed but must have been known.
func (d *Directory) MayViewRecord(ctx context.Context, actor access.Actor, r domain.Record) (bool, error) {
	panic("not yet")
}
