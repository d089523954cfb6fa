package domain

import "time"

// Aggregate tells how the events E of one kind of stream fold into a state S.
// Each aggregate package exports one value of it.
type Aggregate[S any, E Event] struct {
	// Name is the middle of the stream's name: parley_<name>-<uuid>.
	Name string
	// Types is the aggregate's manifest.
	Types []Type
	// Version changes whenever the fold or the state's JSON form does, so that
	// snapshots of another version are not used.
	Version int
	// Apply folds one event into the state. It never fails: an event that was
	// stored is a fact.
	Apply func(*S, E)
	// Copy returns a state that later folds into the original don't change.
	Copy func(*S) *S
	// Final, which may be nil, tells the events that end a stream and need none of
	// those before them: what precedes may be gone from the store.
	Final func(E) bool
	// Removed, which may be nil, is the final event of a stream that is no longer whole
	// though none of its own events ended it: the store's operator deleted or cut it.
	// It says what was found. Without it such a stream goes on with what is left.
	Removed func(found string, at time.Time) E
	// Pass, which may be nil, lets an event of the store itself happen to the state: it
	// means nothing, but is one of the stream's.
	Pass func(*S)
	// Size estimates the memory that the state holds, in bytes.
	Size func(*S) int
}
