package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"parley/adapters/live"
	"parley/commands"
	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
)

// rights tells live streams what a person may see, from the cached folds that
// commands decide on.
type rights struct {
	directory     *commands.Directory
	conversations *commands.Repository[conversation.Conversation, conversation.Event]
}

// Actor implements live.Rights.
func (r rights) Actor(ctx context.Context, organization string, p domain.Person) (access.Actor, error) {
	return r.directory.Actor(ctx, organization, p)
}

// MayViewRecord implements live.Rights.
func (r rights) MayViewRecord(ctx context.Context, actor access.Actor, record domain.Record) (bool, error) {
	return r.directory.MayViewRecord(ctx, actor, record)
}

// Conversation implements live.Rights.
func (r rights) Conversation(ctx context.Context, actor access.Actor, id uuid.UUID) (live.Standing, error) {
	var c conversation.Conversation
	var contexts []domain.Record
	err := r.conversations.View(ctx, id, func(l commands.Loaded[conversation.Conversation]) {
		c = *l.State
		c.Participants = slices.Clone(c.Participants)
		contexts = slices.Clone(c.Contexts)
	})
	if err != nil {
		return live.Standing{}, fmt.Errorf("look at conversation: %w", err)
	}
	facts, err := r.directory.Facts(ctx, &c, actor)
	if err != nil {
		return live.Standing{}, fmt.Errorf("look at conversation: %w", err)
	}
	return live.Standing{Visible: actor.MayView(facts), Participant: facts.Participant, Contexts: contexts}, nil
}
