package settings

import (
	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
)

// Settings is what an organization has set. The zero value is an organization
// that never set anything.
type Settings struct {
	Off      bool
	Workflow access.Workflow
	Limits   LimitsChange
	Roles    access.Table
}

// Values are the settings in force, defaults included. They may be kept: they
// are never changed.
type Values struct {
	// Enabled says that the organization has conversations. Without, they are
	// kept, and nowhere to be seen.
	Enabled  bool
	Workflow access.Workflow
	Limits   Limits
	// Roles are the organization's own, in front of those that ship.
	Roles access.Table
}

// Values returns the settings in force.
func (s *Settings) Values() Values {
	return Values{Enabled: !s.Off, Workflow: s.Workflow, Limits: s.Limits.over(defaults), Roles: s.Roles}
}

// Aggregate describes the streams of settings.
var Aggregate = domain.Aggregate[Settings, Event]{
	Name: "settings", Types: Types, Version: 2,
	Apply: func(s *Settings, e Event) { e.apply(s) },
	// What settings hold is replaced and never changed, so a shallow copy is one.
	Copy: func(s *Settings) *Settings { c := *s; return &c },
	Size: func(s *Settings) int { return 1024 + 256*len(s.Roles) },
}

// ID returns the id of an organization's stream.
func ID(organization string) uuid.UUID { return domain.DeriveID(organization, "settings") }

// Stream returns the name of an organization's stream.
func Stream(organization string) string { return domain.Stream(Aggregate.Name, ID(organization)) }
