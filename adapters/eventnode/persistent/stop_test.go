package persistent

import "testing"

func TestGroup_that_a_consumer_stops_gives_nothing_to_anybody(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.append("s", 3)
	f.create("s", nil)
	other := Proposal{Source: "s", Group: "other", Settings: DefaultSettings()}
	f.must(f.groups.Create(f.ctx, other))
	stopping, beside := f.connect("s", 1), f.connect("s", 1)
	first := f.next(stopping, "s@0")
	kept := f.next(beside, "s@1")
	f.nack(stopping, Stop, first...)
	f.ack(beside, kept...)
	f.append("s", 1)
	later := f.connect("s", 10)
	// What another group has been given, this one has been able to give.
	witness, err := f.groups.Connect(f.ctx, "s", "other", Identity{}, 10)
	f.must(err)
	f.next(witness, "s@0", "s@1", "s@2", "s@3")
	for _, c := range []*Consumer{stopping, beside, later} {
		if e, given, err := c.outbox.take(); given || err != nil {
			t.Errorf("a consumer was given %+v, %v", e, err)
		}
	}
	if i := f.info("s"); i.InFlight != 0 || i.Total != 1 || len(i.Connections) != 3 {
		t.Errorf("%d in flight, %d handled, %d connected, want 0, 1 and 3", i.InFlight, i.Total, len(i.Connections))
	}
	f.restart()
	f.next(f.connect("s", 10), "s@0", "s@1", "s@2", "s@3")
}
