package httpapi

import (
	"time"

	"parley/queries"
)

type messagesParameters struct {
	Limit         int        `query:"limit" minimum:"1" maximum:"200" default:"5"`
	Before        *int       `query:"before" minimum:"0" doc:"Only messages that stand before the one of this number: below it, or created before it when sorted by that."`
	After         *int       `query:"after" minimum:"0" doc:"Only messages that stand behind the one of this number."`
	Text          string     `query:"q" doc:"Only messages that have all of these words, the last one as the beginning of a word."`
	CreatedAfter  *time.Time `query:"created_after"`
	CreatedBefore *time.Time `query:"created_before"`
	Sort          string     `query:"sort" default:"number" enum:"number,-number,created,-created" doc:"Order; a leading - turns the run round."`
}

func (a *api) listMessages() operation {
	op := answering[Messages](operation{
		method: "GET", path: "/v1/conversations/{id}/messages", id: "list-messages", tag: tagMessages,
		summary: "Read a run of messages, oldest first unless turned round: the last ones, those before a number or those after one", success: 200,
	})
	return query(op, rightToView, func(c *call, p messagesParameters) (answer, error) {
		id, err := c.conversation()
		if err != nil {
			return answer{}, err
		}
		result, err := a.config.Queries.Messages.Handle(c.r.Context(), queries.Messages{
			Actor: c.actor, Conversation: id, Limit: p.Limit, Before: p.Before, After: p.After, MinPosition: c.minPosition,
			Filter: queries.MessageFilter{Text: p.Text, CreatedAfter: p.CreatedAfter, CreatedBefore: p.CreatedBefore},
			Sort:   queries.MessageSort(p.Sort),
		})
		if err != nil {
			return answer{}, err
		}
		return answer{status: 200, body: Messages{
			Items: shown(result.Items, a.messageShape), HasOlder: result.HasOlder, HasNewer: result.HasNewer,
		}}, nil
	})
}
