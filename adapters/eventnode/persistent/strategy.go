package persistent

import (
	"bytes"
	"encoding/json"
	"hash/fnv"
	"slices"

	"parley/adapters/eventnode"
)

// strategy decides who is given an event.
type strategy interface {
	// pick returns a member with room, or nil when the event must wait.
	pick(members []*member, it *item) *member
	// passes says that an event which must wait may be passed by others.
	passes() bool
}

func strategyOf(name string) (strategy, error) {
	switch name {
	case RoundRobin:
		return &roundRobin{}, nil
	case DispatchToSingle:
		return dispatchToSingle{}, nil
	case Pinned:
		return pinned{streamOf}, nil
	case PinnedByCorrelation:
		return pinned{correlationOf}, nil
	}
	return nil, &SettingsError{"there is no consumer strategy " + name}
}

// roundRobin gives each next event to the next member that has room.
type roundRobin struct{ last *member }

func (r *roundRobin) pick(members []*member, _ *item) *member {
	start := slices.Index(members, r.last) + 1
	for i := range members {
		if c := members[(start+i)%len(members)]; c.room() > 0 {
			r.last = c
			return c
		}
	}
	return nil
}

func (*roundRobin) passes() bool { return false }

// dispatchToSingle fills the longest connected member first.
type dispatchToSingle struct{}

func (dispatchToSingle) pick(members []*member, _ *item) *member {
	for _, c := range members {
		if c.room() > 0 {
			return c
		}
	}
	return nil
}

func (dispatchToSingle) passes() bool { return false }

// pinned gives all events with the same key to the same member for as long as
// it is there (rendezvous hashing: others keep theirs when one comes or goes).
// An event whose member is full waits for it.
type pinned struct{ key func(*item) []byte }

func (p pinned) pick(members []*member, it *item) *member {
	if it.key == 0 {
		it.key = hash(p.key(it), nil)
	}
	var best *member
	var highest uint64
	for _, c := range members {
		if weight := mix(it.key ^ c.salt); best == nil || weight > highest {
			best, highest = c, weight
		}
	}
	if best == nil || best.room() == 0 {
		return nil
	}
	return best
}

func (pinned) passes() bool { return true }

// streamOf is the stream that an event comes from; of a link that could not be
// resolved, the one that it names.
func streamOf(it *item) []byte {
	r := it.record()
	if r.Type == eventnode.LinkType {
		if _, stream, ok := bytes.Cut(r.Data, []byte("@")); ok {
			return stream
		}
	}
	return []byte(r.Stream)
}

// correlationOf is the $correlationId of an event's metadata, or its stream.
func correlationOf(it *item) []byte {
	var metadata struct {
		ID string `json:"$correlationId"`
	}
	if json.Unmarshal(it.record().Metadata, &metadata) == nil && metadata.ID != "" {
		return []byte(metadata.ID)
	}
	return streamOf(it)
}

func hash(a, b []byte) uint64 {
	h := fnv.New64a()
	h.Write(a)
	h.Write(b)
	return h.Sum64() | 1 // 0 means not computed
}

// mix spreads the bits of x (the finalizer of SplitMix64).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
