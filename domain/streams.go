package domain

import "github.com/google/uuid"

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
	for _, p := range parts {
		id = uuid.NewSHA1(id, []byte(p))
	}
	return id
}
