package commands

import "parley/domain/directory"

// PersonView is a person as last mirrored. Known says that the person was ever
// mirrored; Removed that the commerce system no longer has the person, who then
// keeps the name. An unknown person has kind and id, and the id as name.
// Enabled is false for the unknown and the removed.
type PersonView struct {
	directory.PersonMirrored
	Known, Removed bool
}

// asRecord is the person as a context.
func (v PersonView) asRecord() RecordView {
	return RecordView{
		RecordMirrored: directory.RecordMirrored{
			Organization: v.Organization, Type: string(v.Kind), ID: v.ID, Label: v.Name, Customer: v.Customer,
		},
		Known: v.Known, Removed: v.Removed,
	}
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
