package eventnode_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"parley/adapters/adaptertest/chaostest"
	"parley/adapters/adaptertest/disktest"
	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// wantRefused demands that a log is refused by position, twice in the same words,
// and that its files are as they were.
func wantRefused(t *testing.T, files map[string][]byte, disk *disktest.Disk, what string) {
	t.Helper()
	dir, said := write(t, files), ""
	for range 2 {
		node, err := eventnode.Open(quietly(dir, disk))
		if err == nil {
			node.Close()
			t.Errorf("%s: it was opened", what)
			return
		}
		if damage, ok := errors.AsType[*eventlog.DamagedError](err); !ok || damage.Position == eventlog.Start {
			t.Errorf("%s: refused with %v", what, err)
		}
		if said != "" && said != err.Error() {
			t.Errorf("%s: refused with %v, at first with %s", what, err, said)
		}
		said = err.Error()
		if !maps.EqualFunc(contents(t, dir), files, bytes.Equal) {
			t.Errorf("%s: the files have changed", what)
		}
	}
}

// with returns the files with one of them replaced; nil removes it.
func with(files map[string][]byte, name string, b []byte) map[string][]byte {
	files = maps.Clone(files)
	delete(files, name)
	if b != nil {
		files[name] = b
	}
	return files
}

// Every frame of the write-ahead log that was synced is needed, whether the main
// file holds its page already or not.
func TestOpen_refuses_damage_in_the_write_ahead_log(t *testing.T) {
	t.Parallel()
	const frame = 24 + 4096
	_, files := killed(t)
	disk, wal, chance := fastDisk(t), files["events.db-wal"], rand.New(rand.NewPCG(3, 3))
	frames := (len(wal) - 32) / frame
	if frames < 10 {
		t.Fatalf("the write-ahead log has only %d frames", frames)
	}
	used := walInUse(wal)
	for f := range used {
		for range chaostest.Cycles(2, 40) {
			bit := (32+f*frame)*8 + chance.IntN(frame*8)
			wantRefused(t, with(files, "events.db-wal", flipped(wal, bit)), disk, fmt.Sprintf("bit %d of frame %d", bit, f))
		}
	}
	for _, size := range []int{0, 31, 32, 32 + frame/2, 32 + (used-1)*frame, 32 + used*frame - 1} {
		wantRefused(t, with(files, "events.db-wal", wal[:size]), disk, fmt.Sprintf("%d bytes left", size))
	}
	wantRefused(t, with(files, "events.db-wal", nil), disk, "no write-ahead log")
	wantRefused(t, with(files, "events.db", nil), disk, "no main file")
	wantRefused(t, with(with(files, "events.db", nil), "events.db-wal", nil), disk, "only a witness")
	chaostest.Report(t, "R2", "damage before the last sync: write-ahead log", fmt.Sprintf("%d frames, %d flipped bits each, cut, deleted: refused by position, files untouched", used, chaostest.Cycles(2, 40)))
}

// A write-ahead log whose pages the main file already holds is laid over it all
// the same: one that ends early would put old pages over newer ones.
func TestOpen_refuses_damage_in_a_write_ahead_log_that_was_moved(t *testing.T) {
	t.Parallel()
	h, moved := record(t, 24, rand.New(rand.NewPCG(7, 7))), 0
	for at, op := range h.calls {
		if op.Kind == disktest.Sync && strings.HasSuffix(op.Path, "events.db") {
			moved = at + 1
		}
	}
	moment := disktest.NewPower(h.calls[:moved])
	for moment.Step() {
	}
	dir, disk := t.TempDir(), fastDisk(t)
	if err := moment.Write(dir, disktest.All, nil); err != nil {
		t.Fatal(err)
	}
	files := contents(t, dir)
	wal := files["events.db-wal"]
	if walInUse(wal) < 5 {
		t.Fatalf("only %d frames are in use", walInUse(wal))
	}
	for f := range walInUse(wal) {
		wantRefused(t, with(files, "events.db-wal", flipped(wal, (32+f*(24+4096)+100)*8)), disk, fmt.Sprintf("frame %d", f))
	}
}

// walInUse returns how many frames are of the present generation.
func walInUse(wal []byte) (frames int) {
	for at := 32; at+24 <= len(wal) && bytes.Equal(wal[at+8:at+16], wal[16:24]); at += 24 + 4096 {
		frames++
	}
	return frames
}

// A bit of the main file that has changed is refused, or named when it is read or
// verified, or is of no account: no reader ever gets another event.
func TestNode_hands_out_nothing_that_changed_on_disk(t *testing.T) {
	t.Parallel()
	h := record(t, 60, rand.New(rand.NewPCG(11, 11)))
	power := disktest.NewPower(h.calls)
	for power.Step() {
	}
	dir, disk := t.TempDir(), fastDisk(t)
	if err := power.Write(dir, disktest.All, nil); err != nil {
		t.Fatal(err)
	}
	closeAfter(t, quietly(dir, disk), func(*eventnode.Node) {}) // moves the write-ahead log
	files, chance := contents(t, dir), rand.New(rand.NewPCG(5, 5))
	named, harmless := 0, 0
	index := indexPages(files["events.db"])
	for i := range chaostest.Cycles(80, 8000) {
		bit := chance.IntN(len(files["events.db"]) * 8)
		if i%2 == 0 { // few pages, but they decide what a stream's readers see
			bit = index[chance.IntN(len(index))]*4096*8 + chance.IntN(4096*8)
		}
		dir := write(t, with(files, "events.db", flipped(files["events.db"], bit)))
		if h.wantHonest(t, quietly(dir, disk), fmt.Sprintf("bit %d of the main file", bit)) {
			named++
		} else {
			harmless++
		}
	}
	if named == 0 {
		t.Error("no damage was named")
	}
	chaostest.Report(t, "R2", "damage before the last sync: main file", fmt.Sprintf("%d flipped bits: %d refused or named, %d in bytes of no account, none handed out or skipped", named+harmless, named, harmless))
}

// indexPages returns the numbers, from 0, of the pages that are an index's.
func indexPages(file []byte) (pages []int) {
	for page := 1; page < len(file)/4096; page++ {
		if kind := file[page*4096]; kind == 0x0a || kind == 0x02 {
			pages = append(pages, page)
		}
	}
	return pages
}

func closeAfter(t *testing.T, cfg eventnode.Config, use func(*eventnode.Node)) {
	t.Helper()
	node, err := eventnode.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	use(node)
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
}

// wantHonest reports whether a damaged log says so, and fails the test when it
// does not but lacks events.
func (h history) wantHonest(t *testing.T, cfg eventnode.Config, what string) (named bool) {
	t.Helper()
	node, err := eventnode.Open(cfg)
	if err != nil {
		if _, ok := errors.AsType[*eventlog.DamagedError](err); !ok {
			t.Errorf("%s: refused with %v", what, err)
		}
		return true
	}
	defer node.Close()
	report, err := node.Verify(t.Context(), nil)
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
	if len(report.Findings) > 0 {
		return true
	}
	if n, err := h.stored(t.Context(), node); err != nil || n != len(h.events) {
		t.Errorf("%s: %d of %d events are there and nothing is said: %v", what, n, len(h.events), err)
	}
	return false
}

func TestOpen_stands_by_a_witness_that_is_damaged_in_one_place(t *testing.T) {
	t.Parallel()
	h, files := killed(t)
	disk, chance := fastDisk(t), rand.New(rand.NewPCG(9, 9))
	for range chaostest.Cycles(40, 2000) {
		bit := chance.IntN(len(files["head"]) * 8)
		node, err := eventnode.Open(quietly(write(t, with(files, "head", flipped(files["head"], bit))), disk))
		if err != nil {
			if _, ok := errors.AsType[*eventlog.DamagedError](err); !ok {
				t.Errorf("bit %d: %v", bit, err)
			}
			continue
		}
		if n, err := h.stored(t.Context(), node); err != nil || n != len(h.events) {
			t.Errorf("bit %d: %d of %d events: %v", bit, n, len(h.events), err)
		}
		node.Close()
	}
	for name, b := range map[string][]byte{"missing": nil, "empty": {}, "noise": bytes.Repeat([]byte{7}, len(files["head"]))} {
		if _, err := eventnode.Open(quietly(write(t, with(files, "head", b)), disk)); !errors.Is(err, eventnode.ErrNoWitness) {
			t.Errorf("%s witness: %v", name, err)
		}
	}
}

// An older copy of the log's file beside the witness, as a wrong restore leaves it.
func TestOpen_refuses_a_log_below_its_witness(t *testing.T) {
	t.Parallel()
	dir := seeded(t, 20)
	old := contents(t, dir)
	closeAfter(t, eventnode.Config{Dir: dir}, func(node *eventnode.Node) {
		mustAppend(t, node, "parley_more", eventlog.NoStream, newEvents(3)...)
	})
	wantRefused(t, with(old, "head", contents(t, dir)["head"]), nil, "an older file")
	// The same number of events, but others.
	other := write(t, old)
	closeAfter(t, eventnode.Config{Dir: other}, func(node *eventnode.Node) {
		mustAppend(t, node, "parley_more", eventlog.NoStream, newEvents(3)...)
	})
	wantRefused(t, with(contents(t, other), "head", contents(t, dir)["head"]), nil, "another file")
}

func TestOpen_gives_a_log_of_the_first_format_a_witness(t *testing.T) {
	t.Parallel()
	dir := seeded(t, 20)
	tamper(t, dir, "pragma user_version = 1")
	files := with(contents(t, dir), "head", nil)
	dir = write(t, files)
	closeAfter(t, eventnode.Config{Dir: dir}, func(node *eventnode.Node) { wantWhole(t, node) })
	if _, err := eventnode.Open(eventnode.Config{Dir: write(t, with(contents(t, dir), "head", nil))}); !errors.Is(err, eventnode.ErrNoWitness) {
		t.Errorf("without it: %v", err)
	}
}
