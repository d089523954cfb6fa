package domain

import (
	"crypto/sha1"

	"github.com/google/uuid"
)

// StreamPrefix starts the name of every stream of the product. It is the one
// server-side filter that every follower uses.
const StreamPrefix = "parley_"

// namespace makes the ids of things with outside ids the same on every machine.
var namespace = uuid.MustParse("6f3a1d1e-5d0a-5c57-9d5f-7d2a6f7b9c10")

// Stream returns the name of an aggregate's stream: parley_<aggregate>-<uuid>.
func Stream(aggregate string, id uuid.UUID) string {
	return StreamPrefix + aggregate + "-" + id.String()
}

// DeriveID returns the UUIDv5 of the parts. Parts are joined unambiguously, so
// ("a", "bc") and ("ab", "c") differ.
func DeriveID(parts ...string) uuid.UUID {
	id := namespace
	var room [128]byte // commands derive dozens of ids: short ones need no memory
	for _, p := range parts {
		sum := sha1.Sum(append(append(room[:0], id[:]...), p...))
		copy(id[:], sum[:])
		id[6], id[8] = id[6]&0x0f|0x50, id[8]&0x3f|0x80 // version 5, RFC 9562
	}
	return id
}
