package historytest

import (
	"strings"

	"github.com/anishathalye/porcupine"
	"github.com/google/uuid"
)

// log is the specification of one stream; streams are independent of each other.
// The state is the ids of its events, one after the other.
var log = porcupine.Model{
	Partition: byStream,
	Init:      func() any { return "" },
	Step: func(state, in, out any) (bool, any) {
		if call := in.(input); call.append {
			return call.applied(state.(string), out.(output))
		}
		return state == out.(output).ids, state
	},
}

func byStream(calls []porcupine.Operation) [][]porcupine.Operation {
	parts := make([][]porcupine.Operation, streamCount)
	for _, call := range calls {
		stream := call.Input.(input).stream
		parts[stream] = append(parts[stream], call)
	}
	return parts
}

// applied reports whether an append can have been answered so, and what the
// stream is then.
func (in input) applied(ids string, out output) (bool, string) {
	end := int(in.expected+1) * len(uuid.UUID{})
	does := outcome(conflict)
	switch {
	case end == len(ids):
		does, ids = accepted, ids+string(in.id[:])
	case end < len(ids) && strings.HasPrefix(ids[end:], string(in.id[:])):
		does = accepted // it is a repetition
	}
	switch {
	case out.outcome == unknown:
		return true, ids
	case does == accepted:
		return out.outcome == accepted && out.revision == in.expected+1, ids
	}
	return out.outcome == conflict, ids
}
