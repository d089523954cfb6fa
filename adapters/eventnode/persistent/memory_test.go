package persistent

import (
	"math"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// A consumer that neither reads nor answers may have asked for two thousand million
// events.
func TestMachine_gives_an_unread_consumer_eight_mebibytes_and_no_more(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ events, bytes, want int }{
		"large events": {20, 1 << 20, 8},
		"empty events": {40_000, 0, 32_768},
	} {
		settings := DefaultSettings()
		settings.MessageTimeout = 0
		m, err := newMachine(settings, start{after: -1}, time.Unix(1e9, 0))
		if err != nil {
			t.Fatal(err)
		}
		unread := newMember(Identity{}, math.MaxInt32)
		if err := m.join(unread); err != nil {
			t.Fatal(err)
		}
		var p page
		data := make([]byte, c.bytes)
		for i := range c.events {
			p.add(&item{at: int64(i), Event: Event{Original: eventnode.Record{Recorded: eventlog.Recorded{ID: uuid.New(), Data: data}}}})
		}
		m.fed(p)
		if given := given(m.settle(m.nextWrite)); given != c.want {
			t.Errorf("%s: %d were given, want %d", name, given, c.want)
		}
		m.ack(unread, m.nextWrite, p.items[0].id(), p.items[1].id())
		if given := given(m.settle(m.nextWrite)); given != 2 {
			t.Errorf("%s: %d were given for two that were handled", name, given)
		}
	}
}

func given(commands []command) (n int) {
	for _, c := range commands {
		if _, ok := c.(deliver); ok {
			n++
		}
	}
	return n
}

func TestGroup_reads_pages_of_a_mebibyte_whatever_its_batch_is(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for range 6 {
		e := newEvent("test.happened.v1", make([]byte, 600<<10))
		_, err := f.node.AppendExpecting(f.ctx, "s", eventnode.Any, []eventnode.Event{e})
		f.must(err)
	}
	all := &allFeed{node: f.node, cursor: f.node.Cursor(eventlog.Start)}
	stream := &streamFeed{node: f.node, stream: "s"}
	for name, of := range map[string]feed{"of all": all, "of a stream": stream} {
		for range 3 {
			p, err := of.read(f.ctx, math.MaxInt32)
			if err != nil || len(p.items) != 2 && len(p.items) != 1 {
				t.Errorf("%s: a page of %d events, %v", name, len(p.items), err)
			}
		}
	}
}

func TestGroup_hands_out_all_of_a_stream_of_large_events_and_replays_it(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for range 6 {
		e := newEvent("test.happened.v1", make([]byte, 600<<10))
		_, err := f.node.AppendExpecting(f.ctx, "s", eventnode.Any, []eventnode.Event{e})
		f.must(err)
	}
	f.create("s", func(p *Proposal) { p.Settings.ReadBatch, p.Settings.HistoryBuffer = math.MaxInt32-1, math.MaxInt32 })
	c := f.connect("s", math.MaxInt32)
	f.nack(c, Park, f.next(c, "s@0", "s@1", "s@2", "s@3", "s@4", "s@5")...)
	f.until("s", "all parked", func(i Info) bool { return i.Parked == 6 })
	f.must(f.groups.Replay(f.ctx, "s", "g", -1))
	f.next(c, "s@0", "s@1", "s@2", "s@3", "s@4", "s@5")
}
