package httpapi

import (
	"context"
	"strconv"

	"parley/domain/access"
	"parley/domain/conversation"
	"parley/queries"
)

func (a *api) getMe() operation {
	op := answering[Me](operation{
		method: "GET", path: "/v1/me", id: "get-me", tag: tagMe,
		summary: "Read who the caller is and what the caller may do", success: 200,
	})
	return query(op, onlyIdentity, func(c *call, _ struct{}) (answer, error) {
		me := Me{
			Person: actorShape(c.actor), Organization: c.actor.Organization,
			Roles: append([]string{}, c.actor.Roles...), Permissions: permissionsShape(c.actor.Permissions),
		}
		if err := c.fresh(); err != nil {
			return answer{}, err
		}
		err := a.nameGroups(c.r.Context(), c.actor, &me)
		return answer{status: 200, body: me}, err
	})
}

// nameGroups fills in the caller's business unit and customer.
func (a *api) nameGroups(ctx context.Context, actor access.Actor, me *Me) error {
	if actor.BusinessUnit != "" {
		unit, err := a.config.Directory.BusinessUnit(ctx, actor.Organization, actor.BusinessUnit)
		if err != nil {
			return err
		}
		me.BusinessUnit = &Named{ID: actor.BusinessUnit, Name: unit.Name}
	}
	if actor.Customer != "" {
		customer, err := a.config.Directory.Customer(ctx, actor.Organization, actor.Customer)
		if err != nil {
			return err
		}
		me.Customer = &Named{ID: actor.Customer, Name: customer.Name}
	}
	return nil
}

func permissionsShape(p access.Permissions) Permissions {
	return Permissions{
		View: p.View.String(), Create: p.Create.String(), Edit: p.Edit.String(),
		Delete: p.Delete.String(), Assign: p.Assign.String(),
		Transitions: p.Transitions, ActAs: p.ActAs, Internal: p.Internal, Administer: p.Administer,
	}
}

func (a *api) getUnread() operation {
	op := answering[Indicator](operation{
		method: "GET", path: "/v1/me/unread", id: "get-unread", tag: tagMe,
		summary: "Read the indicator: the conversations with messages that the caller has not read", success: 200,
	})
	return query(op, onlyIdentity, func(c *call, _ struct{}) (answer, error) {
		u, err := a.config.Queries.Unread.Handle(c.r.Context(), queries.Unread{Actor: c.actor, MinPosition: c.minPosition})
		if err != nil {
			return answer{}, err
		}
		return answer{status: 200, body: Indicator{
			Count: u.Count, Label: indicatorLabel(u.Count), Items: shown(u.Items, unreadShape), More: u.More,
		}}, nil
	})
}

// indicatorLabel is what a badge shows: nothing for none, 99+ above 99.
func indicatorLabel(count int) string {
	switch {
	case count == 0:
		return ""
	case count > 99:
		return "99+"
	}
	return strconv.Itoa(count)
}

type myConversationsParameters struct {
	Status []string `query:"status" enum:"active,closed,any" default:"active" doc:"any clears the filter."`
	Mine   []string `query:"mine" enum:"true,false,any" default:"true" doc:"The caller takes part or started it; any clears the filter."`
	conversationFilter
}

func (a *api) listMyConversations() operation {
	op := answering[Page[ListedConversation]](operation{
		method: "GET", path: "/v1/me/conversations", id: "list-my-conversations", tag: tagMe,
		summary: "List the caller's active conversations", success: 200,
	})
	return query(op, onlyIdentity, func(c *call, p myConversationsParameters) (answer, error) {
		q := p.query(c)
		q.Filter.Status, q.Filter.Mine = p.statuses(), p.mine()
		return a.conversations(c, q)
	})
}

func (p myConversationsParameters) statuses() []conversation.Status {
	if len(p.Status) == 0 {
		return []conversation.Status{conversation.Active}
	}
	var statuses []conversation.Status
	for _, s := range p.Status {
		if s == "any" {
			return nil
		}
		statuses = append(statuses, conversation.Status(s))
	}
	return statuses
}

func (p myConversationsParameters) mine() *bool {
	if len(p.Mine) == 0 {
		return new(true)
	}
	var wanted []bool
	for _, m := range p.Mine {
		if m == "any" {
			return nil
		}
		wanted = append(wanted, m == "true")
	}
	return either(wanted)
}
