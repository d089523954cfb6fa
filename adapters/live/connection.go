package live

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/eventlog"
)

// Serve streams hints to an authenticated request: those behind its
// Last-Event-ID if it has one, else from now on. It ends when the client goes,
// the request's context ends, the hub stops, or the person may no longer sign
// in. It returns an error only before anything is written: domain.CodeMalformed
// for a Last-Event-ID that is no number, domain.CodeUnavailable while the log or
// the read models cannot be reached.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
	if err := h.awaitBegin(r.Context()); err != nil {
		return err
	}
	c := &connection{hub: h, actor: actor, at: h.ring.latest(), out: newWriter(w, h.config.WriteLimit)}
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		n, err := strconv.ParseUint(last, 10, 64)
		if err != nil {
			return domain.NewError(domain.CodeMalformed, "Last-Event-ID must be the id of an event of this stream.")
		}
		if err := c.resume(r.Context(), eventlog.Position(n)); err != nil {
			return err
		}
	}
	h.open.Add(1)
	defer h.open.Add(-1)
	if err := c.run(r.Context()); err != nil {
		h.log(r.Context(), err)
	}
	return nil
}

func (h *Hub) awaitBegin(ctx context.Context) error {
	timer := time.NewTimer(startLimit)
	defer timer.Stop()
	select {
	case <-h.begun:
		return nil
	case <-h.stopped:
	case <-ctx.Done():
	case <-timer.C:
	}
	return domain.Unavailable("The server is starting or stopping; try again.", time.Second, nil)
}

// log logs what ended a stream, or kept a hint from it, where that is no matter
// of course.
func (h *Hub) log(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil, errors.Is(err, errGone), errors.Is(err, errOtherRights), errors.Is(err, eventlog.ErrClosed), domain.CodeOf(err) == domain.CodeUnauthenticated:
	default:
		h.config.Logger.ErrorContext(ctx, "a live stream failed", "error", err)
	}
}

// connection is one open stream. It belongs to its request's goroutine.
type connection struct {
	hub   *Hub
	actor access.Actor
	at    eventlog.Position // how far its person has been told
	lost  bool              // it cannot be told what it has missed
	out   *writer
}

// resume goes on behind the last that the client saw. A position behind the
// log's end is one of another log, or of a later state of this one.
func (c *connection) resume(ctx context.Context, last eventlog.Position) error {
	if last > c.at {
		tail, err := c.hub.config.Log.End(ctx)
		if err != nil {
			return domain.Unavailable("The event store does not answer; try again.", time.Second, err)
		}
		if c.lost = last > tail; c.lost {
			return nil
		}
	}
	c.at = last
	return nil
}

// run writes until somebody ends it.
func (c *connection) run(ctx context.Context) error {
	if err := c.greet(); err != nil {
		return err
	}
	beat, check := time.NewTicker(c.hub.config.Heartbeat), time.NewTicker(c.hub.config.Recheck)
	defer beat.Stop()
	defer check.Stop()
	for {
		grown, err := c.catchUp(ctx)
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-c.hub.stopped:
			return nil
		case <-grown:
		case <-check.C:
			if err := c.renew(ctx); err != nil {
				return err
			}
		case <-beat.C:
			if err := c.out.beat(); err != nil {
				return err
			}
		}
	}
}

// greet says from where the stream goes on.
func (c *connection) greet() error {
	if err := c.out.ready(c.at); err != nil || !c.lost {
		return err
	}
	return c.out.reset(c.at)
}

// errOtherRights says that the person may no longer do what they could when the
// stream began.
var errOtherRights = errors.New("what the person may do has changed")

// renew looks up what the person may do now, and fails once they may no longer
// sign in, or may do more or less than when the stream began: what they then see
// is asked for anew, through the door that checks it. Without an answer they may
// do what they could before.
func (c *connection) renew(ctx context.Context) error {
	actor, err := c.hub.config.Rights.Actor(ctx, c.actor.Organization, c.actor.Person)
	switch {
	case domain.CodeOf(err) == domain.CodeUnauthenticated:
		return err
	case err != nil:
		return nil
	case !actor.MayAsBefore(c.actor):
		return errors.Join(errOtherRights, c.out.reset(c.at))
	}
	return nil
}

// catchUp writes all hints that the connection has not yet seen, and returns
// what to wait on for more. What cannot be found out now is tried again soon.
func (c *connection) catchUp(ctx context.Context) (<-chan struct{}, error) {
	found, err := c.hub.missed.after(ctx, c.at)
	if errors.Is(err, errAway) {
		c.at = found.head
		return found.grown, c.out.reset(found.head)
	}
	if err == nil {
		var group screens
		if group, err = c.collectAll(ctx, found.hints); err == nil {
			c.at = found.head
			return found.grown, c.tell(group)
		}
	}
	if isOutage(err) && pause(ctx) == nil {
		return closed, nil
	}
	return nil, err
}

// tell writes what a group of hints has come to.
func (c *connection) tell(s screens) error {
	if s.reset {
		return c.out.reset(c.at)
	}
	return c.out.hints(s)
}

// closed is to wait on for what is already due.
var closed = func() <-chan struct{} { c := make(chan struct{}); close(c); return c }()

func isOutage(err error) bool {
	return domain.CodeOf(err) == domain.CodeUnavailable ||
		errors.Is(err, eventlog.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded)
}
