package commands

import (
	"encoding/binary"
	"errors"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
)

// ringSize is how many receipts a stream remembers by itself.
const ringSize = 1024

// receipt is a [Receipt] in a few bytes: key and fingerprint are hashed.
type receipt struct {
	Scope       uuid.UUID
	Fingerprint uuid.UUID
	First, Last eventlog.Revision
	Position    eventlog.Position
}

// scopeOf identifies a key among all keys of all callers.
func scopeOf(organization string, person domain.Person, key string) uuid.UUID {
	return domain.DeriveID(organization, "idempotency", string(person.Kind), person.ID, key)
}

func fingerprintOf(fingerprint string) uuid.UUID { return domain.DeriveID(fingerprint) }

// compact returns the receipt as the ring keeps it.
func compact(r Receipt) receipt {
	return receipt{
		Scope:       scopeOf(r.Organization, r.Person, r.Key),
		Fingerprint: fingerprintOf(r.Fingerprint),
		First:       r.First, Last: r.Last, Position: r.Position,
	}
}

// ring holds a stream's newest receipts. First is the position of the very first
// one, forgotten that of the newest that it had to drop.
type ring struct {
	receipts  []receipt
	oldest    int
	first     eventlog.Position
	forgotten eventlog.Position
}

// add remembers a receipt. Events of one command may come one by one.
func (r *ring) add(n receipt) {
	if last := r.last(); last != nil && last.Scope == n.Scope && last.Last+1 == n.First {
		last.Last, last.Position = n.Last, n.Position
		return
	}
	if len(r.receipts) == 0 {
		r.first = n.Position
	}
	if len(r.receipts) < ringSize {
		r.receipts = append(r.receipts, n)
		return
	}
	r.forgotten = r.receipts[r.oldest].Position
	r.receipts[r.oldest] = n
	r.oldest = (r.oldest + 1) % ringSize
}

func (r *ring) last() *receipt {
	if len(r.receipts) == 0 {
		return nil
	}
	return &r.receipts[(r.oldest+len(r.receipts)-1)%len(r.receipts)]
}

// find returns the receipt of a scope. It looks at the newest first: what is
// repeated was mostly sent a moment ago.
func (r *ring) find(scope uuid.UUID) (receipt, bool) {
	n := len(r.receipts)
	for i := n - 1; i >= 0; i-- {
		if at := &r.receipts[(r.oldest+i)%n]; at.Scope == scope {
			return *at, true
		}
	}
	return receipt{}, false
}

var errRing = errors.New("receipts of a snapshot do not decode")

// MarshalBinary writes the ring, oldest receipt first.
func (r *ring) MarshalBinary() ([]byte, error) {
	ordered := append(r.receipts[r.oldest:len(r.receipts):len(r.receipts)], r.receipts[:r.oldest]...)
	b := binary.BigEndian.AppendUint64(nil, uint64(r.first))
	b = binary.BigEndian.AppendUint64(b, uint64(r.forgotten))
	return binary.Append(b, binary.BigEndian, ordered)
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (r *ring) UnmarshalBinary(b []byte) error {
	const head = 16
	size := binary.Size(receipt{})
	if len(b) < head || (len(b)-head)%size != 0 || (len(b)-head)/size > ringSize {
		return errRing
	}
	*r = ring{
		first: eventlog.Position(binary.BigEndian.Uint64(b)), forgotten: eventlog.Position(binary.BigEndian.Uint64(b[8:])),
		receipts: make([]receipt, (len(b)-head)/size),
	}
	if _, err := binary.Decode(b[head:], binary.BigEndian, r.receipts); err != nil {
		return errRing
	}
	return nil
}

// bytes is the memory that the ring holds.
func (r *ring) bytes() int { return cap(r.receipts) * 56 }
