package projections

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
)

// Bounds of what Decoded remembers: how many events, a power of two, and of what
// size in bytes.
const (
	decodedBits   = 13
	decodedEvents = 1 << decodedBits
	decodedBytes  = 4096
)

// Decoded remembers the events that were decoded last. The projections of a
// process, and the live hints, meet the same events at about the same time: with
// one Decoded between them each event is decoded once, not once for each of them.
// What it hands out is shared, so nobody may change it. It is safe for concurrent
// use.
type Decoded struct {
	registry *domain.Registry
	slots    [decodedEvents]slot
}

// slot holds one event; whoever decodes holds its lock, so that others wait for
// the result instead of decoding too.
type slot struct {
	mu    sync.Mutex
	id    uuid.UUID
	at    eventlog.Position
	meta  *domain.Meta // nil until somebody wants it
	event domain.Event // nil until somebody wants it
}

// NewDecoded returns one that has met no event.
func NewDecoded(registry *domain.Registry) *Decoded { return &Decoded{registry: registry} }

// Meta returns an event's metadata.
func (d *Decoded) Meta(r *eventlog.Recorded) (domain.Meta, error) {
	s := d.slot(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hold(r); s.meta == nil {
		var m domain.Meta
		if err := json.Unmarshal(r.Metadata, &m); err != nil {
			return m, fmt.Errorf("decode metadata: %w", err)
		}
		s.meta = &m
	}
	return *s.meta, nil
}

// Event returns the event itself. The error wraps domain.ErrUnknownType when a
// newer version wrote it.
func (d *Decoded) Event(r *eventlog.Recorded) (domain.Event, error) {
	s := d.slot(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hold(r); s.event == nil {
		e, err := d.registry.Decode(r.Type, r.Data)
		if err != nil {
			return nil, err
		}
		s.event = e
	}
	return s.event, nil
}

// slot returns where the event is remembered; a large one is not. Multiplying by
// the golden ratio spreads positions of any stride (Knuth, The Art of Computer
// Programming, vol. 3, 6.4), so that neighbours seldom meet.
func (d *Decoded) slot(r *eventlog.Recorded) *slot {
	if len(r.Data) > decodedBytes {
		return &slot{}
	}
	return &d.slots[uint64(r.Position)*0x9e3779b97f4a7c15>>(64-decodedBits)]
}

// hold makes the slot the event's.
func (s *slot) hold(r *eventlog.Recorded) {
	if s.id != r.ID || s.at != r.Position {
		s.id, s.at, s.meta, s.event = r.ID, r.Position, nil, nil
	}
}
