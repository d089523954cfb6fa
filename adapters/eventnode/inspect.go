package eventnode

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"

	"parley/adapters/direct"
	"parley/domain/eventlog"
)

// ErrNoWitness is wrapped by Open when a log with events has no witness: nothing
// then says where it ended.
var ErrNoWitness = errors.New("the witness of the event log's end is missing or not readable (file head): " +
	"bring it back, or let 'parley verify --renew-witness' check the log and write a new one")

// inspect opens a store for reading alone and refuses one that is of a newer
// version, that ends below its witness or whose end is damaged. It changes
// nothing on disk. A log that does not exist yet has no connections.
func inspect(ctx context.Context, cfg Config) (*store, error) {
	s, err := newStore(cfg)
	if err != nil {
		return nil, err
	}
	own := s.absent("-wal", "-shm")
	err = s.inspect(ctx)
	if err == nil && s.before > 0 {
		err = s.numbering.fits(&cfg)
	}
	if err != nil {
		return nil, errors.Join(err, s.close(), removeAll(own))
	}
	return s, nil
}

// newStore returns a store without connections.
func newStore(cfg Config) (*store, error) {
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("resolve data folder: %w", err)
	}
	return &store{standings: newStandings(), dir: dir, path: filepath.Join(dir, fileName), disk: cfg.Disk}, nil
}

func (s *store) inspect(ctx context.Context) (err error) {
	if s.said, err = readWitness(s.dir); err != nil {
		return err
	}
	info, err := os.Stat(s.path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("open event log: %w", err)
	}
	if err == nil && info.Size() > 0 {
		if err = s.undoCreation(); err == nil {
			err = s.openForReading(ctx)
		}
		if err == nil && s.before > 0 {
			return s.prove(ctx)
		}
		if err != nil {
			return s.attributed(err)
		}
	}
	if s.said.found && s.said.position > eventlog.Start {
		return &eventlog.DamagedError{Position: s.said.position, Reason: "the whole log is missing"}
	}
	return nil
}

// undoCreation lets SQLite take back a creation of the log that was cut: only
// then is there a rollback journal, which a read-only connection cannot use.
func (s *store) undoCreation() error {
	if len(s.absent("-journal")) > 0 || s.said.position > eventlog.Start {
		return nil
	}
	conn, err := s.file().Open("busy_timeout(5000)", "user_version")
	if err != nil {
		return fmt.Errorf("take back a creation that was cut: %w", err)
	}
	return conn.Close()
}

// attributed names the position of the witness where the file is too damaged to
// have any.
func (s *store) attributed(err error) error {
	if _, ok := errors.AsType[*eventlog.DamagedError](err); !ok && (damaged(err) || misnamed(err)) {
		return &eventlog.DamagedError{Position: s.said.position, Reason: err.Error()}
	}
	return err
}

// misnamed reports whether SQLite did not know what the log's own statements ask
// for: the description of the tables in the file is another.
func misnamed(err error) bool {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() == sqlitelib.SQLITE_ERROR
	}
	e, ok := errors.AsType[*direct.Error](err)
	return ok && e.Code == sqlitelib.SQLITE_ERROR
}

// prove demands that the log's end is whole and that the witness agrees.
func (s *store) prove(ctx context.Context) error {
	reason, err := checkWAL(s.path+"-wal", s.said.wal)
	if err != nil {
		return err
	}
	last, err := s.end(ctx)
	if reason != "" {
		lost := s.said.position
		if err == nil {
			lost = min(lost, s.numbering.next(last.Position))
		}
		return &eventlog.DamagedError{Position: lost, Reason: reason}
	}
	if err != nil {
		return s.attributed(err)
	}
	if !s.said.found && s.before >= schemaVersion && last.Position > eventlog.Start {
		return ErrNoWitness
	}
	return s.agree(ctx, s.said.mark, last)
}

// agree compares the log's last event with what the witness says.
func (s *store) agree(ctx context.Context, said mark, last Record) error {
	switch {
	case said.position == eventlog.Start:
		return nil
	case last.Position < said.position:
		return &eventlog.DamagedError{Position: s.numbering.next(last.Position), Reason: fmt.Sprintf("the event is missing: the log went on to %d", said.position)}
	case last.Position > said.position:
		records, err := s.allBackwards(ctx, said.position, 1)
		if err != nil {
			return err
		}
		last = records[0]
	}
	if last.Position != said.position || last.digest() != said.hash {
		return &eventlog.DamagedError{Position: said.position, Reason: "it is not the event that was written there"}
	}
	return nil
}

// absent returns which of SQLite's files beside the log are not there.
func (s *store) absent(suffixes ...string) (paths []string) {
	for _, suffix := range suffixes {
		if _, err := os.Stat(s.path + suffix); errors.Is(err, os.ErrNotExist) {
			paths = append(paths, s.path+suffix)
		}
	}
	return paths
}

func removeAll(paths []string) error {
	var all error
	for _, path := range paths {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			all = errors.Join(all, err)
		}
	}
	return all
}
