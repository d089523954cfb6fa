package eventnode_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/adapters/adaptertest/chaostest"
	"parley/adapters/adaptertest/disktest"
	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// checkpointing is how often the recorded nodes move their write-ahead log: often.
const checkpointing = 40

// history is what was appended, in order, and which calls of the disk it took.
type history struct {
	events []eventlog.Recorded // all that was sent, acknowledged or not
	calls  []disktest.Op
}

// record appends to a new log, closes it now and then, and returns what happened.
// The disk notes how many events were acknowledged.
func record(t *testing.T, appends int, chance *rand.Rand) (h history) {
	t.Helper()
	disk, dir := disktest.New(t), t.TempDir()
	revisions := map[string]eventlog.Revision{}
	open := func() *eventnode.Node {
		own := disk.Node()
		own.CheckpointFrames = checkpointing
		node, err := eventnode.Open(eventnode.Config{Dir: dir, Disk: own, ScrubBytesPerSecond: -1})
		if err != nil {
			t.Fatal(err)
		}
		return node
	}
	node := open()
	for i := range appends {
		stream := fmt.Sprintf("parley_power-%d", chance.IntN(5))
		events := randomEvents(chance)
		if chance.IntN(6) == 0 { // as many of others as are noted as a run, or nearly
			stream, events = "other-power", newEvents(25+chance.IntN(30))
		}
		last, known := revisions[stream]
		if !known {
			last = eventlog.NoStream
		}
		at := mustAppend(t, node, stream, last, events...)
		for j, e := range events {
			back := eventlog.Position(len(events) - 1 - j)
			h.events = append(h.events, eventlog.Recorded{ID: e.ID, Stream: stream, Revision: at.Revision - eventlog.Revision(back), Position: at.Position - back, Data: e.Data})
		}
		revisions[stream] = at.Revision
		disk.Note(int64(len(h.events)))
		if i%25 == 24 {
			if err := node.Close(); err != nil {
				t.Fatal(err)
			}
			node = open()
		}
	}
	h.calls = disk.Ops() // as if it had been killed
	disk.Forget()
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	return h
}

func randomEvents(chance *rand.Rand) []eventlog.NewEvent {
	events := newEvents(1 + chance.IntN(3))
	for i := range events {
		events[i].Data = payload(4 + chance.IntN(1500))
		if chance.IntN(8) == 0 {
			events[i].Data = payload(9000)
		}
	}
	return events
}

// fastDisk is a disk that says it has synced and has not: what is written to it
// is soon read again and thrown away.
func fastDisk(t *testing.T) *disktest.Disk {
	disk := disktest.New(t)
	disk.Forget()
	disk.Fail(func(op disktest.Op) disktest.Fault {
		if op.Kind == disktest.Sync {
			return disktest.Lie
		}
		return disktest.None
	})
	return disk
}

func quietly(dir string, disk *disktest.Disk) eventnode.Config {
	cfg := eventnode.Config{Dir: dir, ScrubBytesPerSecond: -1}
	if disk != nil {
		cfg.Disk = disk.Node()
	}
	return cfg
}

// The power is lost at every call that the node ever made of its disk, and of
// what no sync had covered, any part is there.
func TestNode_keeps_what_it_acknowledged_through_a_loss_of_power(t *testing.T) {
	t.Parallel()
	disk, opened, boundaries := fastDisk(t), 0, 0
	for cycle := range chaostest.Cycles(1, 20) {
		chance := rand.New(rand.NewPCG(uint64(cycle), 1))
		h := record(t, chaostest.Cycles(40, 100), chance)
		every := chaostest.Cycles(36, 4)
		for power, at := disktest.NewPower(h.calls), 0; power.Step(); at++ {
			boundaries++
			for i, loss := range disktest.Losses() {
				if (at+i)%every == 0 {
					opened++
					wantRecovered(t, h, power, loss, disk, chance, fmt.Sprintf("cycle %d, call %d, %s left", cycle, at, loss))
				}
			}
			if t.Failed() {
				return
			}
		}
	}
	chaostest.Report(t, "R2", "power lost at every write", fmt.Sprintf("%d moments, %d of their losses opened: all acknowledged events there, none invented, appends go on", boundaries, opened))
}

// wantRecovered opens the log as the loss left it.
func wantRecovered(t *testing.T, h history, power *disktest.Power, loss disktest.Loss, disk *disktest.Disk, chance *rand.Rand, when string) {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := power.Write(dir, loss, chance); err != nil {
		t.Fatal(err)
	}
	node, err := eventnode.Open(quietly(dir, disk))
	if err != nil {
		t.Errorf("%s: %v", when, err)
		return
	}
	defer node.Close()
	acknowledged := 0
	if notes := power.Notes(); len(notes) > 0 {
		acknowledged = int(notes[len(notes)-1])
	}
	stored, err := h.stored(t.Context(), node)
	if err != nil || stored < acknowledged {
		t.Errorf("%s: %d events are there, %d were acknowledged: %v", when, stored, acknowledged, err)
	}
	if _, err := node.Append(t.Context(), "parley_after", eventlog.NoStream, newEvents(1)); err != nil {
		t.Errorf("%s: %v", when, err)
	}
}

// stored returns how many events of the history a log holds, and an error unless
// it holds exactly the first ones, each as it was sent, in $all and in its stream,
// and a search for the product's finds those.
func (h history) stored(ctx context.Context, node *eventnode.Node) (n int, err error) {
	ends, own := map[string]eventlog.Revision{}, 0
	for r, err := range node.All(ctx, eventlog.Start) {
		if err != nil {
			return n, err
		}
		if n >= len(h.events) || !same(r.Recorded, h.events[n]) {
			return n, fmt.Errorf("event %d of %s at %d is not what was sent", r.Revision, r.Stream, r.Position)
		}
		ends[r.Stream] = r.Revision
		n++
		if strings.HasPrefix(r.Stream, "parley_") {
			own++
		}
	}
	for _, err := range node.ReadAll(ctx, eventlog.Start, "parley_", 0) {
		if own--; err != nil {
			return n, err
		}
	}
	if own != 0 {
		return n, fmt.Errorf("a search finds %d of the product's events too few", own)
	}
	for stream, end := range ends {
		next := eventlog.Revision(0)
		for r, err := range node.Stream(ctx, stream, 0, 0) {
			if err != nil {
				return n, err
			}
			if r.Revision != next {
				return n, fmt.Errorf("%s goes on with %d in place of %d", stream, r.Revision, next)
			}
			next++
		}
		if next != end+1 {
			return n, fmt.Errorf("%s ends before %d in place of %d", stream, next, end+1)
		}
	}
	return n, nil
}

func same(a, b eventlog.Recorded) bool {
	return a.ID == b.ID && a.Stream == b.Stream && a.Revision == b.Revision && a.Position == b.Position && bytes.Equal(a.Data, b.Data)
}

// killed returns the files of a log as a kill left them: everything was written,
// and the write-ahead log is long.
func killed(t *testing.T) (h history, files map[string][]byte) {
	t.Helper()
	h = record(t, 24, rand.New(rand.NewPCG(7, 7)))
	power := disktest.NewPower(h.calls)
	for power.Step() {
	}
	dir := t.TempDir()
	if err := power.Write(dir, disktest.All, nil); err != nil {
		t.Fatal(err)
	}
	return h, contents(t, dir)
}

// contents returns the files that must stay as they are.
func contents(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, name := range []string{"events.db", "events.db-wal", "head"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			files[name] = b
		} else if !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	return files
}

func write(t *testing.T, files map[string][]byte) (dir string) {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func flipped(b []byte, bit int) []byte {
	b = bytes.Clone(b)
	b[bit/8] ^= 1 << (bit % 8)
	return b
}
