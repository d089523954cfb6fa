package directory

import (
	"slices"

	"github.com/google/uuid"

	"parley/domain"
)

// The aggregates of the package.
var (
	People        = aggregate[PersonMirrored]("person", domain.Of[PersonMirrored](), domain.Of[PersonRemoved]())
	Records       = aggregate[RecordMirrored]("record", domain.Of[RecordMirrored](), domain.Of[RecordRemoved]())
	RecordTypes   = aggregate[RecordTypeMirrored]("record-type", domain.Of[RecordTypeMirrored](), domain.Of[RecordTypeRemoved]())
	Customers     = aggregate[CustomerMirrored]("customer", domain.Of[CustomerMirrored](), domain.Of[CustomerRemoved]())
	BusinessUnits = aggregate[BusinessUnitMirrored]("business-unit", domain.Of[BusinessUnitMirrored](), domain.Of[BusinessUnitRemoved]())
)

// Types is the manifest of all the package's aggregates.
var Types = slices.Concat(People.Types, Records.Types, RecordTypes.Types, Customers.Types, BusinessUnits.Types)

// PersonID returns the id of a person's stream.
func PersonID(organization string, p domain.Person) uuid.UUID {
	return domain.DeriveID(organization, "person", string(p.Kind), p.ID)
}

// RecordID returns the id of a record's stream.
func RecordID(organization string, r domain.Record) uuid.UUID {
	return domain.DeriveID(organization, "record", r.Type, r.ID)
}

// RecordTypeID returns the id of a record type's stream.
func RecordTypeID(organization, recordType string) uuid.UUID {
	return domain.DeriveID(organization, "record-type", recordType)
}

// CustomerID returns the id of a customer's stream.
func CustomerID(organization, id string) uuid.UUID {
	return domain.DeriveID(organization, "customer", id)
}

// BusinessUnitID returns the id of a business unit's stream.
func BusinessUnitID(organization, id string) uuid.UUID {
	return domain.DeriveID(organization, "business-unit", id)
}

// PersonStream returns the name of a person's stream.
func PersonStream(organization string, p domain.Person) string {
	return domain.Stream(People.Name, PersonID(organization, p))
}

// RecordStream returns the name of a record's stream.
func RecordStream(organization string, r domain.Record) string {
	return domain.Stream(Records.Name, RecordID(organization, r))
}

// RecordTypeStream returns the name of a record type's stream.
func RecordTypeStream(organization, recordType string) string {
	return domain.Stream(RecordTypes.Name, RecordTypeID(organization, recordType))
}

// CustomerStream returns the name of a customer's stream.
func CustomerStream(organization, id string) string {
	return domain.Stream(Customers.Name, CustomerID(organization, id))
}

// BusinessUnitStream returns the name of a business unit's stream.
func BusinessUnitStream(organization, id string) string {
	return domain.Stream(BusinessUnits.Name, BusinessUnitID(organization, id))
}
