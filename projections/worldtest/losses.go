package worldtest

import (
	"slices"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/reader"
	"parley/projections/projectiontest"
)

// lose sometimes takes a stream away, as an operator of the event store may: a
// conversation's, for ever or in part, or now and then what somebody has read.
func (w *World) lose() {
	if len(w.Conversations) == 0 || w.ending.IntN(25) > 0 {
		return
	}
	t := w.Conversations[w.ending.IntN(len(w.Conversations))]
	switch w.ending.IntN(5) {
	case 0:
		w.endReader(t)
	case 1, 2:
		w.Events = append(w.Events, projectiontest.Event{Stream: conversation.Stream(t.ID), Data: conversation.Removed{At: w.clock}, Meta: projectiontest.Nowhere})
		w.gone(t)
	default:
		w.Events = append(w.Events, projectiontest.Tombstone(conversation.Stream(t.ID)))
		w.gone(t)
	}
}

func (w *World) gone(t *Talk) {
	w.Conversations = slices.DeleteFunc(w.Conversations, func(o *Talk) bool { return o == t })
	w.Removed = append(w.Removed, t)
}

// endReader takes away what somebody of a conversation has read anywhere.
func (w *World) endReader(t *Talk) {
	in := w.participants(t)
	if len(in) == 0 {
		return
	}
	p := in[w.ending.IntN(len(in))]
	id := reader.ID(t.Organization, p)
	if w.ended[id] {
		return
	}
	w.ended[id], w.readers[id] = true, &reader.Reader{}
	w.Events = append(w.Events, projectiontest.Tombstone(domain.Stream(reader.Aggregate.Name, id)))
}
