package httpapi

import (
	"parley/adapters/httpapi/strictjson"
	"parley/domain"
)

// recordChoice names a record, or a person as a context.
type recordChoice struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

func (r recordChoice) record() domain.Record { return domain.Record{Type: r.Type, ID: r.ID} }

// personChoice names a person.
type personChoice struct {
	Kind domain.Kind `json:"kind" enum:"user,customer_user"`
	ID   string      `json:"id"`
}

func (p personChoice) person() domain.Person { return domain.Person{Kind: p.Kind, ID: p.ID} }

type startConversation struct {
	Name         string         `json:"name,omitempty" maxLength:"255" doc:"May be left out with a source: then the labels of its type and of itself."`
	CustomerUser string         `json:"customer_user,omitempty" doc:"May be left out when the source has one. Customer users leave it out."`
	Owner        string         `json:"owner,omitempty" doc:"The caller, if left out."`
	Customer     string         `json:"customer,omitempty" doc:"The customer user's, if left out."`
	Source       *recordChoice  `json:"source,omitempty" doc:"The record that the conversation is initiated from."`
	Contexts     []recordChoice `json:"contexts,omitempty" doc:"Records and people that it is about; repetitions fold."`
	Message      *firstMessage  `json:"message,omitempty" doc:"The first message. Customer users must send one."`
}

type firstMessage struct {
	Body     string `json:"body" doc:"CommonMark subset; at most 32 KiB unless configured otherwise."`
	Internal *bool  `json:"internal,omitempty" doc:"Visible to users only."`
}

type updateConversation struct {
	Name         *string                           `json:"name,omitempty" maxLength:"255"`
	Owner        *string                           `json:"owner,omitempty"`
	CustomerUser *string                           `json:"customer_user,omitempty"`
	Customer     *string                           `json:"customer,omitempty"`
	Source       strictjson.Nullable[recordChoice] `json:"source,omitempty" doc:"null clears it."`
}

type addMessage struct {
	Body     string        `json:"body" doc:"CommonMark subset; at most 32 KiB unless configured otherwise."`
	From     *personChoice `json:"from,omitempty" doc:"The displayed sender; the caller, if left out."`
	Internal *bool         `json:"internal,omitempty" doc:"Visible to users only."`
}

type transition struct {
	Reason string `json:"reason,omitempty" maxLength:"1000"`
}

func (transition) mayBeLeftOut() {}

type markRead struct {
	UpTo *int `json:"up_to" minimum:"0" doc:"Number of the last message that was shown."`
}

type massDelete struct {
	IDs []string `json:"ids" format:"uuid" maxItems:"100"`
}
