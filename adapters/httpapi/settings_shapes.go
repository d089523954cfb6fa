package httpapi

import (
	"time"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/settings"
)

// Settings is what is set in an organization, defaults included. Sent back as it
// is, it changes nothing.
type Settings struct {
	Enabled  bool            `json:"enabled" doc:"Whether the organization has conversations."`
	Workflow Workflow        `json:"workflow"`
	Limits   Limits          `json:"limits"`
	Roles    map[string]Role `json:"roles" doc:"What each role grants, by id: those that ship, and the organization's own."`
}

// Workflow is how conversations are closed and reopened.
type Workflow struct {
	Enabled               bool   `json:"enabled"`
	AutoCloseAfter        *int64 `json:"auto_close_after" doc:"Seconds without activity; null: never."`
	ReopenOnCustomerReply bool   `json:"reopen_on_customer_reply"`
	CustomersMayClose     bool   `json:"customers_may_close"`
	CustomersMayReopen    bool   `json:"customers_may_reopen"`
}

// Limits bound what people may do and send.
type Limits struct {
	MessageBytes      int      `json:"message_bytes"`
	EditWindow        int64    `json:"edit_window_seconds"`
	AttachmentBytes   int64    `json:"attachment_bytes"`
	AttachmentTypes   []string `json:"attachment_types"`
	CommandsPerSecond int      `json:"commands_per_second"`
	Burst             int      `json:"burst"`
}

// Role is what a role grants to people of its kind.
type Role struct {
	Kind domain.Kind `json:"kind" enum:"user,customer_user"`
	Permissions
	AddToViewed bool `json:"add_to_viewed" doc:"Whether one may write to every conversation in view."`
}

func settingsShape(v settings.Values) Settings {
	shape := Settings{
		Enabled: v.Enabled,
		Workflow: Workflow{
			Enabled: !v.Workflow.Off, ReopenOnCustomerReply: v.Workflow.ReopenOnCustomerReply,
			CustomersMayClose: v.Workflow.CustomersMayClose, CustomersMayReopen: v.Workflow.CustomersMayReopen,
		},
		Limits: Limits{
			MessageBytes: v.Limits.MessageBytes, EditWindow: int64(v.Limits.EditWindow / time.Second),
			AttachmentBytes: v.Limits.AttachmentBytes, AttachmentTypes: append([]string{}, v.Limits.AttachmentTypes...),
			CommandsPerSecond: v.Limits.CommandsPerSecond, Burst: v.Limits.Burst,
		},
		Roles: map[string]Role{},
	}
	if after := v.Workflow.AutoCloseAfter; after > 0 {
		shape.Workflow.AutoCloseAfter = new(int64(after / time.Second))
	}
	for id, r := range v.Roles.All() {
		shape.Roles[id] = roleShape(r)
	}
	return shape
}

func roleShape(r access.Role) Role {
	return Role{Kind: r.Kind, Permissions: permissionsShape(r.Permissions), AddToViewed: r.AddToViewed}
}
