package eventnode_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"parley/adapters/adaptertest/chaostest"
	"parley/adapters/adaptertest/disktest"
	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// refusals are the ways in which a disk refuses the n-th call of a kind.
var refusals = []struct {
	name  string
	kind  disktest.Kind
	fault disktest.Fault
	lasts bool // until the test ends it
}{
	{"a write fails", disktest.Write, disktest.IOError, false},
	{"a sync fails", disktest.Sync, disktest.IOError, false},
	{"every sync fails", disktest.Sync, disktest.IOError, true},
	{"the disk is full", disktest.Write, disktest.Full, true},
	{"the disk fills up in a write", disktest.Write, disktest.Short, true},
	{"a file cannot be cut", disktest.Truncate, disktest.IOError, false},
}

func TestNode_acknowledges_nothing_that_the_disk_refused(t *testing.T) {
	t.Parallel()
	type result struct{ hit, refused int }
	results := make(chan result, 4096)
	t.Run("group", func(t *testing.T) {
		for _, r := range refusals {
			for n := 0; n < 200; n += chaostest.Cycles(67, 1) {
				t.Run(fmt.Sprintf("%s at call %d", r.name, n), func(t *testing.T) {
					t.Parallel()
					f := newFaulty(t, uint64(n))
					f.disk.Fail(f.refuse(r.kind, r.fault, n, r.lasts))
					refused := f.appendThrough(t, 25)
					f.disk.Fail(nil)
					f.appendThrough(t, 1)
					if f.node.Health().Fault != nil {
						t.Error("the node says that it is not well")
					}
					f.wantDurable(t)
					results <- result{min(f.hits, 1), refused}
				})
			}
		}
	})
	close(results)
	runs, hit, refused := 0, 0, 0
	for r := range results {
		runs, hit, refused = runs+1, hit+r.hit, refused+r.refused
	}
	if hit < runs/3 || refused == 0 {
		t.Errorf("of %d runs, %d met a fault, %d appends were refused: nothing was tested", runs, hit, refused)
	}
	chaostest.Report(t, "R3", "EIO and full disk at each write, sync and truncation", fmt.Sprintf("%d runs, %d met their fault, %d appends refused: nothing acknowledged was lost, reads went on, all resumed", runs, hit, refused))
}

// faulty is a node on a disk that is about to refuse.
type faulty struct {
	history
	node   *eventnode.Node
	disk   *disktest.Disk
	dir    string
	chance *rand.Rand
	hits   int // guarded by the disk's lock, like ended
	seen   int
	ended  bool
}

func newFaulty(t *testing.T, seed uint64) *faulty {
	t.Helper()
	f := &faulty{disk: disktest.New(t), dir: t.TempDir(), chance: rand.New(rand.NewPCG(seed, 2))}
	own := f.disk.Node()
	own.CheckpointFrames = checkpointing
	f.node = openNode(t, eventnode.Config{Dir: f.dir, Disk: own, ScrubBytesPerSecond: -1})
	return f
}

// refuse lets the n-th call of a kind fail, and those behind it if it lasts.
func (f *faulty) refuse(kind disktest.Kind, fault disktest.Fault, n int, lasts bool) func(disktest.Op) disktest.Fault {
	return func(op disktest.Op) disktest.Fault {
		if op.Kind != kind || f.ended {
			return disktest.None
		}
		f.seen++
		if f.seen <= n || (!lasts && f.hits > 0) {
			return disktest.None
		}
		f.hits++
		return fault
	}
}

// appendThrough appends until n appends are acknowledged, each sent again until
// it is, and returns how often one was refused. While it is, all that was
// acknowledged can be read.
func (f *faulty) appendThrough(t *testing.T, n int) (refused int) {
	t.Helper()
	for i := range n {
		events := randomEvents(f.chance)
		stream := fmt.Sprintf("parley_faulty-%d", len(f.events)*100+i)
		known := len(f.events)
		for deadline := time.Now().Add(30 * time.Second); ; {
			at, err := f.node.Append(t.Context(), stream, eventlog.NoStream, events)
			if err == nil {
				f.enter(stream, at, events)
				break
			}
			if refused++; !errors.Is(err, eventlog.ErrUnavailable) || time.Now().After(deadline) {
				t.Fatalf("append %d: %v", i, err)
			}
			if stored, err := f.readable(t.Context()); err != nil || stored < known {
				t.Fatalf("%d of %d events can be read while nothing can be written: %v", stored, known, err)
			}
			if refused%3 == 0 {
				f.disk.Fail(nil) // space has returned
			}
			awaitRetry(t)
		}
	}
	return refused
}

// awaitRetry gives a caller's pause before it sends again.
func awaitRetry(t *testing.T) {
	select {
	case <-time.After(20 * time.Millisecond):
	case <-t.Context().Done():
	}
}

func (f *faulty) enter(stream string, at eventlog.Appended, events []eventlog.NewEvent) {
	for j, e := range events {
		back := len(events) - 1 - j
		f.events = append(f.events, eventlog.Recorded{
			ID: e.ID, Stream: stream, Revision: at.Revision - eventlog.Revision(back),
			Position: at.Position - eventlog.Position(back), Data: e.Data,
		})
	}
	f.disk.Note(int64(len(f.events)))
}

// readable returns how many events can be read.
func (f *faulty) readable(ctx context.Context) (n int, err error) {
	for _, err := range f.node.All(ctx, eventlog.Start) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// wantDurable loses the power at every tenth call and demands what had been
// acknowledged by then, and opens the log again as it is.
func (f *faulty) wantDurable(t *testing.T) {
	t.Helper()
	f.calls = f.disk.Ops()
	f.disk.Forget()
	disk := fastDisk(t)
	for power, at := disktest.NewPower(f.calls), 0; power.Step(); at++ {
		if (at+1)%chaostest.Cycles(150, 10) == 0 || at == len(f.calls)-1 {
			wantRecovered(t, f.history, power, disktest.Nothing, disk, f.chance, fmt.Sprintf("power lost at call %d", at))
		}
	}
	if n, err := f.stored(t.Context(), f.node); err != nil || n != len(f.events) {
		t.Errorf("%d of %d events are there: %v", n, len(f.events), err)
	}
}
