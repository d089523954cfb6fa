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
	chapter, err := h.awaitBegin(r.Context())
	if err != nil {
		return err
	}
	c := &connection{hub: h, chapter: chapter, actor: actor, at: chapter.ring.latest(), out: newWriter(w, h.config.WriteLimit)}
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
	hub     *Hub
	chapter *chapter
	actor   access.Actor
	at      eventlog.Position // how far its person has been told
	lost    bool              // it cannot be told what it has missed
	out     *writer
}

// resume goes on behind the last that the client saw. Behind a number that is no
// position of the log, it cannot.
func (c *connection) resume(ctx context.Context, last eventlog.Position) error {
	err := c.chapter.check(ctx, last)
	switch {
	case err == nil:
		c.at = last
	case isOfAnotherLog(err):
		c.lost = true
	default:
		return domain.Unavailable("The event store does not answer; try again.", time.Second, err)
	}
	return nil
}

// isOfAnotherLog reports whether an error says that what was asked for is nothing
// of the log that is there.
func isOfAnotherLog(err error) bool {
	return errors.Is(err, eventlog.ErrNoSuchPosition) || errors.Is(err, eventlog.ErrLogChanged)
}

// run writes until somebody ends it.
func (c *connection) run(ctx context.Context) error {
	c.chapter.places.Note(c.at)
	if err := c.out.ready(c.at); err != nil {
		return err
	}
	beat, check := time.NewTicker(c.hub.config.Heartbeat), time.NewTicker(c.hub.config.Recheck)
	defer beat.Stop()
	defer check.Stop()
	for {
		more, err := c.catchUp(ctx)
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-c.hub.stopped:
			return nil
		case <-c.chapter.over:
			c.chapter, c.lost = c.hub.present.Load(), true
		case <-more:
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

// reset tells the client to ask for everything again.
func (c *connection) reset() error {
	if !c.lost { // else the place is of the chapter before
		c.chapter.places.Note(c.at)
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
		return errors.Join(errOtherRights, c.reset())
	}
	return nil
}

// catchUp writes all hints that the connection has not yet seen, and returns
// what to wait on for more. What cannot be found out now is tried again soon.
func (c *connection) catchUp(ctx context.Context) (<-chan struct{}, error) {
	if c.lost {
		return c.startOver()
	}
	found, err := c.chapter.missed.after(ctx, c.at)
	if err == nil {
		var group screens
		if group, err = c.collectAll(ctx, found.hints); err == nil {
			c.at = found.head
			return found.grown, c.tell(group)
		}
	}
	switch {
	case errors.Is(err, errAway), errors.Is(err, eventlog.ErrNoSuchPosition):
		c.lost = true
		return closed, nil
	case isOutage(err) && pause(ctx) == nil:
		return closed, nil
	}
	return nil, err
}

// startOver resets the client as soon as it is told the truth when it asks.
func (c *connection) startOver() (<-chan struct{}, error) {
	select {
	case <-c.chapter.begun:
	default:
		return c.chapter.begun, nil
	}
	c.at, c.lost = c.chapter.ring.latest(), false
	return closed, c.reset()
}

// tell writes what a group of hints has come to.
func (c *connection) tell(s screens) error {
	if s.reset {
		return c.reset()
	}
	return c.out.hints(s)
}

// closed is to wait on for what is already due.
var closed = func() <-chan struct{} { c := make(chan struct{}); close(c); return c }()

func isOutage(err error) bool {
	return domain.CodeOf(err) == domain.CodeUnavailable || errors.Is(err, eventlog.ErrLogChanged) ||
		errors.Is(err, eventlog.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded)
}
