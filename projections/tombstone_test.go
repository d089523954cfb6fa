package projections_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/domain"
	"parley/domain/eventlog"
	"parley/projections"
	"parley/projections/projectiontest"
)

// end deletes a stream for ever.
func (r *rig) end(stream string) {
	r.Helper()
	if _, err := r.log.Tombstone(r.Context(), stream, eventnode.Any); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) label(name, says string) {
	r.Helper()
	e := newEvent(r, "label.labelled.v1", fmt.Sprintf(`{"name":%q,"says":%q}`, name, says))
	if _, err := r.log.Append(r.Context(), labelStream(name), eventlog.NoStream, []eventlog.NewEvent{e}); err != nil {
		r.Fatal(err)
	}
}

// labels returns the labels that are in the rows.
func (r *rig) labels() map[string]string {
	r.Helper()
	out := map[string]string{}
	for row, err := range r.db.Query(r.Context(), "select name, says from ticks.labels") {
		var name, says string
		if err == nil {
			err = row.Scan(&name, &says)
		}
		if err != nil {
			r.Fatal(err)
		}
		out[name] = says
	}
	return out
}

func TestProjector_forgets_what_a_stream_was_about_when_it_is_deleted_for_ever(t *testing.T) {
	for _, size := range []int{1, 3, 100} {
		t.Run(fmt.Sprintf("in batches of %d", size), func(t *testing.T) {
			onBoth(t, func(r *rig) {
				r.ticks(12, 4)
				r.label("red", "stop")
				r.label("green", "go")
				r.label("blue", "rest")
				r.end(stream(2))
				r.end(labelStream("red"))
				r.end(labelStream("green"))
				r.end("parley_unheard-" + uuid.NewString())
				r.ticks(2, 1)
				p, board := r.projector(r.db, 1)
				r.catchUp(p, size)
				r.wantFold(nil)
				if diff := cmp.Diff(map[string]string{"blue": "rest"}, r.labels()); diff != "" {
					r.Errorf("labels (-want +got):\n%s", diff)
				}
				if s := r.state(board); len(s.Parked) > 0 || s.Halted != "" || s.Waiting != "" {
					r.Errorf("want nothing stopped, got %+v", s)
				}
				for _, scavenged := range []bool{false, true} {
					if scavenged {
						r.scavenge()
					}
					report, err := p.Rebuild(r.Context(), func(uint64, uint64) {})
					if err != nil || len(report.Differences) > 0 {
						r.Errorf("want the same rows by a rebuild, scavenged %t, got %+v, %v", scavenged, report, err)
					}
				}
			})
		})
	}
}

func TestProjector_passes_over_what_the_store_writes_into_a_stream(t *testing.T) {
	t.Parallel()
	of := projectiontest.Event{Stream: stream(1), Data: ticked{N: 1}}
	odd := projectiontest.Event{Stream: stream(1), Type: "$odd", Raw: "no JSON"}
	tables := projectiontest.Run(t, ticks(1), [][]domain.Type{manifest}, odd, of, odd, of)
	if got := tables.Select("streams", "events, total"); len(got) != 1 || got[0] != "2|2" {
		t.Errorf("want both ticks counted, got %v", got)
	}
}

// What ends a parked stream is applied, and nothing of it waits any more.
func TestProjector_parks_no_stream_that_is_over(t *testing.T) {
	for name, tombstone := range map[string]bool{"deleted for ever": true, "ended by its last event": false} {
		for _, size := range []int{1, 100} {
			t.Run(fmt.Sprintf("%s, in batches of %d", name, size), func(t *testing.T) {
				onBoth(t, func(r *rig) {
					r.ticks(6, 3)
					r.append(1, "tick.ticked.v1", poisons["panics"])
					r.append(2, "tick.ticked.v1", poisons["breaks a constraint"])
					r.ticks(6, 3)
					if tombstone {
						r.end(stream(1))
					} else {
						r.append(1, "tick.over.v1", "{}")
					}
					r.ticks(1, 1)
					p, board := r.projector(r.db, 1)
					r.catchUp(p, size)
					p.End(nil)
					parked := r.state(board).Parked
					for _, e := range parked {
						if e.Stream != stream(2) {
							r.Errorf("%s is still parked", e.Stream)
						}
					}
					if _, left := stored(r, r.db)[stream(1)]; left || len(parked) == 0 {
						r.Errorf("want no rows of the stream, and the other one parked, got %v and %+v", stored(r, r.db), parked)
					}
					for i := range projections.MaxParked - 1 { // one place is free again
						r.append(10+i, "tick.ticked.v1", poisons["panics"])
					}
					next, _ := r.projector(r.db, 1)
					r.catchUp(next, size)
				})
			})
		}
	}
}
