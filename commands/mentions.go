package commands

import (
	"context"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
)

// mentioned returns the people whom a text mentions and who are told of it: those
// who may view it in a conversation as it stands, and whom the actor may view.
// Nothing tells whether the others are there at all. To be mentioned grants
// nothing.
func (c Conversations) mentioned(ctx context.Context, actor access.Actor, s *conversation.Conversation, body string, internal bool) (people []domain.Person, err error) {
	if c.Mentions == nil {
		return nil, nil
	}
	for _, p := range c.Mentions(body) {
		told, err := c.mayBeTold(ctx, actor, s, p, internal)
		if err != nil {
			return nil, err
		}
		if told {
			people = append(people, p)
		}
	}
	return people, nil
}

func (c Conversations) mayBeTold(ctx context.Context, by access.Actor, s *conversation.Conversation, p domain.Person, internal bool) (bool, error) {
	if internal && p.Kind != domain.KindUser {
		return false, nil
	}
	if sees, err := c.Directory.MayViewPerson(ctx, by, p); err != nil || !sees {
		return false, err
	}
	told, err := c.Directory.Actor(ctx, by.Organization, p)
	switch {
	case domain.CodeOf(err) == domain.CodeUnauthenticated:
		return false, nil // removed or disabled
	case err != nil:
		return false, err
	}
	facts, err := c.Directory.Facts(ctx, s, told)
	return told.MayView(facts) && (told.Internal || !internal), err
}
