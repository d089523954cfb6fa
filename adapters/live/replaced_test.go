package live_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/conversation"
)

// What was written to the new log before this instance follows it is no hint of its
// own: the reset covers it.
func TestStreams_are_reset_when_the_log_is_replaced(t *testing.T) {
	t.Parallel()
	for name, written := range map[string]int{"with less than was lost": 1, "with more than was lost": 50} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			other := openNode(t)
			r := watching(t, user)
			lost, _ := r.history(20)
			s, at := r.open(user, number(lost[0]))
			s.told()
			letGo := r.models.forget()
			r.node = other
			there, _ := r.history(written)
			last := there[written-1]
			r.log.Replace(other)
			if taken := r.connect(user, "acme", ""); taken.body != string(domain.CodeUnavailable) {
				t.Errorf("before the read models are there, a stream is taken with %d %s", taken.status, taken.body)
			}
			letGo(last)
			if f := s.next(); f.Event != "reset" || f.Data.Position != uint64(last) {
				t.Fatalf("want a reset at %d, got %+v", last, f)
			}
			_, said := r.history(3)
			if diff := cmp.Diff(append(append(said[0], said[1]...), said[2]...), s.told()); diff != "" {
				t.Errorf("of the new log (-want +got):\n%s", diff)
			}
			late, _ := r.open(user, number(at+1))
			if f := late.next(); f.Event != "reset" {
				t.Errorf("behind a number of no log: %+v", f)
			}
		})
	}
}

// Hints that wait for read models belong to the log that they came from.
func TestHints_of_a_log_that_was_replaced_are_not_sent(t *testing.T) {
	t.Parallel()
	other := openNode(t)
	r := watching(t, user)
	s, _ := r.open(user, "")
	letGo := r.models.hold()
	lost := uuid.New()
	at := r.add(lost, conversation.Renamed{Name: "lost"})
	r.node = other
	r.log.Replace(other)
	letGo(at)
	if f := s.next(); f.Event != "reset" {
		t.Errorf("want a reset, got %+v", f)
	}
	for _, said := range s.told() {
		if said == "conversation "+lost.String() {
			t.Error("tells of what is not there any more")
		}
	}
}
