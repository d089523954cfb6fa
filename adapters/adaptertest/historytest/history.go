package historytest

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// outcome is what a client learned of a call.
type outcome int

const (
	accepted outcome = iota
	conflict
	unknown
)

// input is a call: an append or the reading of a whole stream.
type input struct {
	stream   int
	append   bool
	expected eventlog.Revision
	id       uuid.UUID
}

// output is its answer; ids are those of a read, one after the other.
type output struct {
	outcome  outcome
	revision eventlog.Revision
	position eventlog.Position
	ids      string
}

// history is what all clients did and were told.
type history struct {
	prefix string
	start  time.Time

	mu       sync.Mutex
	calls    []porcupine.Operation
	unknowns int
	faults   []error
	finals   []string // what was read of each stream when all was over
}

// newHistory begins a history on streams of its own.
func newHistory() *history {
	return &history{prefix: "parley_history-" + uuid.NewString(), start: time.Now()}
}

func (h *history) name(stream int) string { return fmt.Sprintf("%s-%d", h.prefix, stream) }

// begin notes the time of a call and returns what notes its end. A call whose
// outcome is unknown never ends.
func (h *history) begin(client int, in input) func(output) {
	called := time.Since(h.start)
	return func(out output) {
		returned := int64(time.Since(h.start))
		h.mu.Lock()
		defer h.mu.Unlock()
		if out.outcome == unknown {
			returned = math.MaxInt64
			h.unknowns++
		}
		h.calls = append(h.calls, porcupine.Operation{ClientId: client, Input: in, Call: int64(called), Output: out, Return: returned})
	}
}

// note keeps what can be no answer at all.
func (h *history) note(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.faults = append(h.faults, err)
}

// checkLimit is how long porcupine may search for an order.
const checkLimit = time.Minute

// check returns why the history cannot be that of one log.
func (h *history) check() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.faults) > 0 {
		return h.faults[0]
	}
	switch porcupine.CheckOperationsTimeout(log, h.effective(), checkLimit) {
	case porcupine.Illegal:
		return fmt.Errorf("no order of the %d calls explains their answers", len(h.calls))
	case porcupine.Unknown:
		return fmt.Errorf("no order of the %d calls was found in %v", len(h.calls), checkLimit)
	}
	return h.checkPositions()
}

// effective leaves out the calls of unknown outcome that cannot matter, of which
// porcupine would try every subset: those whose event is in no stream at the very
// end, and all but the first sending of the others.
func (h *history) effective() []porcupine.Operation {
	stored := map[uuid.UUID]bool{}
	for _, final := range h.finals {
		for ; len(final) > 0; final = final[len(uuid.UUID{}):] {
			stored[uuid.UUID([]byte(final[:len(uuid.UUID{})]))] = true
		}
	}
	slices.SortFunc(h.calls, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
	return slices.DeleteFunc(slices.Clone(h.calls), func(call porcupine.Operation) bool {
		id := call.Input.(input).id
		if call.Output.(output).outcome != unknown {
			return false
		}
		matters := stored[id]
		delete(stored, id)
		return !matters
	})
}

// checkPositions returns whether an append lies before one that had ended when it
// began. A repetition keeps the place of its first sending.
func (h *history) checkPositions() error {
	var firsts []porcupine.Operation
	sent := map[uuid.UUID]bool{}
	for _, call := range h.calls {
		if in := call.Input.(input); in.append && !sent[in.id] {
			sent[in.id] = true
			if call.Output.(output).outcome == accepted {
				firsts = append(firsts, call)
			}
		}
	}
	ended := slices.SortedFunc(slices.Values(firsts), func(a, b porcupine.Operation) int { return cmp.Compare(a.Return, b.Return) })
	highest := eventlog.Start
	for _, call := range firsts {
		for ; len(ended) > 0 && ended[0].Return < call.Call; ended = ended[1:] {
			highest = max(highest, ended[0].Output.(output).position)
		}
		if got := call.Output.(output).position; got <= highest {
			return fmt.Errorf("an append got position %d after another had got %d", got, highest)
		}
	}
	return nil
}
