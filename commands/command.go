package commands

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
)

// command is a request under way: its clock and its random id are fixed once,
// however often it is decided.
type command[S any, E domain.Event] struct {
	req         Request
	decide      func(Loaded[S]) ([]E, error)
	now         time.Time
	id          uuid.UUID
	scope       uuid.UUID // of the key; zero without one
	fingerprint uuid.UUID
	prior       prior
	looked      bool // for events of an earlier request that are missing
}

func (r *Repository[S, E]) begin(req Request, decide func(Loaded[S]) ([]E, error)) *command[S, E] {
	c := &command[S, E]{req: req, decide: decide, now: r.Now(), id: uuid.Must(uuid.NewV7())}
	if req.Key != "" {
		c.scope = scopeOf(req.Actor.Organization, req.Actor.Person, req.Key)
		c.fingerprint = fingerprintOf(req.Fingerprint)
	}
	return c
}

// earlier returns the receipt under which the command was done before, if it
// was and what the stream's state rests on begins no later. It refuses a key of
// another request, and one that may have been used where it can no longer be looked
// up.
func (c *command[S, E]) earlier(here *ring, stream string, begins eventlog.Revision) (receipt, bool, error) {
	if c.req.Key == "" {
		return receipt{}, false, nil
	}
	done, found := here.find(c.scope)
	switch {
	case found:
	case c.prior.stream != "":
		done = c.prior.receipt
		if c.prior.stream != stream {
			return receipt{}, false, errKeyReused
		}
	case c.prior.hides(here):
		return receipt{}, false, unavailable(errKeyUnknown)
	default:
		return receipt{}, false, nil
	}
	if done.Fingerprint != c.fingerprint {
		return receipt{}, false, errKeyReused
	}
	return done, done.Last >= begins, nil
}

// encode returns the events as they are stored. The store takes an append of ids
// that it has at that place for a repetition, so an id says which command's event it
// is and what is in it: the same ids mean the same bytes.
func (c *command[S, E]) encode(events []E) ([]eventlog.NewEvent, error) {
	metadata, err := json.Marshal(c.meta())
	if err != nil {
		return nil, fmt.Errorf("encode metadata: %w", err)
	}
	batch := make([]eventlog.NewEvent, len(events))
	for i, e := range events {
		data, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", e.EventType(), err)
		}
		id := domain.DeriveID(c.id.String(), strconv.Itoa(i), e.EventType(), string(data), string(metadata))
		batch[i] = eventlog.NewEvent{ID: id, Type: e.EventType(), Data: data, Metadata: metadata}
	}
	return batch, nil
}

func (c *command[S, E]) meta() domain.Meta {
	m := domain.Meta{
		Actor: c.req.Actor.Person, OnBehalfOf: c.req.OnBehalfOf, Organization: c.req.Actor.Organization,
		CommandID: c.id, CorrelationID: c.req.CorrelationID, CausationID: c.id,
		Channel: c.req.Channel, RemoteAddress: c.req.RemoteAddress, Time: c.now,
		Key: c.req.Key, Fingerprint: c.req.Fingerprint,
	}
	if m.CorrelationID == uuid.Nil {
		m.CorrelationID = c.id
	}
	return m
}
