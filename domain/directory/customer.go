package directory

import "parley/domain"

// Check implements Value.
func (e CustomerMirrored) Check() []domain.FieldError { return checkNode(e.ID, e.Name, e.Parent) }

func (e CustomerMirrored) apply(entry *Entry[CustomerMirrored]) { entry.mirrored(e) }

func (CustomerRemoved) apply(entry *Entry[CustomerMirrored]) { entry.removed() }

func (e CustomerMirrored) removal() Event[CustomerMirrored] {
	return CustomerRemoved{Organization: e.Organization, ID: e.ID}
}

func (e CustomerMirrored) equal(f CustomerMirrored) bool { return e == f }

// Check implements Value.
func (e BusinessUnitMirrored) Check() []domain.FieldError { return checkNode(e.ID, e.Name, e.Parent) }

func (e BusinessUnitMirrored) apply(entry *Entry[BusinessUnitMirrored]) { entry.mirrored(e) }

func (BusinessUnitRemoved) apply(entry *Entry[BusinessUnitMirrored]) { entry.removed() }

func (e BusinessUnitMirrored) removal() Event[BusinessUnitMirrored] {
	return BusinessUnitRemoved{Organization: e.Organization, ID: e.ID}
}

func (e BusinessUnitMirrored) equal(f BusinessUnitMirrored) bool { return e == f }

// checkNode checks a node of one of the trees.
func checkNode(id, name, parent string) []domain.FieldError {
	var p domain.Problems
	p.At("/name", checkName(name))
	p.At("/parent", checkReference(parent))
	if parent != "" && parent == id {
		p.At("/parent", "must not be the thing itself")
	}
	return p
}
