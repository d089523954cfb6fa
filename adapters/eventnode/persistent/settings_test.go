package persistent

import (
	"errors"
	"testing"
)

func TestGroups_take_numbers_below_zero(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.append("s", 2)
	below := func(p *Proposal) {
		s := &p.Settings
		s.MessageTimeout, s.CheckpointAfter, s.MaxRetries, s.MinCheckpoint, s.MaxCheckpoint = -1, -1, -1, -1, -1
		s.LiveBuffer, s.ReadBatch, s.HistoryBuffer = -1, -2, -1
	}
	f.create("s", below)
	c := f.connect("s", 1)
	f.nack(c, Retry, f.next(c, "s@0")...) // no second try
	f.until("s", "parked", func(i Info) bool { return i.Parked == 1 })
	f.ack(c, f.next(c, "s@1")...)
	f.until("s", "at its checkpoint", func(Info) bool { return f.stored("s") == 1 })
	f.restart()
	if i := f.info("s"); i.Settings.ReadBatch != -2 || i.Settings.MessageTimeout != -1 {
		t.Errorf("the settings are told as %+v", i.Settings)
	}
}

func TestGroup_of_fewer_than_no_consumers_takes_none(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.create("s", func(p *Proposal) { p.Settings.MaxSubscribers = -1 })
	if _, err := f.groups.Connect(f.ctx, "s", "g", Identity{}, 1); !errors.Is(err, ErrFull) {
		t.Errorf("a consumer is told %v", err)
	}
}
