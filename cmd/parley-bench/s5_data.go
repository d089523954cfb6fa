package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"parley/adapters/eventnode"
	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// Where the log of S5 is made, and where a copy of it lies for the other server.
const (
	inboxFolder  = "inbox"
	copyOfEvents = "events-copy"
)

// inboxDefault is how many messages there are unless the run says so.
const inboxDefault = 1_000_000

// inboxMessages is how many messages each conversation of S5 has.
const inboxMessages = 50

// inbox returns how many conversations the person of S5 has: half of all.
func (c runCommand) inbox() int { return c.Messages / inboxMessages / 2 }

// fillInbox makes the log of S5. Every second conversation is the poster's; a
// customer user has the last word in each, and a quarter is closed.
func (l *lab) fillInbox(ctx context.Context) error {
	dir, err := l.folder(filepath.Join(inboxFolder, eventsIn))
	if err != nil {
		return err
	}
	if err := fillConversations(ctx, dir, 2*l.run.inbox()); err != nil {
		return err
	}
	return os.CopyFS(filepath.Join(l.dir, inboxFolder, copyOfEvents), os.DirFS(dir))
}

func fillConversations(ctx context.Context, dir string, n int) (err error) {
	node, err := eventnode.Open(eventnode.Config{Dir: dir})
	if err != nil {
		return err
	}
	defer func() {
		if closed := node.Close(); err == nil {
			err = closed
		}
	}()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(16)
	for i := 0; i < n && ctx.Err() == nil; i++ {
		group.Go(func() error {
			batch, err := inboxConversation(i)
			if err == nil {
				_, err = node.Append(ctx, conversation.Stream(uuid.New()), eventlog.NoStream, batch)
			}
			return err
		})
	}
	return group.Wait()
}

// inboxConversation returns the events of a whole conversation.
func inboxConversation(i int) ([]eventlog.NewEvent, error) {
	owner := domain.User([]string{"user", "user2"}[i%2])
	buyer := domain.CustomerUser([]string{"buyer", "customer-admin", "other-buyer"}[i%3])
	at := time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Minute)
	events := []conversation.Event{
		conversation.Started{Organization: "acme", Name: fmt.Sprint("Conversation ", i), Owner: owner.ID, CustomerUser: buyer.ID, Customer: "northwind", Starter: owner, At: at},
		conversation.ParticipantJoined{Person: owner, At: at},
		conversation.ParticipantJoined{Person: buyer, At: at},
		conversation.ContextAttached{Context: domain.PersonRecord(owner), At: at},
		conversation.ContextAttached{Context: domain.PersonRecord(buyer), At: at},
	}
	for number := 1; number <= inboxMessages; number++ {
		author := owner
		if number%2 == 0 {
			author = buyer
		}
		events = append(events, conversation.MessageAdded{
			Number: number, PublicNumber: number, From: author, Author: author, At: at.Add(time.Duration(number) * time.Second),
			Body: fmt.Sprintf("Could you tell me when order %d will be sent? I need all of it before the end of week %d.", i, number),
		})
	}
	if i%8 < 2 {
		events = append(events, conversation.Closed{At: at.Add(time.Hour)})
	}
	return stored(events, domain.Meta{Organization: "acme", Actor: owner, CommandID: uuid.New(), Channel: domain.ChannelAPI, Time: at})
}

// stored returns events as a log takes them.
func stored(events []conversation.Event, meta domain.Meta) ([]eventlog.NewEvent, error) {
	metadata, err := json.Marshal(meta)
	if err != nil {
		return nil, err
	}
	batch := make([]eventlog.NewEvent, len(events))
	for i, e := range events {
		data, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		batch[i] = eventlog.NewEvent{ID: uuid.New(), Type: e.EventType(), Data: data, Metadata: metadata}
	}
	return batch, nil
}
