package eventstore

import (
	"context"
	"errors"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/domain/eventlog"
)

// lend gives a store a line to a client that connects to nothing.
func lend(t *testing.T, s *Store) *line {
	t.Helper()
	client, err := esdb.NewClient(serving(s.client))
	if err != nil {
		t.Fatal(err)
	}
	s.running.Add(1)
	l := newLine(s.ctx, client, s.running.Done)
	t.Cleanup(l.retire)
	s.use(l)
	return l
}

func TestEra_ends_who_waits_for_a_connection(t *testing.T) {
	t.Parallel()
	s := openNowhere(t)
	e, ended := s.present(), make(chan error, 1)
	go func() {
		_, err := s.borrow(t.Context(), e)
		ended <- err
	}()
	s.replace()
	if err := <-ended; !errors.Is(err, eventlog.ErrLogChanged) {
		t.Errorf("got %v, want that the log was replaced", err)
	}
}

// A line of the new log is not for calls that began on the former one.
func TestEra_that_is_over_gets_no_line(t *testing.T) {
	t.Parallel()
	s := openNowhere(t)
	e := s.present()
	s.replace()
	l := lend(t, s)
	if _, err := s.borrow(t.Context(), e); !errors.Is(err, eventlog.ErrLogChanged) {
		t.Errorf("got %v, want that the log was replaced", err)
	}
	got, err := s.borrow(t.Context(), s.present())
	if err != nil || got != l {
		t.Fatalf("got %p, %v, want %p", got, err, l)
	}
	got.leave()
}

// What a call has come to is not handed out when the log was replaced meanwhile.
func TestEra_that_ends_takes_results_along(t *testing.T) {
	t.Parallel()
	s := openNowhere(t)
	lend(t, s)
	got, err := ask(t.Context(), s.present(), readingAll, func(context.Context, *esdb.Client) (int, error) {
		s.replace()
		return 1, nil
	})
	if got != 0 || !errors.Is(err, eventlog.ErrLogChanged) {
		t.Errorf("got %d, %v, want that the log was replaced", got, err)
	}
}

// Whoever remembers the former log forgets it when all who began on it have failed,
// and before anybody asks the new one.
func TestEra_begins_when_all_have_forgotten_the_former(t *testing.T) {
	t.Parallel()
	s := openNowhere(t)
	former := standing(t, s, "a", 7)
	former.join()
	forgotten := 0
	for range 2 {
		s.OnReplaced(func() {
			forgotten++
			if _, err := former.Next(t.Context()); !errors.Is(err, eventlog.ErrLogChanged) {
				t.Errorf("a follower of the former log goes on: %v", err)
			}
			if s.current != nil {
				t.Error("somebody may ask the new log")
			}
		})
	}
	s.replace()
	if forgotten != 2 {
		t.Errorf("%d of 2 have forgotten", forgotten)
	}
	e := s.present()
	if first, last := e.marks(); first.at+last.at != 0 || len(e.trunks) != 0 || e.known.has(7) {
		t.Errorf("the new era knows %v, %v and %d trunks", first, last, len(e.trunks))
	}
}

func TestPlaces_remember_what_was_handed_out_last(t *testing.T) {
	t.Parallel()
	var p places
	if p.has(eventlog.Start) {
		t.Error("the start is no event's position")
	}
	for n := range eventlog.Position(1000) {
		at := 1 + n*4096*977
		if p.has(at) {
			t.Errorf("%d is known", at)
		}
		if p.add(at); !p.has(at) || p.has(at+1) {
			t.Errorf("%d is not known, or the next one is", at)
		}
	}
}

// An append that is repeated after its stream was deleted may be answered with the
// position of its first event.
func TestMark_is_any_event_of_an_append(t *testing.T) {
	t.Parallel()
	s := openNowhere(t)
	e := s.present()
	p := proposal{events: proposed([]eventlog.NewEvent{{ID: [16]byte{1}}, {ID: [16]byte{2}}})}
	e.acknowledged(9, p.ids())
	_, last := e.marks()
	for id, want := range map[byte]bool{1: true, 2: true, 3: false} {
		if got := last.is(&eventlog.Recorded{ID: [16]byte{id}}); got != want {
			t.Errorf("event %d: got %v", id, got)
		}
	}
}
