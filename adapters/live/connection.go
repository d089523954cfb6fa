package live

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/eventlog"
)

// errAway says that more was missed than can be made up for.
var errAway = errors.New("missed more than is kept")

// Stream answers an authenticated request with hints: those behind a position
// where one is given, else from now on. It ends when the client goes, the hub
// stops, or the person may no longer sign in; it never returns an error.
func (h *Hub) Stream(w http.ResponseWriter, r *http.Request, actor access.Actor, behind *eventlog.Position) error {
	at := h.ring.latest()
	if behind != nil {
		at = *behind
	}
	c := &connection{hub: h, actor: actor, at: at, out: newWriter(w, h.config.WriteLimit)}
	if err := c.out.ready(at); err == nil {
		c.run(r.Context())
	}
	return nil
}

// connection is one open stream. It belongs to its request's goroutine.
type connection struct {
	hub   *Hub
	actor access.Actor
	at    eventlog.Position
	out   *writer
}

func (c *connection) run(ctx context.Context) {
	beat := time.NewTicker(c.hub.config.Heartbeat)
	defer beat.Stop()
	for {
		grown, err := c.catchUp(ctx)
		if err != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-c.hub.stopped:
			return
		case <-grown:
		case <-beat.C:
			if c.renew(ctx) != nil || c.out.beat() != nil {
				return
			}
		}
	}
}

// renew looks up what the person may do now, and fails once they may no longer
// sign in.
func (c *connection) renew(ctx context.Context) error {
	actor, err := c.hub.config.Rights.Actor(ctx, c.actor.Organization, c.actor.Person)
	if domain.CodeOf(err) == domain.CodeUnauthenticated {
		return err
	}
	if err == nil {
		c.actor = actor
	}
	return nil
}

// catchUp writes all hints that the connection has not yet seen.
func (c *connection) catchUp(ctx context.Context) (grown <-chan struct{}, err error) {
	found, head, grown, ok := c.hub.ring.after(c.at)
	if !ok {
		if found, err = c.scan(ctx, head); errors.Is(err, errAway) {
			c.at = head
			return grown, c.out.reset(head)
		}
		if err != nil {
			return nil, err
		}
	}
	var group screens
	for _, hint := range found {
		if hint.organization != c.actor.Organization {
			continue
		}
		if err := c.collect(ctx, hint, &group); err != nil {
			return nil, err
		}
	}
	c.at = max(c.at, head)
	return grown, c.out.hints(group)
}

// scan reads from the log what the ring no longer holds.
func (c *connection) scan(ctx context.Context, head eventlog.Position) ([]hint, error) {
	var events []eventlog.Recorded
	limit := c.hub.config.Scan
	for e, err := range c.hub.config.Log.ReadAll(ctx, c.at, domain.StreamPrefix, limit+1) {
		if err != nil {
			return nil, fmt.Errorf("read missed events: %w", err)
		}
		if e.Position > head {
			break
		}
		if len(events) == limit {
			return nil, errAway
		}
		events = append(events, e)
	}
	return hints(events), nil
}
