package httpapi

import (
	"parley/adapters/httpapi/strictjson"
	"parley/commands"
	"parley/domain"
	"parley/domain/access"
	"parley/domain/settings"
)

type changeSettings struct {
	Enabled  *bool                                      `json:"enabled,omitempty" doc:"Whether the organization has conversations. Without, every page and route of theirs answers 404, nothing is mailed, and all is kept."`
	Workflow workflowChange                             `json:"workflow,omitempty"`
	Limits   limitsChange                               `json:"limits,omitempty"`
	Roles    map[string]strictjson.Nullable[roleChange] `json:"roles,omitempty" doc:"By id: what a role is to grant, whether it ships or is the organization's own. null gives one that ships its defaults back, and removes another."`
}

type workflowChange struct {
	Enabled               *bool                      `json:"enabled,omitempty" doc:"Off: nothing is closed or reopened, and nothing blocks messages."`
	AutoCloseAfter        strictjson.Nullable[int64] `json:"auto_close_after,omitempty" minimum:"1" maximum:"315360000" doc:"Seconds without activity after which a conversation is closed; null: never."`
	ReopenOnCustomerReply *bool                      `json:"reopen_on_customer_reply,omitempty" doc:"A customer user's message to a closed conversation reopens it."`
	CustomersMayClose     *bool                      `json:"customers_may_close,omitempty"`
	CustomersMayReopen    *bool                      `json:"customers_may_reopen,omitempty"`
}

type limitsChange struct {
	MessageBytes      *int64    `json:"message_bytes,omitempty" minimum:"1" maximum:"262144" doc:"Longest message, in bytes of UTF-8."`
	EditWindow        *int64    `json:"edit_window_seconds,omitempty" minimum:"0" maximum:"315360000" doc:"How long an author may edit a message; 0: never."`
	AttachmentBytes   *int64    `json:"attachment_bytes,omitempty" minimum:"1" maximum:"10737418240" doc:"Largest file."`
	AttachmentTypes   *[]string `json:"attachment_types,omitempty" maxItems:"100" doc:"Media types that files may have: exact ones, image/*, or */* for any; none: no attachments."`
	CommandsPerSecond *int64    `json:"commands_per_second,omitempty" minimum:"1" maximum:"100000" doc:"How many commands a person may send in the long run."`
	Burst             *int64    `json:"burst,omitempty" minimum:"1" maximum:"1000000" doc:"How many commands a person may send at once."`
}

type roleChange struct {
	Kind        *domain.Kind `json:"kind,omitempty" enum:"user,customer_user" doc:"Whose role it is; a new one must say."`
	View        *string      `json:"view,omitempty" enum:"none,own,business_unit,business_unit_and_below,organization,system" doc:"How far it reaches; a customer user's business unit is the company."`
	Create      *string      `json:"create,omitempty" enum:"none,own,business_unit,business_unit_and_below,organization,system"`
	Edit        *string      `json:"edit,omitempty" enum:"none,own,business_unit,business_unit_and_below,organization,system"`
	Delete      *string      `json:"delete,omitempty" enum:"none,own,business_unit,business_unit_and_below,organization,system"`
	Assign      *string      `json:"assign,omitempty" enum:"none,own,business_unit,business_unit_and_below,organization,system"`
	Transitions *bool        `json:"transitions,omitempty" doc:"Close and reopen."`
	ActAs       *bool        `json:"act_as,omitempty" doc:"Name another displayed sender."`
	Internal    *bool        `json:"internal,omitempty" doc:"See and write internal notes."`
	Administer  *bool        `json:"administer,omitempty" doc:"History, audit, feed, import, mirror and settings."`
	AddToViewed *bool        `json:"add_to_viewed,omitempty" doc:"Write to every conversation in view."`
}

func (a *api) getSettings() operation {
	op := answering[Settings](operation{
		method: "GET", path: "/v1/settings", id: "get-settings", tag: tagAdmin,
		summary: "Read what is set in the organization, defaults included; for administrators", success: 200, etagged: true,
	})
	return query(op, rightToAdminister, func(c *call, _ struct{}) (answer, error) {
		if err := c.administers(); err != nil {
			return answer{}, err
		}
		if err := c.fresh(); err != nil {
			return answer{}, err
		}
		set, err := a.config.Directory.SettingsOf(c.r.Context(), c.actor.Organization)
		return settingsAnswer(set), err
	})
}

func (a *api) changeSettings() operation {
	op := answering[Settings](operation{
		method: "PATCH", path: "/v1/settings", id: "change-settings", tag: tagAdmin,
		summary: "Change settings of the organization, at once; what is left out stays; for administrators", success: 200,
		conditional: true, etagged: true,
	})
	return command(op, rightToAdminister, func(c *call, body changeSettings, req commands.Request) (answer, error) {
		set, err := a.config.Commands.ChangeSettings.Handle(c.r.Context(), commands.ChangeSettings{Request: req, Change: body.change()})
		if err != nil {
			return answer{}, err
		}
		return settingsAnswer(set), nil
	})
}

func settingsAnswer(set commands.SettingsAnswer) answer {
	return answer{
		status: 200, body: settingsShape(set.Values), position: set.Position, revision: set.Changes, etagged: true,
	}
}

func (b changeSettings) change() settings.Change {
	w, l := b.Workflow, b.Limits
	c := settings.Change{
		Enabled: b.Enabled,
		Workflow: settings.WorkflowChange{
			Enabled: w.Enabled, AutoCloseAfter: w.AutoCloseAfter.Value, ReopenOnCustomerReply: w.ReopenOnCustomerReply,
			CustomersMayClose: w.CustomersMayClose, CustomersMayReopen: w.CustomersMayReopen,
		},
		Limits: settings.LimitsChange(l),
		Roles:  map[string]settings.RoleChange{},
	}
	if w.AutoCloseAfter.Cleared {
		c.Workflow.AutoCloseAfter = new(int64(settings.NeverClose))
	}
	for id, r := range b.Roles {
		c.Roles[id] = roleChangeOf(r)
	}
	return c
}

func roleChangeOf(n strictjson.Nullable[roleChange]) settings.RoleChange {
	if n.Value == nil {
		return settings.RoleChange{Remove: n.Cleared}
	}
	r := *n.Value
	return settings.RoleChange{
		Kind: r.Kind, View: perhaps(r.View, access.LevelOf), Create: perhaps(r.Create, access.LevelOf),
		Edit: perhaps(r.Edit, access.LevelOf), Delete: perhaps(r.Delete, access.LevelOf), Assign: perhaps(r.Assign, access.LevelOf),
		Transitions: r.Transitions, ActAs: r.ActAs, Internal: r.Internal, Administer: r.Administer, AddToViewed: r.AddToViewed,
	}
}
