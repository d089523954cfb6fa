package persistent

import (
	"errors"
	"fmt"
	"testing"

	"parley/adapters/eventnode"
)

func (f *fixture) tombstone(stream string) {
	f.Helper()
	_, err := f.node.Tombstone(f.ctx, stream, eventnode.Any)
	f.must(err)
}

const ofTombstone = "s@9223372036854775807"

func TestGroup_is_given_a_tombstone_and_keeps_its_consumers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.append("s", 1)
	f.create("s", checkpointEach)
	c := f.connect("s", 10)
	f.ack(c, f.next(c, "s@0")...)
	f.tombstone("s")
	last := f.next(c, ofTombstone)
	if e := last[0].Original; e.Type != "$streamDeleted" || len(e.Data) > 0 || !e.Binary {
		t.Errorf("the tombstone is %+v", e)
	}
	f.ack(c, last...)
	f.until("s", "at its end", func(Info) bool { return f.stored("s") == int64(tombstone) })
	if i := f.info("s"); len(i.Connections) != 1 || i.Parked != 0 {
		t.Errorf("%d consumers, %d parked, want 1 and 0", len(i.Connections), i.Parked)
	}
	f.restart()
	if _, err := f.connect("s", 1).Next(f.ctx); !isDeleted(err) {
		t.Errorf("after a restart a consumer is told %v", err)
	}
}

// By the time the group has room for it, the stream can no longer be read.
func TestGroup_is_given_what_came_before_a_tombstone(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.append("s", 1)
	f.create("s", func(p *Proposal) { p.Settings.ReadBatch, p.Settings.HistoryBuffer = 10, 11 })
	c := f.connect("s", 1)
	event := f.next(c, "s@0")
	f.append("s", 60)
	f.append("noise", 2000)
	f.tombstone("s")
	for at := range 60 {
		f.ack(c, event...)
		event = f.next(c, fmt.Sprintf("s@%d", at+1))
	}
	f.ack(c, event...)
	f.nack(c, Park, f.next(c, ofTombstone)...)
	f.until("s", "parked", func(i Info) bool { return i.Parked == 1 })
	f.must(f.groups.Replay(f.ctx, "s", "g", -1))
	f.next(c, "$persistentsubscription-s::g-parked@0") // leads to what cannot be read
}

func TestGroup_of_a_stream_that_is_dead_already_drops_its_consumers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.append("s", 1)
	f.create("s", nil)
	f.tombstone("s")
	if _, err := f.connect("s", 1).Next(f.ctx); !isDeleted(err) {
		t.Errorf("a consumer is told %v", err)
	}
}

func isDeleted(err error) bool {
	_, ok := errors.AsType[*eventnode.StreamDeletedError](err)
	return ok
}
