package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// Limits that tests work at.
const (
	RingSize      = ringSize
	SnapshotEvery = snapshotEvery
)

// Remember bounds the number of keys that are remembered.
func (k *Keys) Remember(limit int) { k.limit = limit }

// Cached returns how many entries the repository holds, and their bytes.
func (r *Repository[S, E]) Cached() (entries, bytes int) {
	r.cache.mu.Lock()
	defer r.cache.mu.Unlock()
	return len(r.cache.entries), r.cache.bytes
}

// Message returns a message as it stands, by its number in the kind's numbering,
// and whether there is one.
func (c Conversations) Message(ctx context.Context, id uuid.UUID, kind domain.Kind, number int) (m conversation.Message, found bool, err error) {
	var state *conversation.Conversation
	err = c.Repository.View(ctx, id, func(l Loaded[conversation.Conversation]) { state = conversation.Aggregate.Copy(l.State) })
	if err != nil {
		return m, false, err
	}
	return transcript{c.Repository, id, state}.message(ctx, kind, number)
}

// Show returns the conversation as a command that changed nothing would answer.
func (c Conversations) Show(ctx context.Context, actor access.Actor, id uuid.UUID) (ConversationAnswer, error) {
	state, seen, err := c.look(ctx, Request{Actor: actor}, id, rules{})
	if err != nil {
		return ConversationAnswer{}, err
	}
	return c.answer(ctx, actor, id, conversationOutcome{State: state, Position: seen.Position})
}

// Watched returns how far what is said of streams was met.
func (f *Follower) Watched() eventlog.Position { return f.place.watched() }
