package main

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"parley/adapters/eventnode"
	"parley/commands"
	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// What the stores of S6 hold: short conversations of who posts, in the big one a
// long one too, and ordinary ones of other people.
const (
	smallEvents      = 1000
	shortMessages    = 10
	ordinaryMessages = 95
	// startEvents is what a conversation begins with: its start, two people and
	// their contexts.
	startEvents = 5
	// shortInSmall is how many short conversations the small store has.
	shortInSmall = smallEvents / (startEvents + shortMessages)
	// fillAppend is how many messages are appended at once.
	fillAppend = 100
)

// filledBody is what the messages say.
const filledBody = "The goods left the warehouse this morning and will be with you on Thursday."

// site is a data folder that was filled before any server saw it.
type site struct {
	lab   *lab
	name  string
	talks []talk // the longest first
}

// talk is a conversation to fill a store with.
type talk struct {
	id           uuid.UUID
	owner, buyer string
	messages     int
}

func newTalk(owner, buyer string, messages int) talk { return talk{uuid.New(), owner, buyer, messages} }

// grownSite fills the big store. It has short conversations for every round.
func (l *lab) grownSite(ctx context.Context) (*site, error) {
	talks := []talk{newTalk("user", "buyer", l.run.longMessages())}
	for range l.run.Rounds * shortInSmall {
		talks = append(talks, newTalk("user", "buyer", shortMessages))
	}
	left := l.run.Growth
	for _, t := range talks {
		left -= startEvents + t.messages
	}
	for i := range max(0, left) / (startEvents + ordinaryMessages) {
		talks = append(talks, newTalk(fmt.Sprint("clerk-", i%100), fmt.Sprint("client-", i%1000), ordinaryMessages))
	}
	return l.site(ctx, "parley-grown", talks)
}

// longMessages is how many messages the long conversation has.
func (c runCommand) longMessages() int { return c.Growth / 10 }

// smallSite fills the small store.
func (l *lab) smallSite(ctx context.Context) (*site, error) {
	var talks []talk
	for range shortInSmall {
		talks = append(talks, newTalk("user", "buyer", shortMessages))
	}
	return l.site(ctx, "parley-small", talks)
}

// site fills a store.
func (l *lab) site(ctx context.Context, name string, talks []talk) (*site, error) {
	dir, err := l.folder(filepath.Join(name, eventsIn))
	if err != nil {
		return nil, err
	}
	node, err := eventnode.Open(eventnode.Config{Dir: dir})
	if err != nil {
		return nil, err
	}
	defer node.Close()
	w := newFiller(node)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(16)
	for _, t := range talks {
		group.Go(func() error { return w.write(ctx, t) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return &site{lab: l, name: name, talks: talks}, node.Close()
}

// short returns the ids of the conversations that are short.
func (s *site) short() (ids []string) {
	for _, t := range s.talks {
		if t.messages == shortMessages {
			ids = append(ids, t.id.String())
		}
	}
	return ids
}

// filler writes conversations as a server does, metadata and idempotency keys
// included, but many messages at once.
type filler struct {
	conversations *commands.Repository[conversation.Conversation, conversation.Event]
}

func newFiller(log eventlog.Log) filler {
	keys := commands.NewKeys(noReceipts{})
	return filler{commands.NewRepository(conversation.Aggregate, commands.Deps{Log: log, Keys: keys, Follower: commands.NewFollower(log, keys)})}
}

// write writes a conversation from its start to its last message.
func (f filler) write(ctx context.Context, t talk) error {
	start := conversation.Start{Organization: "acme", Name: "Delivery", Owner: t.owner, CustomerUser: t.buyer, Customer: "northwind", Starter: domain.User(t.owner)}
	err := f.update(ctx, t, func(l commands.Loaded[conversation.Conversation]) ([]conversation.Event, error) {
		return l.State.Start(start, l.Now)
	})
	for done := 0; done < t.messages && err == nil; done += fillAppend {
		err = f.update(ctx, t, func(l commands.Loaded[conversation.Conversation]) ([]conversation.Event, error) {
			return t.next(l.State, min(fillAppend, t.messages-done), l.Now), nil
		})
	}
	return err
}

func (f filler) update(ctx context.Context, t talk, decide func(commands.Loaded[conversation.Conversation]) ([]conversation.Event, error)) error {
	_, err := f.conversations.Update(ctx, t.id, commands.Request{
		Actor:   access.Actor{Person: domain.User(t.owner), Organization: "acme"},
		Channel: domain.ChannelAPI, Key: uuid.NewString(), Fingerprint: "POST /v1/conversations",
	}, decide)
	return err
}

// next returns the next messages, by both people in turn.
func (t talk) next(s *conversation.Conversation, count int, now time.Time) []conversation.Event {
	people := []domain.Person{domain.User(t.owner), domain.CustomerUser(t.buyer)}
	events := make([]conversation.Event, count)
	for i := range events {
		number, from := s.MessageCount+1+i, people[i%len(people)]
		events[i] = conversation.MessageAdded{Number: number, PublicNumber: number, Body: filledBody, From: from, Author: from, At: now}
	}
	return events
}

// noReceipts knows that no key was used before.
type noReceipts struct{}

// Find implements the port.
func (noReceipts) Find(context.Context, string, domain.Person, string) (commands.Receipt, bool, eventlog.Position, error) {
	return commands.Receipt{}, false, math.MaxUint64, nil
}
