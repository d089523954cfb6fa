package directory

import "parley/domain"

// Record returns which record the value is about.
func (e RecordMirrored) Record() domain.Record { return domain.Record{Type: e.Type, ID: e.ID} }

// Check implements Value.
func (e RecordMirrored) Check() []domain.FieldError {
	var p domain.Problems
	p.At("/label", checkName(e.Label))
	p.At("/url", checkURL(e.URL))
	p.At("/customer_user", checkReference(e.CustomerUser))
	p.At("/customer", checkReference(e.Customer))
	p.At("/owner", checkReference(e.Owner))
	return p
}

func (e RecordMirrored) apply(entry *Entry[RecordMirrored]) { entry.mirrored(e) }

func (RecordRemoved) apply(entry *Entry[RecordMirrored]) { entry.removed() }

func (e RecordMirrored) removal() Event[RecordMirrored] {
	return RecordRemoved{Organization: e.Organization, Type: e.Type, ID: e.ID}
}

func (e RecordMirrored) equal(f RecordMirrored) bool { return e == f }

// Check implements Value.
func (e RecordTypeMirrored) Check() []domain.FieldError {
	var p domain.Problems
	p.At("/label", checkName(e.Label))
	return p
}

func (e RecordTypeMirrored) apply(entry *Entry[RecordTypeMirrored]) { entry.mirrored(e) }

func (RecordTypeRemoved) apply(entry *Entry[RecordTypeMirrored]) { entry.removed() }

func (e RecordTypeMirrored) removal() Event[RecordTypeMirrored] {
	return RecordTypeRemoved{Organization: e.Organization, Type: e.Type}
}

func (e RecordTypeMirrored) equal(f RecordTypeMirrored) bool { return e == f }
