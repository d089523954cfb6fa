package persistent

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// Whatever consumers, the clock, the store and crashes do: world checks each
// delivery and each write, and in the end every event has been handled.
func TestMachine_loses_skips_and_doubles_nothing(t *testing.T) {
	t.Parallel()
	for range 20 { // a hundred runs each
		t.Run("", func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, disturb)
		})
	}
}

// writes are the kinds of writes that the store may refuse, and none.
var writes = []string{"", "persistent.storeLinks", "persistent.storeCheckpoint", "persistent.trimParked"}

// disturb makes anything happen to a group.
func disturb(t *rapid.T) {
	w := newWorld(t, anySettings(t))
	t.Repeat(map[string]func(*rapid.T){
		"":        func(*rapid.T) { w.settle() },
		"produce": func(t *rapid.T) { w.produce(rapid.IntRange(1, 12).Draw(t, "events"), anyID(t)) },
		"feed":    func(*rapid.T) { w.feed() },
		"join":    func(t *rapid.T) { w.join(rapid.IntRange(1, 4).Draw(t, "buffer")) },
		"leave": func(t *rapid.T) {
			w.leave(anyOf(t, w.consumers))
		},
		"ack": func(t *rapid.T) {
			c := anyOf(t, w.consumers)
			w.ack(c, anyOf(t, c.hand))
		},
		"nack": func(t *rapid.T) {
			c := anyOf(t, w.consumers)
			w.nack(c, anyOf(t, c.hand), rapid.SampledFrom([]Action{Unknown, Park, Retry, Skip, Stop}).Draw(t, "action"))
		},
		"wait": func(t *rapid.T) {
			w.now = w.now.Add(time.Duration(rapid.IntRange(1, 4000).Draw(t, "ms")) * time.Millisecond)
		},
		"replay": func(t *rapid.T) { w.machine.replay(rapid.Int64Range(-1, 20).Draw(t, "stop at")) },
		"refuse": func(t *rapid.T) { w.refuses = rapid.SampledFrom(writes).Draw(t, "refused") },
		"crash":  func(*rapid.T) { w.restart() },
	})
	w.finish()
}

// finish has one consumer handle all that is left and checks that nothing is.
func (w *world) finish() {
	w.refuses = ""
	if w.stopped {
		w.restart()
	}
	for len(w.consumers) > 0 {
		w.leave(w.consumers[0])
	}
	w.now = w.now.Add(time.Hour)
	c := w.join(4)
	w.machine.replay(-1)
	for range 10_000 {
		w.settle()
		w.feed()
		w.settle()
		if len(c.hand) == 0 && w.next == len(w.source) {
			break
		}
		for len(c.hand) > 0 {
			w.ack(c, c.hand[0])
		}
	}
	w.obey(w.machine.last(w.now))
	if w.checkpoint != int64(len(w.source)-1) {
		w.Fatalf("checkpoint %d of %d events", w.checkpoint, len(w.source))
	}
	for at := range w.source {
		if !w.given[int64(at)] || !w.handled[int64(at)] {
			w.Fatalf("event %d: given %v, handled %v", at, w.given[int64(at)], w.handled[int64(at)])
		}
	}
}

func anySettings(t *rapid.T) Settings {
	s := DefaultSettings()
	s.Strategy = rapid.SampledFrom([]string{RoundRobin, DispatchToSingle, Pinned, PinnedByCorrelation}).Draw(t, "strategy")
	s.MessageTimeout = time.Duration(rapid.SampledFrom([]int{-1, 0, 100, 1000, 5000}).Draw(t, "timeout")) * time.Millisecond
	s.MaxRetries = rapid.Int32Range(-1, 3).Draw(t, "retries")
	s.MinCheckpoint = rapid.Int32Range(-1, 4).Draw(t, "min checkpoint")
	s.MaxCheckpoint = rapid.Int32Range(-1, 8).Draw(t, "max checkpoint")
	s.ReadBatch = rapid.Int32Range(-2, 5).Draw(t, "batch")
	s.HistoryBuffer = s.ReadBatch + rapid.Int32Range(1, 10).Draw(t, "buffer")
	s.MaxSubscribers = rapid.Int32Range(0, 3).Draw(t, "subscribers")
	return s
}

// anyID gives ids of which some occur twice, as in a log of many streams.
func anyID(t *rapid.T) func(int) uuid.UUID {
	doubled := rapid.Bool().Draw(t, "doubled ids")
	return func(i int) (id uuid.UUID) {
		if doubled {
			i %= 7
		}
		id[0], id[15] = 1, byte(i)
		id[14] = byte(i >> 8)
		return id
	}
}

// anyOf picks one, or makes rapid choose another action.
func anyOf[T any](t *rapid.T, from []T) T {
	if len(from) == 0 {
		t.Skip("there is none")
	}
	return from[rapid.IntRange(0, len(from)-1).Draw(t, "which")]
}
