package access

// Level is how far a permission reaches, ordered from nothing to everything.
type Level int

// The levels. Own is: I am its owner (a user) or its customer user (a customer
// user). Unit is: its owner's business unit is mine, or its customer is mine;
// UnitAndBelow also takes what lies under mine. System is, here, the same as
// Organization: all of my organization.
const (
	None Level = iota
	Own
	Unit
	UnitAndBelow
	Organization
	System
)

var levelNames = [...]string{"none", "own", "business_unit", "business_unit_and_below", "organization", "system"}

// String returns the level's name in the HTTP contract.
func (l Level) String() string { return levelNames[l] }
