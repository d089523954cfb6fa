package live_test

import (
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// history appends renamings of conversations of their own, and returns the
// positions and what a watcher is told of each.
func (r *rig) history(n int) (positions []eventlog.Position, said [][]string) {
	r.Helper()
	for range n {
		id := uuid.New()
		positions = append(positions, r.add(id, conversation.Renamed{Name: "x"}))
		said = append(said, []string{"inbox " + id.String(), "list " + id.String(), "conversation " + id.String()})
	}
	return positions, said
}

// wantBehind fails the test unless a stream that resumes behind the i-th event is
// told everything after it.
func (r *rig) wantBehind(i int, positions []eventlog.Position, said [][]string) {
	r.Helper()
	s, at := r.open(user, number(positions[i]))
	if at != positions[i] {
		r.Errorf("resumes at %d instead of %d", at, positions[i])
	}
	var want []string
	for _, each := range said[i+1:] {
		want = append(want, each...)
	}
	if diff := cmp.Diff(want, s.told()); diff != "" {
		r.Errorf("behind event %d (-want +got):\n%s", i, diff)
	}
	s.close()
}

func number(p eventlog.Position) string { return strconv.FormatUint(uint64(p), 10) }

func TestStreams_resume_from_the_ring(t *testing.T) {
	t.Parallel()
	r := watching(t, user)
	positions, said := r.history(20)
	for i := range 19 {
		r.wantBehind(i, positions, said)
	}
}

func TestStreams_resume_from_the_log_where_the_ring_does_not_reach(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.rights.standings[personOf(user)] = seen
	r.config.Ring = 8
	r.start()
	positions, said := r.history(50)
	for _, i := range []int{0, 10, 45, 30, 48} {
		r.wantBehind(i, positions, said)
	}
}

func TestStreams_resume_after_a_restart(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.rights.standings[personOf(user)] = seen
	end := r.start()
	positions, said := r.history(30)
	end()
	more, saidMore := r.history(5)
	positions, said = append(positions, more...), append(said, saidMore...)
	r.start()
	var resumed sync.WaitGroup
	for i := range 34 {
		resumed.Go(func() { r.wantBehind(i, positions, said) })
	}
	resumed.Wait()
}

func TestStreams_are_reset_when_they_were_away_for_too_long(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.rights.standings[personOf(user)] = seen
	r.config.Ring, r.config.Scan = 5, 10
	end := r.start()
	positions, _ := r.history(40)
	end()
	r.start()
	for range 2 {
		s, _ := r.open(user, number(positions[0]))
		f := s.next()
		if f.Event != "reset" || f.ID != number(eventlog.Position(f.Data.Position)) || f.Data.Position < uint64(positions[39]) {
			t.Fatalf("want a reset behind %d, got %+v", positions[39], f)
		}
		_, said := r.history(1)
		if diff := cmp.Diff(said[0], s.told()); diff != "" {
			t.Errorf("after the reset (-want +got):\n%s", diff)
		}
	}
}

func TestStreams_are_reset_behind_what_is_no_position_of_the_log(t *testing.T) {
	t.Parallel()
	r := watching(t, user)
	positions, _ := r.history(3)
	first, _ := r.open(user, number(positions[0]))
	first.told()
	for name, last := range map[string]eventlog.Position{
		"between two events": positions[1] + 1, "before the first": 7,
		"above the end": positions[2] + 1_000_000, "far above the end": 1<<64 - 1,
	} {
		s, at := r.open(user, number(last))
		if at < positions[2] {
			t.Errorf("%s: begins at %d, want %d", name, at, positions[2])
		}
		if f := s.next(); f.Event != "reset" || f.Data.Position < uint64(positions[2]) {
			t.Errorf("%s: want a reset, got %+v", name, f)
		}
		s.close()
	}
}

func TestStreams_resume_behind_what_others_wrote(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.rights.standings[personOf(user)] = seen
	r.models.pass(r.foreign(10))
	end := r.start()
	r.foreign(10)
	positions, said := r.history(3)
	last := r.foreign(10)
	for i := range positions[1:] {
		r.wantBehind(i, positions, said)
	}
	s, at := r.open(user, number(last))
	if told := s.told(); at != last || len(told) > 0 {
		t.Errorf("behind the others' last event it resumes at %d of %d and says %q", at, last, told)
	}
	end()
	r.models.pass(last)
	r.start()
	r.wantBehind(0, positions, said)
}

func TestStreams_resume_without_asking_the_log_where_the_ring_reaches(t *testing.T) {
	t.Parallel()
	r := watching(t, user)
	_, begin := r.open(user, "")
	positions, said := r.history(3)
	r.wantBehind(0, positions, said) // by then the hub has heard of all
	before := r.log.Calls()
	r.wantBehind(1, positions, said)
	s, at := r.open(user, number(begin))
	if at != begin {
		t.Errorf("resumes at %d, where it began at %d", at, begin)
	}
	s.close()
	if asked := r.log.Calls() - before; asked > 0 {
		t.Errorf("the log was asked %d times", asked)
	}
}

func TestStreams_refuse_an_id_that_is_none(t *testing.T) {
	t.Parallel()
	r := watching(t)
	for _, id := range []string{"x", "-1", "1.5", "99999999999999999999999", "1 2"} {
		if s := r.connect(user, "acme", id); s.body != string(domain.CodeMalformed) {
			t.Errorf("%q: got %d %s", id, s.status, s.body)
		}
	}
}
