package access

import "slices"

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

// Unknown is what a name that is none of a level stands for. It grants nothing.
const Unknown Level = -1

// LevelOf returns the level of a name in the HTTP contract, or [Unknown].
func LevelOf(name string) Level { return Level(slices.Index(levelNames[:], name)) }

// Known reports whether the level is one of those that there are.
func (l Level) Known() bool { return l >= None && int(l) < len(levelNames) }

// String returns the level's name in the HTTP contract.
func (l Level) String() string {
	if !l.Known() {
		return "unknown"
	}
	return levelNames[l]
}

// MarshalText implements encoding.TextMarshaler: stored levels have their name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler. A level of a later version
// is [Unknown].
func (l *Level) UnmarshalText(name []byte) error {
	*l = LevelOf(string(name))
	return nil
}
