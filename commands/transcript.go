package commands

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// transcript finds single messages of a conversation as they stand in a state of
// it. The state holds the last ones only; of an older one it knows which few
// revisions may have added it, and which one changed it last. So a message costs
// a few short reads of the stream, however long that is.
type transcript struct {
	repository *Repository[conversation.Conversation, conversation.Event]
	id         uuid.UUID
	state      *conversation.Conversation
}

// leaf is how many events are read at once while a message is looked for.
const leaf = 64

// message returns the message of a number in the kind's numbering, and whether
// there is one.
func (t transcript) message(ctx context.Context, kind domain.Kind, number int) (m conversation.Message, found bool, err error) {
	count := t.state.Count(kind)
	if number < 1 || number > count {
		return m, false, nil
	}
	if number == count {
		return *t.state.LastOf(kind), true, nil
	}
	added, at, err := t.search(ctx, kind, number)
	if err != nil {
		return m, false, err
	}
	m, err = t.current(ctx, added.Message(), at)
	return m, err == nil, err
}

// search finds the event that added a message, and its revision. Each message is
// an event, so as many as there are before and behind it narrow the place down:
// what is left is halved over the events of other kinds.
func (t transcript) search(ctx context.Context, kind domain.Kind, number int) (conversation.MessageAdded, int, error) {
	first, last := number, t.state.Events-1-(t.state.Count(kind)-number)
	for first <= last {
		from := first
		if last-first >= leaf {
			from += (last - first) / 2
		}
		m, at, err := t.next(ctx, kind, number, from, last)
		if err != nil {
			return m, 0, err
		}
		switch n := m.Message().NumberFor(kind); {
		case n == number:
			return m, at, nil
		case n == 0 || n > number:
			last = min(from-1, at-(n-number))
		default:
			first = at + number - n
		}
	}
	return conversation.MessageAdded{}, 0, fmt.Errorf("find message of %s: %w", t.stream(), errDisagreeing)
}

// next returns the first message of the kind's numbering between two revisions,
// or the wanted one if the same read holds it; the zero message, at the end,
// when there is none.
func (t transcript) next(ctx context.Context, kind domain.Kind, wanted, from, to int) (conversation.MessageAdded, int, error) {
	for ; from <= to; from += leaf {
		events, err := t.events(ctx, from, min(to, from+leaf-1))
		if err != nil {
			return conversation.MessageAdded{}, 0, err
		}
		first, at := conversation.MessageAdded{}, -1
		for i, e := range events {
			m, ok := e.(conversation.MessageAdded)
			switch n := m.Message().NumberFor(kind); {
			case !ok || n == 0:
			case n == wanted:
				return m, from + i, nil
			case at < 0:
				first, at = m, from+i
			}
		}
		if at >= 0 {
			return first, at, nil
		}
	}
	return conversation.MessageAdded{}, to, nil
}

// current applies the latest change of a message that was added at a revision.
func (t transcript) current(ctx context.Context, m conversation.Message, at int) (conversation.Message, error) {
	if latest, known := t.state.Changes.Of(m.Number); known {
		return t.changed(ctx, m, latest, latest)
	}
	return t.changed(ctx, m, at+1, t.state.Changes.Forgotten)
}

// changed applies all changes of a message between two revisions.
func (t transcript) changed(ctx context.Context, m conversation.Message, from, to int) (conversation.Message, error) {
	for ; from <= to; from += leaf {
		events, err := t.events(ctx, from, min(to, from+leaf-1))
		if err != nil {
			return m, err
		}
		for _, e := range events {
			if c, ok := e.(conversation.MessageChange); ok && c.Of() == m.Number {
				m = c.To(m)
			}
		}
	}
	return m, nil
}

// events reads those between two revisions, both included.
func (t transcript) events(ctx context.Context, from, to int) ([]conversation.Event, error) {
	return t.repository.between(ctx, t.stream(), eventlog.Revision(from), eventlog.Revision(to))
}

func (t transcript) stream() string { return conversation.Stream(t.id) }
