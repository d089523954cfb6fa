package httpapi

import (
	"cmp"
	"slices"
	"time"

	"parley/domain/conversation"
	"parley/queries"
)

// paging is what every list takes.
type paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many items a page has at most."`
	Cursor string `query:"cursor" opaque:"true" doc:"The next_cursor of the page before, with the same filters."`
}

// conversationFilter is what lists of conversations are filtered and sorted by.
// Parameters that repeat are alternatives.
type conversationFilter struct {
	Name              []string    `query:"name" doc:"Part of the name, in any case."`
	Unread            []bool      `query:"unread" doc:"Has messages that the caller has not read."`
	Owner             []string    `query:"owner"`
	Customer          []string    `query:"customer"`
	CustomerUser      []string    `query:"customer_user"`
	SourceType        []string    `query:"source_type" doc:"Type of the source record; none for those without one."`
	MessageCountMin   []int       `query:"message_count_min" minimum:"0"`
	MessageCountMax   []int       `query:"message_count_max" minimum:"0"`
	CreatedAfter      []time.Time `query:"created_after"`
	CreatedBefore     []time.Time `query:"created_before"`
	LastMessageAfter  []time.Time `query:"last_message_after"`
	LastMessageBefore []time.Time `query:"last_message_before"`
	Sort              string      `query:"sort" default:"-last_message" enum:"name,-name,status,-status,message_count,-message_count,owner,-owner,customer,-customer,customer_user,-customer_user,created_at,-created_at,updated_at,-updated_at,last_message,-last_message" doc:"Order; a leading - turns it round."`
	paging
}

// query returns the question that the parameters ask, without status and mine.
func (f conversationFilter) query(c *call) queries.ConversationList {
	return queries.ConversationList{
		Actor: c.actor, Sort: queries.Sort(f.Sort), Limit: f.Limit, Cursor: f.Cursor, MinPosition: c.minPosition,
		Filter: queries.ConversationFilter{
			Name: f.Name, Unread: either(f.Unread), Owner: f.Owner, Customer: f.Customer,
			CustomerUser: f.CustomerUser, SourceType: f.SourceType,
			MessageCountMin: first(f.MessageCountMin, cmp.Compare), MessageCountMax: last(f.MessageCountMax, cmp.Compare),
			CreatedAfter: first(f.CreatedAfter, time.Time.Compare), CreatedBefore: last(f.CreatedBefore, time.Time.Compare),
			LastMessageAfter: first(f.LastMessageAfter, time.Time.Compare), LastMessageBefore: last(f.LastMessageBefore, time.Time.Compare),
		},
	}
}

// either returns the one answer that is wanted, nil when any will do.
func either(wanted []bool) *bool {
	if len(wanted) == 0 || slices.Contains(wanted, true) && slices.Contains(wanted, false) {
		return nil
	}
	return &wanted[0]
}

// first returns the loosest of lower bounds that are alternatives.
func first[B any](bounds []B, compare func(B, B) int) *B {
	if len(bounds) == 0 {
		return nil
	}
	return new(slices.MinFunc(bounds, compare))
}

// last returns the loosest of upper bounds that are alternatives.
func last[B any](bounds []B, compare func(B, B) int) *B {
	if len(bounds) == 0 {
		return nil
	}
	return new(slices.MaxFunc(bounds, compare))
}

type conversationListParameters struct {
	Status []conversation.Status `query:"status" enum:"active,closed"`
	Mine   []bool                `query:"mine" doc:"The caller takes part or started it."`
	conversationFilter
}

func (a *api) listConversations() operation {
	op := answering[Page[ListedConversation]](operation{
		method: "GET", path: "/v1/conversations", id: "list-conversations", tag: tagConversations,
		summary: "List the conversations that the caller may view", success: 200,
	})
	return query(op, onlyIdentity, func(c *call, p conversationListParameters) (answer, error) {
		q := p.query(c)
		q.Filter.Status, q.Filter.Mine = p.Status, either(p.Mine)
		return a.conversations(c, q)
	})
}

func (a *api) conversations(c *call, q queries.ConversationList) (answer, error) {
	result, err := a.config.Queries.ConversationList.Handle(c.r.Context(), q)
	if err != nil {
		return answer{}, err
	}
	return page(result.Items, result.NextCursor, a.listedShape(c.actor)), nil
}
