package live

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/eventlog"
)

// errAway says that more was missed than can be made up for.
var errAway = errors.New("missed more than is kept")

// Serve streams hints to an authenticated request: those behind its
// Last-Event-ID if it has one, else from now on. It ends when the client goes,
// the request's context ends, the hub stops, or the person may no longer sign
// in. A malformed Last-Event-ID is a domain.CodeMalformed error, before anything
// is written; there are no others.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	at := h.ring.latest()
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		n, err := strconv.ParseUint(last, 10, 64)
		if err != nil {
			return domain.NewError(domain.CodeMalformed, "Last-Event-ID must be the id of an event of this stream.")
		}
		at = eventlog.Position(n)
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
