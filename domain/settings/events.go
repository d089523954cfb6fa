package settings

import (
	"maps"
	"time"

	"parley/domain"
	"parley/domain/access"
)

// Event is something that was set.
type Event interface {
	domain.Event
	apply(*Settings)
}

// SwitchedOff says that the organization has no conversations from now on.
type SwitchedOff struct {
	Organization string `json:"organization"`
}

// SwitchedOn says that the organization has conversations again.
type SwitchedOn struct {
	Organization string `json:"organization"`
}

// WorkflowChanged says what is otherwise in how conversations are closed.
type WorkflowChanged struct {
	Organization string `json:"organization"`
	WorkflowChange
}

// LimitsChanged says which limits are others now.
type LimitsChanged struct {
	Organization string `json:"organization"`
	LimitsChange
}

// RoleDefined says what a role grants from now on, whole.
type RoleDefined struct {
	Organization string       `json:"organization"`
	ID           string       `json:"id"`
	Kind         domain.Kind  `json:"kind"`
	View         access.Level `json:"view"`
	Create       access.Level `json:"create"`
	Edit         access.Level `json:"edit"`
	Delete       access.Level `json:"delete"`
	Assign       access.Level `json:"assign"`
	Transitions  bool         `json:"transitions"`
	ActAs        bool         `json:"act_as"`
	Internal     bool         `json:"internal"`
	Administer   bool         `json:"administer"`
	AddToViewed  bool         `json:"add_to_viewed"`
}

// RoleRemoved says that the organization has a role no longer of its own: one
// that ships is as it ships again, another is gone.
type RoleRemoved struct {
	Organization string `json:"organization"`
	ID           string `json:"id"`
}

// EventType implements domain.Event.
func (SwitchedOff) EventType() string { return "settings.switched-off.v1" }

// EventType implements domain.Event.
func (SwitchedOn) EventType() string { return "settings.switched-on.v1" }

// EventType implements domain.Event.
func (WorkflowChanged) EventType() string { return "settings.workflow-changed.v1" }

// EventType implements domain.Event.
func (LimitsChanged) EventType() string { return "settings.limits-changed.v1" }

// EventType implements domain.Event.
func (RoleDefined) EventType() string { return "settings.role-defined.v1" }

// EventType implements domain.Event.
func (RoleRemoved) EventType() string { return "settings.role-removed.v1" }

// Types is the manifest of the aggregate.
var Types = []domain.Type{
	domain.Of[SwitchedOff](), domain.Of[SwitchedOn](), domain.Of[WorkflowChanged](), domain.Of[LimitsChanged](),
	domain.Of[RoleDefined](), domain.Of[RoleRemoved](),
}

func (SwitchedOff) apply(s *Settings) { s.Off = true }

func (SwitchedOn) apply(s *Settings) { s.Off = false }

func (e WorkflowChanged) apply(s *Settings) {
	w := &s.Workflow
	if e.Enabled != nil {
		w.Off = !*e.Enabled
	}
	if e.AutoCloseAfter != nil {
		w.AutoCloseAfter = time.Duration(*e.AutoCloseAfter) * time.Second
	}
	set(&w.ReopenOnCustomerReply, e.ReopenOnCustomerReply)
	set(&w.CustomersMayClose, e.CustomersMayClose)
	set(&w.CustomersMayReopen, e.CustomersMayReopen)
}

func (e LimitsChanged) apply(s *Settings) { s.Limits = s.Limits.with(e.LimitsChange) }

func (e RoleDefined) apply(s *Settings) { s.Roles = defined(s.Roles, e.ID, e.role()) }

func (e RoleRemoved) apply(s *Settings) { s.Roles = removed(s.Roles, e.ID) }

// defined returns the table with another role; those who hold the old table keep
// it as it is.
func defined(t access.Table, id string, r access.Role) access.Table {
	t = maps.Clone(t)
	if t == nil {
		t = access.Table{}
	}
	t[id] = r
	return t
}

func removed(t access.Table, id string) access.Table {
	t = maps.Clone(t)
	delete(t, id)
	return t
}

func set[T any](to *T, wish *T) {
	if wish != nil {
		*to = *wish
	}
}
