package directory

import (
	"slices"

	"parley/domain"
)

// Person returns who the value is about.
func (e PersonMirrored) Person() domain.Person { return domain.Person{Kind: e.Kind, ID: e.ID} }

// Check implements Value.
func (e PersonMirrored) Check() []domain.FieldError {
	var p domain.Problems
	p.At("/name", checkName(e.Name))
	p.At("/email", checkEmail(e.Email))
	p.At("/locale", checkLocale(e.Locale))
	p.At("/business_unit", checkReference(e.BusinessUnit))
	p.At("/customer", checkReference(e.Customer))
	p.At("/sales_representative", checkReference(e.SalesRepresentative))
	checkIDs(&p, "/groups", e.Groups)
	checkIDs(&p, "/roles", e.Roles)
	return p
}

func (e PersonMirrored) apply(entry *Entry[PersonMirrored]) { entry.mirrored(e) }

func (PersonRemoved) apply(entry *Entry[PersonMirrored]) { entry.removed() }

func (e PersonMirrored) removal() Event[PersonMirrored] {
	return PersonRemoved{Organization: e.Organization, Kind: e.Kind, ID: e.ID}
}

// equal compares groups and roles as they stand: their order is the commerce
// system's own.
func (e PersonMirrored) equal(f PersonMirrored) bool {
	return e.Organization == f.Organization && e.Kind == f.Kind && e.ID == f.ID &&
		e.Name == f.Name && e.Email == f.Email && e.Locale == f.Locale &&
		e.BusinessUnit == f.BusinessUnit && e.Customer == f.Customer &&
		e.SalesRepresentative == f.SalesRepresentative && e.Enabled == f.Enabled &&
		slices.Equal(e.Groups, f.Groups) && slices.Equal(e.Roles, f.Roles)
}
