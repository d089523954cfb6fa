package projections_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/projections"
)

// poisons are events that cannot be applied, each for another reason.
var poisons = map[string]string{
	"does not decode":     `{"n":"many"}`,
	"panics":              `{"n":1,"panics":true}`,
	"breaks a constraint": `{"n":1,"breaks":true}`,
}

func TestProjector_parks_the_stream_of_a_poison_event(t *testing.T) {
	for _, c := range []struct {
		what, where string
		at          int
	}{
		{"does not decode", "first", 0},
		{"panics", "in the middle", 17},
		{"breaks a constraint", "first", 0},
		{"breaks a constraint", "in the middle", 17},
		{"breaks a constraint", "last", 39},
		{"does not decode", "last", 39},
	} {
		t.Run(fmt.Sprintf("that %s, %s of a batch", c.what, c.where), func(t *testing.T) {
			onBoth(t, func(r *rig) { parkOne(r, poisons[c.what], c.at) })
		})
	}
}

func parkOne(r *rig, data string, at int) {
	var poisoned eventlog.Position
	for i := range 40 {
		if i == at {
			poisoned = r.append(2, "tick.ticked.v1", data)
		} else {
			r.tick(i%5, i)
		}
	}
	isPoison := func(e eventlog.Recorded) bool { return e.Position == poisoned }
	p, board := r.projector(r.db, 1)
	r.catchUp(p, 40)
	r.wantFold(isPoison)

	r.ticks(10, 5) // what follows in the stream is parked behind it
	p.End(nil)
	other, _ := r.projector(r.db, 1)
	r.catchUp(other, 4)
	r.wantFold(isPoison)

	parked := r.state(board).Parked
	if len(parked) == 0 || parked[0].Position != poisoned || parked[0].Stream != stream(2) {
		r.Fatalf("want the event at %d parked first, got %+v", poisoned, parked)
	}
	if strings.Contains(parked[0].Error, "earlier") || !strings.Contains(parked[len(parked)-1].Error, "earlier") {
		r.Errorf("want the fault on the first and a reference on the last, got %q and %q",
			parked[0].Error, parked[len(parked)-1].Error)
	}
}

func TestProjector_halts_when_too_many_streams_are_poison(t *testing.T) {
	onBoth(t, func(r *rig) {
		for i := range projections.MaxParked + 1 {
			r.append(i, "tick.ticked.v1", poisons["panics"])
			r.tick(100+i, 1)
		}
		p, board := r.projector(r.db, 1)
		at := r.begin(p)
		err := p.Apply(r.Context(), batches(r.events(), at, 500)[0])
		if !errors.Is(err, projections.ErrHalted) {
			r.Fatalf("want a halt, got %v", err)
		}
		s := r.state(board)
		if s.Halted == "" || len(s.Parked) != projections.MaxParked || s.Behind == 0 {
			r.Errorf("want the halt, %d parked streams and what is behind shown, got %+v", projections.MaxParked, s)
		}
		r.begin(p)
		if again := r.state(board); again.Halted == "" {
			r.Error("want the halt shown until the projection gets further")
		}
		p.End(nil)
		if err := p.Apply(r.Context(), eventlog.Batch{}); !errors.Is(err, projections.ErrIdle) {
			r.Errorf("want no term after its end, got %v", err)
		}
	})
}

func TestProjector_steps_down_before_an_event_of_an_unknown_type(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(10, 3)
		unknown := r.append(0, "tick.from-the-future.v9", `{}`)
		r.tick(1, 1)
		p, board := r.projector(r.db, 1)
		at := r.begin(p)
		err := p.Apply(r.Context(), batches(r.events(), at, 500)[0])
		if !errors.Is(err, domain.ErrUnknownType) {
			r.Fatalf("want the unknown type, got %v", err)
		}
		if again := r.begin(p); again != unknown-3 {
			r.Errorf("want all events before %d applied, got position %d", unknown, again)
		}
		p.End(nil)
		if s := r.state(board); len(s.Parked) != 0 || s.Leading {
			r.Errorf("want nothing parked and no leader, got %+v", s)
		}
	})
}
