package eventnode

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// minRun is how many events of others in a row are worth being noted as a run, and
// by how many one has to grow to be noted again.
const minRun = 32

// run is a piece of the log, both ends included, in which nothing is the product's.
// The id is that of its last event.
type run struct {
	first, last eventlog.Position
	id          uuid.UUID
}

// checksum covers the run's ends and the event at its last position: the run holds
// as long as that event is there, since the log only grows at its end, whoever has
// written to it meanwhile.
func (r *run) checksum() int64 {
	b := binary.LittleEndian.AppendUint64(nil, uint64(r.first))
	b = binary.LittleEndian.AppendUint64(b, uint64(r.last))
	return int64(crc32.Checksum(append(b, r.id[:]...), castagnoli))
}

// runWatch is shown events in the order of the log and finds the runs among them.
type runWatch struct {
	run              // under way, if unsaid or said has any
	said, unsaid int // its events: noted before, and since then
}

// pass takes the next event. When it ends a run that is worth noting, it returns
// that.
func (w *runWatch) pass(r *Record) (ended run, ok bool) {
	if own(r.Stream) {
		return w.cut()
	}
	if w.said+w.unsaid == 0 {
		w.first = r.Position
	}
	w.last, w.id = r.Position, r.ID
	w.unsaid++
	return run{}, false
}

// cut ends the run under way.
func (w *runWatch) cut() (ended run, ok bool) {
	ended, ok = w.due()
	*w = runWatch{}
	return ended, ok
}

// due returns the run under way when it is worth noting by now. It goes on.
func (w *runWatch) due() (grown run, ok bool) {
	if w.unsaid < minRun {
		return run{}, false
	}
	w.said, w.unsaid = w.said+w.unsaid, 0
	return w.run, true
}
