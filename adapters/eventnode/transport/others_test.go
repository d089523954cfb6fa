package transport_test

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/go-cmp/cmp"

	"parley/adapters/eventnode/transport"
	"parley/domain/eventlog"
)

// crowded serves a log that others use more than the product: 5,000 events of theirs
// at 1000, 1007 … 35993, one of the product's at 36000, and 5,000 more.
func crowded(t *testing.T, cfg transport.Config) *fixture {
	dir := t.TempDir()
	before := serveFolder(t, dir, transport.Config{})
	for i := range 5 {
		before.seed("other", eventlog.Revision(1000*i-1), 1000)
	}
	before.seed("parley_a", eventlog.NoStream, 1)
	for i := range 5 {
		before.seed("noise", eventlog.Revision(1000*i-1), 1000)
	}
	before.stop()
	if err := before.node.Close(); err != nil {
		t.Fatal(err)
	}
	return serveFolder(t, dir, cfg)
}

// checkpoints subscribes from a position on and returns what it is told until it has
// caught up, and the checkpoints among that.
func (f *fixture) checkpoints(position uint64, filter *streams.ReadReq_Options_Filter) (said []string, at []uint64) {
	f.Helper()
	call := f.following(position, filter)
	for {
		m, err := call.Recv()
		if err != nil {
			f.Fatal(err)
		}
		said = append(said, inWords(m))
		if m.GetCheckpoint() != nil {
			at = append(at, m.GetCheckpoint().GetCommitPosition())
		}
		if m.GetCaughtUp() != nil {
			return said, at
		}
	}
}

func TestSubscription_for_the_product_reads_hardly_any_event_of_others(t *testing.T) {
	t.Parallel()
	f := crowded(t, transport.Config{})
	for position, want := range map[uint64][]string{
		0:      {"confirmed", "checkpoint", "parley_a@0", "checkpoint", "checkpoint", "caught up"},
		1007:   {"confirmed", "checkpoint", "parley_a@0", "checkpoint", "checkpoint", "caught up"},
		36_000: {"confirmed", "checkpoint", "checkpoint", "caught up"},
		50_007: {"confirmed", "checkpoint", "checkpoint", "caught up"},
	} {
		before := f.node.Health().Read
		said, at := f.checkpoints(position, withCheckpoints(300, "parley_a", "$$parley_"))
		if diff := cmp.Diff(want, said); diff != "" {
			t.Errorf("from %d (-want +got):\n%s", position, diff)
		}
		if last := at[len(at)-1]; last != uint64(f.node.Head()) {
			t.Errorf("from %d: the last checkpoint is at %d, want %d", position, last, f.node.Head())
		}
		if read := f.node.Health().Read - before; read > 100 {
			t.Errorf("from %d: %d events were read", position, read)
		}
	}
}

// The last of the checkpoints that were due while events were passed over is where it
// would have been had they been looked at.
func TestSubscription_tells_checkpoints_where_they_are_due_over_a_run(t *testing.T) {
	t.Parallel()
	f := crowded(t, transport.Config{Version2310: true})
	_, one := f.checkpoints(0, withCheckpoints(300, "parley_"))
	_, other := f.checkpoints(0, withCheckpoints(300, "parley_", "missing"))
	// The latter's filter may want what others write, so it looks at each.
	if len(other) != 10_001/300 || len(one) != 2 || one[1] != other[len(other)-1] || one[0] != other[5000/300-1] {
		t.Errorf("over runs they are at %v, else at %v", one, other)
	}
}

func TestRead_for_the_product_reads_hardly_any_event_of_others(t *testing.T) {
	t.Parallel()
	f := crowded(t, transport.Config{})
	before := f.node.Health().Read
	got, _, err := f.messages(rawRead(func(o *streams.ReadReq_Options) { o.FilterOption = byStream("", "parley_") }))
	if diff := cmp.Diff([]string{"parley_a@0"}, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if read := f.node.Health().Read - before; read > 100 {
		t.Errorf("%d events were read", read)
	}
}
