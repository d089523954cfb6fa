package live

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/eventlog"
)

// sight is what one person may see at one moment, looked up once for each thing.
type sight struct {
	rights    Rights
	actor     access.Actor
	standings map[uuid.UUID]Standing
	records   map[domain.Record]bool
	screens   screens
}

// collectAll returns what hints mean to the connection's person as they are now:
// nothing where they are about what the person may not see.
func (c *connection) collectAll(ctx context.Context, found []hint) (screens, error) {
	var s *sight
	for _, h := range found {
		if h.organization != c.actor.Organization {
			continue
		}
		if s == nil {
			if err := c.renew(ctx); err != nil {
				return screens{}, err
			}
			s = &sight{
				rights: c.hub.config.Rights, actor: c.actor,
				standings: map[uuid.UUID]Standing{}, records: map[domain.Record]bool{},
			}
		}
		if h.settings {
			s.screens.reset = true
			continue
		}
		if err := s.collect(ctx, h); isOutage(err) || ctx.Err() != nil {
			return screens{}, err
		} else if err != nil {
			// Such as an event of a newer version: no reason to end the stream.
			c.hub.log(ctx, fmt.Errorf("judge the hint at %d: %w", h.position, err))
		}
	}
	if s == nil {
		return screens{}, nil
	}
	return s.screens, nil
}

func (s *sight) collect(ctx context.Context, h hint) error {
	switch {
	case !h.reader.IsZero():
		s.collectRead(h)
		return nil
	case h.conversation == uuid.Nil:
		return s.collectRecord(ctx, h.record, h.position)
	}
	return s.collectConversation(ctx, h)
}

// collectRead is for what the person themself has read, on another screen.
func (s *sight) collectRead(h hint) {
	if h.reader != s.actor.Person {
		return
	}
	id := ""
	if h.conversation != uuid.Nil {
		id = h.conversation.String()
	}
	s.screens.add("inbox", id, "", h.position)
	s.screens.add("list", id, "", h.position)
}

func (s *sight) collectConversation(ctx context.Context, h hint) error {
	standing, err := s.standing(ctx, h.conversation)
	if err != nil {
		return err
	}
	concerned := h.member == s.actor.Person
	noticed, err := s.notices(ctx, h)
	if err != nil || !concerned && !(noticed && standing.Visible) {
		return err
	}
	id := h.conversation.String()
	if concerned || standing.Participant && h.member.IsZero() && h.record.IsZero() {
		s.screens.add("inbox", id, "", h.position)
	}
	s.screens.add("list", id, "", h.position)
	if !standing.Visible {
		return nil
	}
	s.screens.add("conversation", id, "", h.position)
	return s.collectRecords(ctx, h, standing)
}

// collectRecords is for the activities of the conversation's contexts, and of
// one that it has lost.
func (s *sight) collectRecords(ctx context.Context, h hint, standing Standing) error {
	for _, r := range standing.Contexts {
		if err := s.collectRecord(ctx, r, h.position); err != nil {
			return err
		}
	}
	if h.record.IsZero() {
		return nil
	}
	return s.collectRecord(ctx, h.record, h.position)
}

// notices reports whether the change of a conversation is one that the person
// may notice at all: customer users see neither internal messages, nor who else
// takes part, nor contexts that they may not view.
func (s *sight) notices(ctx context.Context, h hint) (bool, error) {
	switch {
	case !s.actor.IsCustomer():
		return true, nil
	case h.internal:
		return false, nil
	case !h.member.IsZero():
		return h.member == s.actor.Person, nil
	case !h.record.IsZero():
		return s.mayView(ctx, h.record)
	}
	return true, nil
}

func (s *sight) collectRecord(ctx context.Context, r domain.Record, at eventlog.Position) error {
	may, err := s.mayView(ctx, r)
	if err == nil && may {
		s.screens.add("record", r.ID, r.Type, at)
	}
	return err
}

func (s *sight) standing(ctx context.Context, id uuid.UUID) (Standing, error) {
	if known, ok := s.standings[id]; ok {
		return known, nil
	}
	standing, err := s.rights.Conversation(ctx, s.actor, id)
	if err == nil {
		s.standings[id] = standing
	}
	return standing, err
}

func (s *sight) mayView(ctx context.Context, r domain.Record) (bool, error) {
	if known, ok := s.records[r]; ok {
		return known, nil
	}
	may, err := s.rights.MayViewRecord(ctx, s.actor, r)
	if err == nil {
		s.records[r] = may
	}
	return may, err
}
