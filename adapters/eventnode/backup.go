package eventnode

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"parley/domain/eventlog"
)

// ErrNotEmpty is wrapped when a folder that has to be empty is not.
var ErrNotEmpty = errors.New("the folder is not empty")

// Backup copies the log into a folder that is empty or missing, while appends and
// reads go on: each event is proved when it is read, and read again from the copy
// and compared. Every append that was acknowledged before the manifest's Covers
// is in it, which is the moment of the last look at the log's end, some
// milliseconds before Backup returns. Everything is on disk when it does; the
// manifest is written last, so that a folder without one is no backup.
func (n *Node) Backup(ctx context.Context, dir string, progress Progress) (m Manifest, err error) {
	if err := n.readable(ctx); err != nil {
		return m, err
	}
	if err := makeEmpty(dir); err != nil {
		return m, err
	}
	d, err := createDuplicate(ctx, dir, n.store)
	if err != nil {
		return m, fmt.Errorf("back up: %w", err)
	}
	m, err = n.backup(ctx, d, progress)
	if err = errors.Join(err, d.close()); err != nil {
		return m, fmt.Errorf("back up: %w", err)
	}
	return m, errors.Join(d.seal(), m.write(dir), syncDir(filepath.Dir(dir)))
}

// backup copies until little is left, syncs that, and then the rest.
func (n *Node) backup(ctx context.Context, d *duplicate, progress Progress) (m Manifest, err error) {
	for head := n.Head(); n.store.numbering.between(d.at, head) > pageEvents; head = n.Head() {
		if err := d.advance(ctx, head, progress); err != nil {
			return m, err
		}
	}
	if err := d.sync(ctx); err != nil {
		return m, err
	}
	covers := time.Now().UTC()
	head := n.Head()
	if err := d.advance(ctx, head, progress); err != nil {
		return m, err
	}
	m = d.total()
	m.Covers = covers
	return m, d.sync(ctx)
}

// makeEmpty makes a folder unless it is there and empty.
func makeEmpty(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("look into folder: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s: %w", dir, ErrNotEmpty)
	}
	return nil
}

// Restore makes a log of a backup, in a folder that is empty or missing: it
// copies, proves every event and compares all with the manifest before the folder
// has its name. It returns what was restored.
func Restore(ctx context.Context, from, dir string, progress Progress) (m Manifest, err error) {
	if m, err = readManifest(from); err != nil {
		return m, fmt.Errorf("restore %s: %w", from, err)
	}
	if err := makeEmpty(dir); err != nil {
		return m, fmt.Errorf("restore: %w", err)
	}
	half := filepath.Clean(dir) + ".restoring"
	if err := errors.Join(os.RemoveAll(half), os.MkdirAll(half, 0o700)); err != nil {
		return m, fmt.Errorf("restore: %w", err)
	}
	if err := restore(ctx, from, half, m, progress); err != nil {
		return m, errors.Join(fmt.Errorf("restore %s: %w", from, err), os.RemoveAll(half))
	}
	err = errors.Join(os.Remove(dir), os.Rename(half, dir), syncDir(filepath.Dir(half)))
	return m, err
}

func restore(ctx context.Context, from, to string, want Manifest, progress Progress) error {
	for _, name := range []string{fileName, witnessName} {
		if err := copyFile(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			return err
		}
	}
	if err := syncDir(to); err != nil {
		return err
	}
	report, err := Verify(ctx, to, progress)
	if err != nil {
		return err
	}
	for _, f := range report.Findings {
		return &eventlog.DamagedError{Position: f.Position, Reason: f.Reason}
	}
	got, err := tallyOf(ctx, to)
	if err != nil {
		return err
	}
	got.Covers = want.Covers
	if got != want {
		return fmt.Errorf("it is not what its manifest says: %d events up to %d in place of %d up to %d, or others", got.Events, got.Head, want.Events, want.Head)
	}
	return nil
}

// tallyOf counts the events of a log that nobody uses.
func tallyOf(ctx context.Context, dir string) (m Manifest, err error) {
	s, err := inspect(ctx, Config{Dir: dir})
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, s.close(), removeAll([]string{s.path + "-wal", s.path + "-shm"})) }()
	t := tally{hash: sha256.New()}
	last, err := s.end(ctx)
	for at := eventlog.Start; err == nil && at < last.Position; at = t.last.Position {
		var records []Record
		if records, err = s.allForwards(ctx, at, last.Position, pageEvents); err == nil {
			t.add(records)
		}
	}
	return t.total(), err
}
