package persistent

import (
	"testing"
	"time"
)

func TestGroup_takes_events_back_when_their_time_is_over(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.clock = newManualClock()
	f.regroup()
	f.append("s", 3)
	f.create("s", func(p *Proposal) { p.Settings.MessageTimeout, p.Settings.MaxRetries = 5*time.Second, 2 })
	c := f.connect("s", 2)
	late := f.next(c, "s@0", "s@1")
	f.clock.advance(4 * time.Second)
	f.ack(c, late[1])
	f.next(c, "s@2")
	f.clock.advance(time.Second)
	f.next(c, "s@0+")
	f.clock.advance(5 * time.Second)
	f.next(c, "s@0++", "s@2+")
	f.clock.advance(5 * time.Second)
	f.until("s", "rid of what nobody handles", func(i Info) bool { return i.Parked == 1 })
	f.next(c, "s@2++")
}

// As in the real server, whose clock ticks each second: an answer that its client
// has held back for some moments is not too late.
func TestGroup_looks_for_events_whose_time_is_over_once_a_second(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.clock = newManualClock()
	f.regroup()
	f.append("s", 3)
	f.create("s", func(p *Proposal) { p.Settings.MessageTimeout, p.Settings.MaxRetries = 100*time.Millisecond, 3 })
	c := f.connect("s", 1)
	for _, again := range []string{"s@0", "s@0+", "s@0++", "s@0+++"} {
		f.next(c, again)
		f.clock.advance(300 * time.Millisecond)
		if i := f.info("s"); i.InFlight != 1 || i.Retrying != 0 {
			t.Fatalf("%d in flight, %d came back, want 1 and 0", i.InFlight, i.Retrying)
		}
		f.clock.advance(700 * time.Millisecond)
	}
	f.until("s", "rid of what nobody handles", func(i Info) bool { return i.Parked == 1 })
	for _, next := range []string{"s@1", "s@2"} {
		event := f.next(c, next)
		f.clock.advance(200 * time.Millisecond)
		f.ack(c, event...)
	}
	f.until("s", "done", func(i Info) bool { return i.Total == 2 && i.InFlight == 0 })
}

func TestGroup_without_a_timeout_waits_for_ever(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.clock = newManualClock()
	f.regroup()
	f.append("s", 1)
	f.create("s", func(p *Proposal) { p.Settings.MessageTimeout = 0 })
	c := f.connect("s", 1)
	f.next(c, "s@0")
	f.clock.advance(1000 * time.Hour)
	if i := f.info("s"); i.InFlight != 1 || i.Retrying != 0 {
		t.Errorf("%d in flight, %d came back, want 1 and 0", i.InFlight, i.Retrying)
	}
}
