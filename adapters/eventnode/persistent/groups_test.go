package persistent

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
)

func checkpointEach(p *Proposal) { p.Settings.MinCheckpoint, p.Settings.MaxCheckpoint = 1, 1 }

func TestGroup_goes_on_behind_its_checkpoint_after_a_crash(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.append("s", 5)
	f.create("s", checkpointEach)
	c := f.connect("s", 3)
	events := f.next(c, "s@0", "s@1", "s@2")
	f.ack(c, events[0], events[2]) // the second is in flight at the crash
	f.until("s", "at its checkpoint", func(Info) bool { return f.stored("s") == 0 })
	f.crash()
	c = f.connect("s", 10)
	f.next(c, "s@1", "s@2", "s@3", "s@4")
}

func TestGroup_writes_how_far_it_has_come_when_it_is_stopped(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.append("s", 5)
	f.create("s", nil)
	c := f.connect("s", 10)
	events := f.next(c, "s@0", "s@1", "s@2", "s@3", "s@4")
	f.ack(c, events[:3]...)
	c.Close()
	f.restart()
	f.next(f.connect("s", 10), "s@3", "s@4")
	if i := f.info("s"); !i.Checkpoints || i.Checkpoint != 2 {
		t.Errorf("checkpoint %d, want 2", i.Checkpoint)
	}
}

func TestGroup_keeps_parked_events_over_a_restart_until_they_are_handled(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.append("s", 4)
	f.create("s", checkpointEach)
	c := f.connect("s", 10)
	f.nack(c, Park, f.next(c, "s@0", "s@1", "s@2", "s@3")...)
	f.until("s", "parked", func(i Info) bool { return i.Parked == 4 && f.stored("s") == 3 })
	f.crash()

	c = f.connect("s", 10)
	f.must(f.groups.Replay(f.ctx, "s", "g", 3))
	events := f.next(c, "s@0", "s@1", "s@2")
	if i := f.info("s"); i.Parked != 1 || i.InFlight != 3 {
		t.Errorf("%d parked, %d in flight, want 1 and 3", i.Parked, i.InFlight)
	}
	f.ack(c, events[0])
	f.until("s", "cut", func(Info) bool { return f.count("$persistentsubscription-s::g-parked") == 3 })
	f.crash() // two are replayed and not handled

	if i := f.info("s"); i.Parked != 3 {
		t.Fatalf("%d parked, want 3", i.Parked)
	}
	c = f.connect("s", 10)
	f.must(f.groups.Replay(f.ctx, "s", "g", -1))
	f.ack(c, f.next(c, "s@1", "s@2", "s@3")...)
	f.until("s", "empty", func(i Info) bool {
		return i.Parked+int64(i.InFlight) == 0 && f.count("$persistentsubscription-s::g-parked") == 0
	})
}

func TestGroup_counts_parked_events_behind_those_that_are_forgotten(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.append("s", 4)
	f.create("s", checkpointEach)
	c := f.connect("s", 2)
	f.nack(c, Park, f.next(c, "s@0", "s@1")...)
	f.next(c, "s@2", "s@3")
	f.until("s", "parked", func(i Info) bool { return i.Parked == 2 })
	f.must(f.groups.Replay(f.ctx, "s", "g", -1))
	c.Close()
	c = f.connect("s", 10)
	f.ack(c, f.next(c, "s@2+", "s@3+", "s@0", "s@1")[2:]...)
	f.until("s", "empty", func(Info) bool { return f.count("$persistentsubscription-s::g-parked") == 0 })
	f.crash()
	c = f.connect("s", 1)
	f.nack(c, Park, f.next(c, "s@2")...)
	f.until("s", "parked", func(i Info) bool { return i.InFlight == 1 && i.Outstanding == 1 && i.Parked > 0 })
	if i := f.info("s"); i.Parked != 1 {
		t.Errorf("%d parked, want 1", i.Parked)
	}
	f.must(f.groups.Delete(f.ctx, "s", "g", ""))
	f.create("s", nil)
	c = f.connect("s", 1)
	f.nack(c, Park, f.next(c, "s@0")...)
	f.until("s", "parked", func(i Info) bool { return i.Parked > 0 })
	if i := f.info("s"); i.Parked != 1 {
		t.Errorf("the group made anew has %d parked, want 1", i.Parked)
	}
}

func TestGroup_gives_what_came_back_before_what_is_new(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.append("s", 6)
	f.create("s", nil)
	a := f.connect("s", 2)
	f.next(a, "s@0", "s@1")
	b := f.connect("s", 1)
	kept := f.next(b, "s@2")
	a.Close()
	for _, next := range []string{"s@0+", "s@1+", "s@3"} {
		f.ack(b, kept...)
		kept = f.next(b, next)
	}
}

func TestGroup_gives_each_of_10000_events_to_one_of_64_consumers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const events, consumers = 10_000, 64
	f.append("s", events/2)
	f.create("s", func(p *Proposal) { p.Settings.ReadBatch, p.Settings.HistoryBuffer = 200, 1000 })
	ctx, cancel := context.WithCancel(f.ctx)
	defer cancel()
	var seen [events]atomic.Int32
	var left atomic.Int32
	left.Store(events)
	var working sync.WaitGroup
	for range consumers {
		c := f.connect("s", 8)
		working.Go(func() {
			defer c.Close()
			for {
				e, err := c.Next(ctx)
				if err != nil {
					return
				}
				seen[e.Original.Revision].Add(1)
				if c.Ack(ctx, e.Original.ID) != nil {
					return
				}
				if left.Add(-1) == 0 {
					cancel()
				}
			}
		})
	}
	f.append("s", events/2)
	working.Wait()
	for i := range seen {
		if n := seen[i].Load(); n != 1 {
			t.Fatalf("event %d was given away %d times", i, n)
		}
	}
	f.until("s", "done", func(i Info) bool { return i.InFlight == 0 && i.Total == events })
}

func TestGroup_pins_a_stream_to_a_consumer(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.create(All, func(p *Proposal) {
		p.Settings.Strategy, p.Filter = Pinned, &Filter{Prefixes: []string{"pin-"}}
	})
	const streams, rounds = 12, 4
	owner := map[string]*Consumer{}
	consumers := []*Consumer{f.connect(All, 100), f.connect(All, 100), f.connect(All, 100)}
	for range rounds {
		for s := range streams {
			f.append("pin-"+string(rune('a'+s)), 1)
		}
	}
	f.until(All, "given away", func(i Info) bool { return i.InFlight == streams*rounds })
	given := 0
	for _, c := range consumers {
		for e, ok, err := c.outbox.take(); ok; e, ok, err = c.outbox.take() {
			f.must(err)
			if before := owner[e.Original.Stream]; before != nil && before != c {
				t.Fatalf("%s has two consumers", e.Original.Stream)
			}
			owner[e.Original.Stream] = c
			given++
		}
	}
	if given != streams*rounds {
		t.Errorf("%d given away, want %d", given, streams*rounds)
	}
}

func TestGroup_of_all_streams_passes_over_checkpoints_and_comes_to_rest(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.append("s", 3)
	f.create(All, func(p *Proposal) { checkpointEach(p); p.Start.End = true })
	f.must(f.groups.Create(f.ctx, Proposal{Source: All, Group: "other", Settings: DefaultSettings()}))
	c := f.connect(All, 10)
	f.append("new", 2)
	first := f.next(c, "$persistentSubscriptionConfig@0", "$persistentSubscriptionConfig@1")
	f.ack(c, first...)
	last := f.next(c, "new@0", "new@1")
	f.ack(c, last...)
	f.until(All, "at its checkpoint", func(Info) bool { return f.stored(All) >= int64(last[1].Original.Position) })
	head := f.node.Head()
	f.append("more", 1)
	f.next(c, "more@0")
	if grown := f.node.Head() - head; grown != 7 {
		t.Errorf("the log grew by %d, want one event", grown/7)
	}
}

func TestGroup_with_a_filter_goes_on_behind_what_it_passed_over(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.create(All, func(p *Proposal) { checkpointEach(p); p.Filter = &Filter{Prefixes: []string{"wanted"}} })
	f.append("noise", 2500)
	f.append("wanted", 1)
	f.append("noise", 10)
	c := f.connect(All, 10)
	f.ack(c, f.next(c, "wanted@0")...)
	f.until(All, "behind the noise", func(i Info) bool { return f.stored(All) >= 1000+7*2511 })
	f.append("noise", 1500)
	end := int64(f.node.Head())
	f.until(All, "behind more noise", func(Info) bool { return f.stored(All) >= end })
	f.crash()
	f.append("wanted", 1)
	f.next(f.connect(All, 10), "wanted@1")
}

func TestGroup_follows_links(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.append("s", 2)
	links := []eventnode.Event{newEvent(eventnode.LinkType, []byte("1@s")), newEvent(eventnode.LinkType, []byte("7@gone"))}
	_, err := f.node.AppendExpecting(f.ctx, "links", eventnode.NoStream, links)
	f.must(err)
	f.create("links", func(p *Proposal) { p.Settings.ResolveLinks = true })
	c := f.connect("links", 10)
	events := f.next(c, "s@1", "links@1")
	if e := events[1]; !e.Resolved || e.Target != nil {
		t.Errorf("a link to nothing is %+v", e)
	}
	f.nack(c, Park, events...)
	f.until("links", "parked", func(i Info) bool { return i.Parked == 2 })
	f.must(f.groups.Replay(f.ctx, "links", "g", -1))
	f.next(c, "s@1", "$persistentsubscription-links::g-parked@1")
}

func TestGroup_made_anew_knows_nothing_of_the_old_one(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.append("s", 3)
	f.create("s", checkpointEach)
	c := f.connect("s", 10)
	events := f.next(c, "s@0", "s@1", "s@2")
	f.ack(c, events[0])
	f.nack(c, Park, events[1])
	f.until("s", "parked", func(i Info) bool { return i.Parked == 1 && f.stored("s") == 1 })
	f.must(f.groups.Delete(f.ctx, "s", "g", ""))
	if _, err := c.Next(f.ctx); !errors.Is(err, ErrDropped) {
		t.Errorf("the consumer is told %v, want that it was dropped", err)
	}
	f.create("s", nil)
	f.restart()
	f.next(f.connect("s", 10), "s@0", "s@1", "s@2")
	if i := f.info("s"); i.Parked != 0 || i.Checkpoints {
		t.Errorf("the new group has %d parked, checkpoint %v", i.Parked, i.Checkpoints)
	}
}

func TestGroup_made_anew_passes_over_what_a_crash_has_left_of_the_old_one(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.append("s", 2)
	f.create("s", checkpointEach)
	c := f.connect("s", 10)
	f.nack(c, Park, f.next(c, "s@0", "s@1")...)
	f.until("s", "parked", func(i Info) bool { return i.Parked == 2 && f.stored("s") == 1 })
	f.groups.Close()
	_, err := writeConfig(f.ctx, f.node, groupDeleted, &entry{Source: "s", Group: "g"})
	f.must(err)
	f.regroup() // as if killed before it could tidy up
	f.create("s", nil)
	f.next(f.connect("s", 10), "s@0", "s@1")
	if i := f.info("s"); i.Parked != 0 || i.Checkpoints {
		t.Errorf("the new group has %d parked, checkpoint %v", i.Parked, i.Checkpoints)
	}
}

func TestGroup_that_is_changed_drops_its_consumers_and_goes_on(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.append("s", 3)
	f.create("s", nil)
	c := f.connect("s", 1)
	f.ack(c, f.next(c, "s@0")...)
	f.next(c, "s@1")
	changed := Proposal{Source: "s", Group: "g", Settings: DefaultSettings()}
	changed.Settings.Strategy = DispatchToSingle
	f.must(f.groups.Update(f.ctx, changed))
	if _, err := c.Next(f.ctx); !errors.Is(err, ErrDropped) {
		t.Errorf("the consumer is told %v, want that it was dropped", err)
	}
	if err := c.Ack(f.ctx, uuid.New()); !errors.Is(err, ErrDropped) {
		t.Errorf("acknowledging fails with %v", err)
	}
	f.restart()
	f.next(f.connect("s", 10), "s@1", "s@2")
	if i := f.info("s"); i.Settings.Strategy != DispatchToSingle {
		t.Errorf("the strategy is %s", i.Settings.Strategy)
	}
}

func TestGroup_that_begins_at_the_end_does_so_only_once(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.append("s", 3)
	f.create("s", func(p *Proposal) { p.Start.End = true })
	f.append("s", 2)
	f.restart()
	f.next(f.connect("s", 10), "s@3", "s@4")
}

func TestGroups_refuse_settings_that_the_real_server_refuses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for name, change := range map[string]func(*Settings){
		"batch as large as the buffer":           func(s *Settings) { s.ReadBatch = s.HistoryBuffer },
		"batch and buffer alike, though below 0": func(s *Settings) { s.ReadBatch, s.HistoryBuffer = -1, -1 },
		"unknown strategy":                       func(s *Settings) { s.Strategy = "Fair" },
	} {
		p := Proposal{Source: "s", Group: "g", Settings: DefaultSettings()}
		change(&p.Settings)
		if _, ok := errors.AsType[*SettingsError](f.groups.Create(f.ctx, p)); !ok {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestGroups_end_all_consumers_when_they_are_closed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.create("s", nil)
	c := f.connect("s", 1)
	f.groups.Close()
	if _, err := c.Next(f.ctx); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v, want closed", err)
	}
	if _, err := f.groups.Connect(f.ctx, "s", "g", Identity{}, 1); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v, want closed", err)
	}
	c.Close()
}
