package eventnode

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"parley/domain/eventlog"
)

// Report is what a verification has seen. Findings are by position; none means
// that every event is there, whole and reachable, and that the witness agrees.
type Report struct {
	Events   int64             `json:"events"`
	Head     eventlog.Position `json:"head"`
	Findings []Finding         `json:"findings"`
}

// Progress is told how far something has come, in positions.
type Progress func(done, total eventlog.Position)

// Verify checks the whole log up to its present end: that positions and the
// revisions of each stream have no gap, every checksum, that the index leads to
// every event, the structure of the file, and the witness. Appends and reads go
// on. An error only says that it could not be done.
func (n *Node) Verify(ctx context.Context, progress Progress) (Report, error) {
	if err := n.readable(ctx); err != nil {
		return Report{}, err
	}
	// A long read would keep Close from moving the write-ahead log.
	ctx, cancel := n.untilClose(ctx)
	defer cancel()
	said := n.witness.newest()
	report, err := n.store.verify(ctx, n.tail.durable(), progress)
	if err != nil {
		return report, n.explain(ctx, err)
	}
	if said.position > eventlog.Start {
		report.add(n.store.agree(ctx, said, Record{Recorded: eventlog.Recorded{Position: n.store.numbering.next(said.position)}}))
	}
	n.health.passed(report.Head, report.Findings)
	return report, nil
}

// Verify checks the log in a folder that no process uses, also one that Open
// refuses, and changes nothing.
func Verify(ctx context.Context, dir string, progress Progress) (report Report, err error) {
	err = whileStopped(dir, func() error {
		_, report, _, err = verifyStopped(ctx, Config{Dir: dir}, progress)
		return err
	})
	return report, err
}

// RenewWitness checks the log in a folder that no process uses and, when its
// events are all whole, writes a witness of the present end, whatever the last
// one said: events behind it are given up. It refuses a log with other damage.
func RenewWitness(ctx context.Context, dir string, progress Progress) (report Report, err error) {
	err = whileStopped(dir, func() error {
		said, checked, last, err := verifyStopped(ctx, Config{Dir: dir}, progress)
		report = checked
		if err != nil {
			return err
		}
		if report.Findings = slices.DeleteFunc(report.Findings, said.isAbout); len(report.Findings) > 0 {
			return nil
		}
		w, err := openWitness(dir, nil, said.testimony, mark{position: last.Position, hash: last.digest()})
		if err != nil {
			return err
		}
		return w.close()
	})
	return report, err
}

// objection is what a witness says and what is wrong by it.
type objection struct {
	testimony
	finding Finding
}

func (o objection) isAbout(f Finding) bool { return f == o.finding }

func whileStopped(dir string, do func() error) error {
	held, err := lock(dir)
	if err != nil {
		return err
	}
	return errors.Join(do(), held.Close())
}

func verifyStopped(ctx context.Context, cfg Config, progress Progress) (said objection, report Report, last Record, err error) {
	s, err := newStore(cfg)
	if err != nil {
		return said, report, last, err
	}
	own := s.absent("-wal", "-shm")
	defer func() { err = errors.Join(err, s.close(), removeAll(own)) }()
	refused := s.inspect(ctx)
	said.testimony = s.said
	if _, ok := errors.AsType[*eventlog.DamagedError](refused); refused != nil && !ok && !errors.Is(refused, ErrNoWitness) {
		return said, report, last, refused
	}
	if s.read != nil {
		head, failed := s.anchor.int("select coalesce(max(position), 0) from events")
		if failed == nil {
			report, err = s.verify(ctx, eventlog.Position(head), progress)
			last, _ = s.end(ctx)
		}
	}
	before := len(report.Findings)
	if report.add(refused); len(report.Findings) > before {
		said.finding = report.Findings[before]
	}
	report.sort()
	return said, report, last, err
}

// add enters what an error says.
func (r *Report) add(err error) {
	if err == nil {
		return
	}
	f := Finding{Reason: err.Error()}
	if damage, ok := errors.AsType[*eventlog.DamagedError](err); ok {
		f = Finding{damage.Position, damage.Reason}
	}
	if !slices.ContainsFunc(r.Findings, func(known Finding) bool { return known == f }) {
		r.Findings = append(r.Findings, f)
	}
}

func (r *Report) sort() {
	slices.SortStableFunc(r.Findings, func(a, b Finding) int { return cmp.Compare(a.Position, b.Position) })
}

// verify checks the file up to a position.
func (s *store) verify(ctx context.Context, head eventlog.Position, progress Progress) (r Report, err error) {
	r.Head = head
	for at := eventlog.Start; at < head; {
		c, err := s.checkPage(ctx, at, head, pageEvents)
		if err != nil {
			return r, err
		}
		r.Findings = append(r.Findings, c.found...)
		r.Events += s.numbering.between(at, c.to)
		at = c.to
		if progress != nil {
			progress(at, head)
		}
	}
	if err := s.verifyStreams(ctx, head, &r); err != nil {
		return r, err
	}
	err = s.verifyStructure(ctx, &r)
	r.sort()
	return r, err
}

// verifyStreams goes along the index of streams: revisions have no gap and rise
// with positions. A tombstone stands behind a gap.
func (s *store) verifyStreams(ctx context.Context, head eventlog.Position, r *Report) error {
	rows, err := s.read.QueryContext(ctx, "select stream, revision, position from events indexed by events_of_stream order by stream, revision")
	if err != nil {
		return r.orDamage(err)
	}
	defer rows.Close()
	stream, next, last := int64(0), int64(0), int64(0)
	for rows.Next() {
		var of, revision, position int64
		if err := rows.Scan(&of, &revision, &position); err != nil {
			r.add(errors.New("the index of streams holds what is no number: " + err.Error()))
			continue
		}
		if of != stream {
			stream, next, last = of, 0, 0
		}
		switch {
		case eventlog.Position(position) > head:
		case revision != next && eventlog.Revision(revision) != tombstone:
			r.add(&eventlog.DamagedError{Position: eventlog.Position(position), Reason: fmt.Sprintf("it has revision %d in place of %d", revision, next)})
		case position <= last:
			r.add(&eventlog.DamagedError{Position: eventlog.Position(position), Reason: "a later revision of its stream is before it"})
		}
		next, last = revision+1, position
	}
	return r.orDamage(rows.Err())
}

// verifyStructure lets SQLite check the file's pages.
func (s *store) verifyStructure(ctx context.Context, r *Report) error {
	rows, err := s.read.QueryContext(ctx, "pragma quick_check(100)")
	if err != nil {
		return r.orDamage(err)
	}
	defer rows.Close()
	for rows.Next() {
		var said string
		if err := rows.Scan(&said); err != nil {
			return r.orDamage(err)
		}
		if said != "ok" {
			r.add(errors.New("the file's structure: " + said))
		}
	}
	return r.orDamage(rows.Err())
}

// orDamage enters an error that is damage, and returns any other.
func (r *Report) orDamage(err error) error {
	if damaged(err) {
		r.add(errors.New("the file's structure: " + err.Error()))
		return nil
	}
	if err != nil {
		return fmt.Errorf("verify event log: %w", err)
	}
	return nil
}
