package queries

import (
	"context"
	"time"

	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// ConversationList asks for the conversations that the actor may view, filtered
// and sorted, one page at a time.
type ConversationList struct {
	Actor       access.Actor
	Filter      ConversationFilter
	Sort        Sort // empty: by last message, newest first
	Limit       int  // 0: 50; at most 200
	Cursor      string
	MinPosition eventlog.Position
}

// ConversationFilter says which conversations are wanted; the zero value says
// all. Values of one field are alternatives, fields must all hold. Bounds of
// times exclude the bound, those of counts include it.
type ConversationFilter struct {
	Name              []string // substrings, in any case
	Status            []conversation.Status
	Mine              *bool
	Unread            *bool
	Owner             []string
	Customer          []string
	CustomerUser      []string
	SourceType        []string // NoSource for those without a source
	MessageCountMin   *int
	MessageCountMax   *int
	CreatedAfter      *time.Time
	CreatedBefore     *time.Time
	LastMessageAfter  *time.Time
	LastMessageBefore *time.Time
}

// NoSource is the source type of conversations without a source.
const NoSource = "none"

// ConversationListHandler answers [ConversationList].
type ConversationListHandler struct{ Sources }

// Handle returns the page. Errors: domain.CodeMalformed for a cursor that is not
// one of this list, domain.CodeInvalid for an unknown sort,
// domain.CodeUnavailable.
func (h ConversationListHandler) Handle(ctx context.Context, q ConversationList) (ConversationListResult, error) {
	return ConversationListResult{}, nil
}
