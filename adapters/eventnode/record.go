package eventnode

import (
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
	"math"
	"sync"
	"time"

	"parley/domain/eventlog"
)

// Event is an event to append. Binary says that Data is not JSON, which only
// outside clients use; it decides the content type that they read back.
type Event struct {
	eventlog.NewEvent
	Binary bool
}

// Record is an event as the node holds it. Its byte slices are shared between
// all readers and must not be changed.
type Record struct {
	eventlog.Recorded
	Binary bool
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// recordOverhead is what a record counts beside its payload where memory is
// bounded.
const recordOverhead = 160

// size is what the record counts towards the limits of one batch.
func (r *Record) size() int { return len(r.Type) + len(r.Data) + len(r.Metadata) }

// header is room for the small fields of a record. As memory of its own it would
// be half of the garbage that a reader leaves behind.
type header [512]byte

var headers = sync.Pool{New: func() any { return new(header) }}

// checksum covers every stored field, each with its length, so that neither a
// changed bit nor bytes moved from one field to the next go unseen.
func (r *Record) checksum() uint32 {
	h := headers.Get().(*header)
	defer headers.Put(h)
	sum := crc32.Update(0, castagnoli, r.appendHeader(h[:0]))
	sum = crc32.Update(sum, castagnoli, r.Metadata)
	return crc32.Update(sum, castagnoli, r.Data)
}

// digest is the SHA-256 of what checksum covers.
func (r *Record) digest() (sum [32]byte) {
	var b [512]byte
	h := sha256.New()
	for _, part := range [...][]byte{r.appendHeader(b[:0]), r.Metadata, r.Data} {
		h.Write(part)
	}
	h.Sum(sum[:0])
	return sum
}

// appendHeader appends all fields but the two large ones, and all lengths.
func (r *Record) appendHeader(h []byte) []byte {
	h = binary.LittleEndian.AppendUint64(h, uint64(r.Position))
	h = binary.LittleEndian.AppendUint64(h, uint64(r.Revision))
	h = binary.LittleEndian.AppendUint64(h, uint64(r.RecordedAt.UnixMicro()))
	h = append(h, flag(r.Binary))
	h = append(h, r.ID[:]...)
	for _, n := range [...]int{len(r.Stream), len(r.Type), len(r.Metadata), len(r.Data)} {
		h = binary.LittleEndian.AppendUint32(h, uint32(n))
	}
	h = append(h, r.Stream...)
	return append(h, r.Type...)
}

func flag(set bool) byte {
	if set {
		return 1
	}
	return 0
}

// clone returns events that share no memory with the caller's, so that a caller
// whose context ended may use its buffers again. All payload goes into one
// allocation.
func clone(events []Event, size int) []Event {
	buf := make([]byte, 0, size)
	keep := func(b []byte) []byte {
		if len(b) == 0 {
			return nil
		}
		start := len(buf)
		buf = append(buf, b...)
		return buf[start:len(buf):len(buf)]
	}
	out := make([]Event, len(events))
	for i, e := range events {
		e.Data, e.Metadata = keep(e.Data), keep(e.Metadata)
		out[i] = e
	}
	return out
}

// ticks truncates a time to what is stored: whole microseconds, UTC.
func ticks(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// maxPosition is the highest position that a SQLite integer holds.
const maxPosition = eventlog.Position(math.MaxInt64)
