package eventnode

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sync"
)

// witnessName is the witness's file, beside the log's.
const witnessName = "head"

// Slots of the witness's file: each on a page of its own, so that a torn write
// spoils no other. One of them is always known to be on disk and is not written
// to, one may be on its way there, the third takes what comes meanwhile.
const (
	witnessSlots = 3
	slotSpace    = 4096
)

// witness keeps the log's head outside SQLite. What it says is never ahead of
// what is durable, and is written before an append is answered; a loss of power
// may take back what was said since the last sync.
type witness struct {
	turn    sync.Mutex // of who syncs; taken before mu
	mu      sync.Mutex
	file    File
	last    mark
	current int // the slot that is written to
	safe    int // the slot that is on disk, whatever happens
	dirty   bool
}

// testimony is what a witness's file holds.
type testimony struct {
	mark
	found, missing bool // a whole mark; no file at all
	newest, oldest int  // their slots
}

// readWitness returns the newest whole mark in a folder.
func readWitness(dir string) (t testimony, err error) {
	b, err := os.ReadFile(filepath.Join(dir, witnessName))
	if errors.Is(err, os.ErrNotExist) {
		return testimony{missing: true}, nil
	}
	if err != nil {
		return t, fmt.Errorf("read witness: %w", err)
	}
	least := uint64(math.MaxUint64)
	for slot := range witnessSlots {
		m, ok := mark{}, false
		if at := slot * slotSpace; at < len(b) {
			m, ok = decodeMark(b[at:])
		}
		if ok && (!t.found || m.sequence > t.sequence) {
			t.mark, t.found, t.newest = m, true, slot
		}
		if m.sequence < least { // what is not whole has sequence 0
			t.oldest, least = slot, m.sequence
		}
	}
	return t, nil
}

// openWitness opens the witness in a folder to go on behind what it said. The
// mark is on disk when it returns.
func openWitness(dir string, disk *Disk, before testimony, now mark) (*witness, error) {
	file, err := disk.open(filepath.Join(dir, witnessName))
	if err != nil {
		return nil, fmt.Errorf("open witness: %w", err)
	}
	w := &witness{file: file, last: before.mark, current: before.oldest, safe: before.newest}
	if err := errors.Join(w.settle(now), disk.syncDir(dir)); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return w, nil
}

// say writes a mark, which outlives the process but not yet a loss of power.
func (w *witness) say(m mark) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.put(m)
}

func (w *witness) put(m mark) error {
	m.sequence = w.last.sequence + 1
	w.last, w.dirty = m, true
	if _, err := w.file.WriteAt(m.encode(), int64(w.current*slotSpace)); err != nil {
		return fmt.Errorf("write witness: %w", err)
	}
	return nil
}

// sync makes the last mark outlive a loss of power. Marks may be said meanwhile.
func (w *witness) sync() error {
	w.turn.Lock()
	defer w.turn.Unlock()
	syncing, needed := w.turnOver()
	if !needed {
		return nil
	}
	err := w.file.Sync()
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		// What a disk failed to write it will not try again by itself.
		return errors.Join(fmt.Errorf("sync witness: %w", err), w.put(w.last))
	}
	w.safe = syncing
	return nil
}

// turnOver lets what is said from now on go to the third slot.
func (w *witness) turnOver() (syncing int, needed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.dirty {
		return 0, false
	}
	syncing, w.dirty = w.current, false
	if w.current = witnessSlots - syncing - w.safe; syncing == w.safe {
		w.current = (syncing + 1) % witnessSlots
	}
	return syncing, true
}

// settle says a mark and syncs it.
func (w *witness) settle(m mark) error {
	if err := w.say(m); err != nil {
		return err
	}
	return w.sync()
}

// seal puts a mark into every slot, so that nothing older can speak up again.
func (w *witness) seal(m mark) error {
	for range witnessSlots {
		if err := w.settle(m); err != nil {
			return err
		}
	}
	return nil
}

// newest returns the last mark that was said.
func (w *witness) newest() mark {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

func (w *witness) close() error { return w.file.Close() }
