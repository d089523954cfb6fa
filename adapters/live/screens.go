package live

import (
	"context"

	"parley/domain"
	"parley/domain/eventlog"
)

// about is which kind of screen should ask again, and for what.
type about struct {
	kind string // conversation, inbox, list or record
	id   string
	typ  string // of a record
}

// screen is one frame.
type screen struct {
	about
	position eventlog.Position
}

// screens collects frames in log order; of those about the same only the last
// is kept.
type screens struct {
	frames []screen
	latest map[about]int // index into frames
}

func (s *screens) add(kind, id, typ string, at eventlog.Position) {
	if s.latest == nil {
		s.latest = map[about]int{}
	}
	what := about{kind, id, typ}
	s.latest[what] = len(s.frames)
	s.frames = append(s.frames, screen{what, at})
}

// kept returns the frames to send.
func (s *screens) kept() []screen {
	var kept []screen
	for i, f := range s.frames {
		if s.latest[f.about] == i {
			kept = append(kept, f)
		}
	}
	return kept
}

// collect adds what a hint means to this connection's person, which is nothing
// where it is about what they may not see.
func (c *connection) collect(ctx context.Context, h hint, to *screens) error {
	switch {
	case !h.person.IsZero():
		if h.person == c.actor.Person {
			c.collectRead(h, to)
		}
		return nil
	case h.conversation == noConversation:
		return c.collectRecord(ctx, h.record, h.position, to)
	}
	return c.collectConversation(ctx, h, to)
}

// collectRead is for what the person themself has read, on another screen.
func (c *connection) collectRead(h hint, to *screens) {
	id := ""
	if h.conversation != noConversation {
		id = h.conversation.String()
	}
	to.add("inbox", id, "", h.position)
}

func (c *connection) collectConversation(ctx context.Context, h hint, to *screens) error {
	standing, err := c.hub.config.Rights.Conversation(ctx, c.actor, h.conversation)
	if err != nil {
		return err
	}
	id, concerned := h.conversation.String(), h.member == c.actor.Person
	if concerned || (standing.Participant && !c.hidden(h)) {
		to.add("inbox", id, "", h.position)
	}
	if concerned || (standing.Visible && !c.hidden(h)) {
		to.add("list", id, "", h.position)
	}
	if !standing.Visible || c.hidden(h) {
		return nil
	}
	to.add("conversation", id, "", h.position)
	records := standing.Contexts
	if !h.record.IsZero() {
		records = append(records[:len(records):len(records)], h.record)
	}
	for _, r := range records {
		if err := c.collectRecord(ctx, r, h.position, to); err != nil {
			return err
		}
	}
	return nil
}

// hidden reports whether the change is one that the person must not notice.
func (c *connection) hidden(h hint) bool { return h.inside && c.actor.IsCustomer() }

func (c *connection) collectRecord(ctx context.Context, r domain.Record, at eventlog.Position, to *screens) error {
	may, err := c.hub.config.Rights.MayViewRecord(ctx, c.actor, r)
	if err == nil && may {
		to.add("record", r.ID, r.Type, at)
	}
	return err
}
