package directory

import "parley/domain"

// PersonMirrored is a person as the commerce system has them now.
type PersonMirrored struct {
	Organization        string      `json:"organization"`
	Kind                domain.Kind `json:"kind"`
	ID                  string      `json:"id"`
	Name                string      `json:"name"`
	Email               string      `json:"email,omitempty"`
	Locale              string      `json:"locale,omitempty"`
	BusinessUnit        string      `json:"business_unit,omitempty"`
	Customer            string      `json:"customer,omitempty"`
	SalesRepresentative string      `json:"sales_representative,omitempty"`
	Groups              []string    `json:"groups,omitempty"`
	Roles               []string    `json:"roles,omitempty"`
	Enabled             bool        `json:"enabled"`
}

// PersonRemoved says that the commerce system no longer has the person.
type PersonRemoved struct {
	Organization string      `json:"organization"`
	Kind         domain.Kind `json:"kind"`
	ID           string      `json:"id"`
}

// RecordMirrored is a business record as the commerce system has it now.
type RecordMirrored struct {
	Organization string `json:"organization"`
	Type         string `json:"type"`
	ID           string `json:"id"`
	Label        string `json:"label"`
	URL          string `json:"url,omitempty"`
	CustomerUser string `json:"customer_user,omitempty"`
	Customer     string `json:"customer,omitempty"`
	Owner        string `json:"owner,omitempty"`
}

// RecordRemoved says that the commerce system no longer has the record.
type RecordRemoved struct {
	Organization string `json:"organization"`
	Type         string `json:"type"`
	ID           string `json:"id"`
}

// RecordTypeMirrored registers a type of records.
type RecordTypeMirrored struct {
	Organization string `json:"organization"`
	Type         string `json:"type"`
	Label        string `json:"label"`
}

// RecordTypeRemoved takes a type of records back.
type RecordTypeRemoved struct {
	Organization string `json:"organization"`
	Type         string `json:"type"`
}

// CustomerMirrored is a customer company; Parent is the one it belongs to.
type CustomerMirrored struct {
	Organization string `json:"organization"`
	ID           string `json:"id"`
	Name         string `json:"name"`
	Parent       string `json:"parent,omitempty"`
}

// CustomerRemoved says that the commerce system no longer has the customer.
type CustomerRemoved struct {
	Organization string `json:"organization"`
	ID           string `json:"id"`
}

// BusinessUnitMirrored is a unit of the organization's own tree.
type BusinessUnitMirrored struct {
	Organization string `json:"organization"`
	ID           string `json:"id"`
	Name         string `json:"name"`
	Parent       string `json:"parent,omitempty"`
}

// BusinessUnitRemoved says that the commerce system no longer has the unit.
type BusinessUnitRemoved struct {
	Organization string `json:"organization"`
	ID           string `json:"id"`
}

// EventType implements domain.Event.
func (PersonMirrored) EventType() string { return "person.mirrored.v1" }

// EventType implements domain.Event.
func (PersonRemoved) EventType() string { return "person.removed.v1" }

// EventType implements domain.Event.
func (RecordMirrored) EventType() string { return "record.mirrored.v1" }

// EventType implements domain.Event.
func (RecordRemoved) EventType() string { return "record.removed.v1" }

// EventType implements domain.Event.
func (RecordTypeMirrored) EventType() string { return "record-type.mirrored.v1" }

// EventType implements domain.Event.
func (RecordTypeRemoved) EventType() string { return "record-type.removed.v1" }

// EventType implements domain.Event.
func (CustomerMirrored) EventType() string { return "customer.mirrored.v1" }

// EventType implements domain.Event.
func (CustomerRemoved) EventType() string { return "customer.removed.v1" }

// EventType implements domain.Event.
func (BusinessUnitMirrored) EventType() string { return "business-unit.mirrored.v1" }

// EventType implements domain.Event.
func (BusinessUnitRemoved) EventType() string { return "business-unit.removed.v1" }
