package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"parley/domain/access"
	"parley/domain/eventlog"
	"parley/queries"
)

type feedParameters struct {
	Log          string            `query:"log" format:"uuid" doc:"Which log the position is of, as Parley-Log said; another is refused."`
	After        eventlog.Position `query:"after" doc:"Only events behind this position."`
	Type         []string          `query:"type" doc:"Only events of these types."`
	Conversation []string          `query:"conversation" format:"uuid" doc:"Only events of these conversations."`
	Wait         *int              `query:"wait" minimum:"0" maximum:"55" default:"10" doc:"Seconds to wait for a first event."`
}

func (a *api) getFeed() operation {
	op := answering[Feed](operation{
		method: "GET", path: "/v1/events", id: "get-events", tag: tagFeed, success: 200, resumes: true, placed: true,
		summary: "Follow the organization's events as CloudEvents, by long poll or, for Accept: text/event-stream, as a stream; for administrators",
	})
	return query(op, rightToAdminister, func(c *call, p feedParameters) (answer, error) {
		q, err := p.query(c)
		if err != nil {
			return answer{}, err
		}
		if len(c.shape) > 0 && c.actor.Administer {
			return answer{}, nil // that is said before anything of the log
		}
		if strings.Contains(c.r.Header.Get("Accept"), "text/event-stream") {
			return answer{}, a.stream(c, func() error { return a.streamFeed(c, q) })
		}
		result, err := a.poll(c, q)
		if err != nil {
			return answer{}, err
		}
		return answer{status: 200, body: Feed{Items: shown(result.Items, cloudEvent(q.Actor.Organization)), Next: result.Next}}, nil
	})
}

// query returns the question that the parameters ask. A stream goes on behind
// the event that its client saw last.
func (p feedParameters) query(c *call) (queries.Feed, error) {
	q := queries.Feed{Actor: c.actor, After: p.After, Type: p.Type, Wait: 10 * time.Second, MinPosition: c.minPosition}
	if p.Wait != nil {
		q.Wait = time.Duration(*p.Wait) * time.Second
	}
	if p.Log != "" {
		q.Log = c.parameterID("log", p.Log, "must be the id of a log")
	}
	for _, text := range p.Conversation {
		q.Conversation = append(q.Conversation, c.parameterID("conversation", text, "must be the id of a conversation"))
	}
	last, given, err := position(c.r, "Last-Event-ID")
	if given {
		q.After = last
	}
	return q, err
}

// parameterID reads the value of a parameter that must be a UUID.
func (c *call) parameterID(name, text, wrong string) uuid.UUID {
	id, err := uuid.Parse(text)
	if err != nil || len(text) != 36 {
		c.shape = append(c.shape, parameterError(name, wrong))
	}
	return id
}

// poll asks until the wait is over, and says in the headers which log answered. It
// ends early, which is no failure, when the server is closing or the caller no
// longer administers, and is refused once the caller's token or session has ended.
func (a *api) poll(c *call, q queries.Feed) (queries.FeedResult, error) {
	ctx, stop := a.whileSignedIn(c, func(actor access.Actor) bool { return actor.Administer })
	defer stop()
	result, err := a.config.Queries.Feed.Handle(ctx, q)
	changed, isChanged := errors.AsType[*queries.LogChangedError](err)
	switch {
	case isChanged:
		tellLog(c.w.Header(), changed.Log, changed.Head)
		return result, err
	case endedSession(ctx) != nil && err != nil:
		return result, endedSession(ctx)
	case err != nil && (ctx.Err() == nil || c.r.Context().Err() != nil):
		return result, err
	}
	tellLog(c.w.Header(), result.Log, result.Head)
	return result, nil
}

// streamFeed writes events as they come, and in every pause how far they have come,
// until the client leaves, may no longer read, the server closes, or another log
// takes the place of the one that the stream began with.
func (a *api) streamFeed(c *call, q queries.Feed) error {
	q.Wait = 0
	var replaced <-chan struct{}
	for {
		result, err := a.poll(c, q)
		if !c.answered {
			if err != nil {
				return err
			}
			if c.r.Method == http.MethodHead {
				return c.headOfStream()
			}
			replaced = result.Replaced
		}
		if err != nil || result.Replaced != replaced || !c.writeEvents(result, q.Actor.Organization) || a.closing() || c.signInAgain(a.config.Authenticator) != nil {
			c.answered = true
			return nil
		}
		q.Actor, q.After, q.Wait = c.actor, result.Next, a.config.FeedPause
	}
}

// headOfStream answers HEAD: a stream has a head, and no end to wait for.
func (c *call) headOfStream() error {
	c.answered = true
	c.w.Header().Set("Content-Type", "text/event-stream")
	allowWriting(c.w)
	c.w.WriteHeader(http.StatusOK)
	return nil
}

// writeEvents reports whether the client took them.
func (c *call) writeEvents(result queries.FeedResult, organization string) bool {
	if !c.answered {
		c.w.Header().Set("Content-Type", "text/event-stream")
		c.w.WriteHeader(http.StatusOK)
		c.answered = true
	}
	var frames strings.Builder
	for _, item := range result.Items {
		data, err := json.Marshal(cloudEvent(organization)(item))
		if err != nil {
			return false
		}
		fmt.Fprintf(&frames, "id: %d\nevent: %s\ndata: %s\n\n", item.Position, item.Type, data)
	}
	if frames.Len() == 0 {
		fmt.Fprintf(&frames, "id: %d\n: waiting\n\n", result.Next) // a place alone is no event to a client
	}
	allowWriting(c.w)
	if _, err := c.w.Write([]byte(frames.String())); err != nil {
		return false
	}
	return http.NewResponseController(c.w).Flush() == nil
}

// cloudEvent returns how events of the organization are published.
func cloudEvent(organization string) func(queries.FeedItem) CloudEvent {
	source := "urn:parley:organization:" + escapeURN(organization)
	return func(i queries.FeedItem) CloudEvent {
		return CloudEvent{
			SpecVersion: "1.0", ID: i.ID, Source: source, Type: i.Type, Subject: i.Stream,
			Time: i.Meta.Time.UTC(), DataContentType: "application/json",
			Sequence: strconv.FormatUint(uint64(i.Position), 10), Data: i.Data,
		}
	}
}
