package domain

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Event is something that happened. EventType is its stored, versioned name
// (conversation.message-added.v1): a constant, never derived from a Go name.
type Event interface{ EventType() string }

// ErrUnknownType is returned for an event type that no manifest lists, as an
// older instance meets it during a rolling upgrade.
var ErrUnknownType = errors.New("event type is not known to this version")

// Type is one line of an aggregate's manifest: a stored name and how to read it.
type Type struct {
	name    string
	becomes string
	decode  func([]byte) (Event, error)
}

// Of returns the manifest line of event E.
func Of[E Event]() Type {
	return Upcast(func(e E) Event { return e })
}

// Upcast returns the manifest line of an old event type: it is read as Old and
// handed on as the newer event that the function makes of it, whose type does not
// depend on the data.
func Upcast[Old Event](up func(Old) Event) Type {
	var zero Old
	return Type{name: zero.EventType(), becomes: up(zero).EventType(), decode: func(data []byte) (Event, error) {
		var e Old
		if err := json.Unmarshal(data, &e); err != nil {
			return nil, fmt.Errorf("decode %s: %w", zero.EventType(), err)
		}
		return up(e), nil
	}}
}

// Name returns the stored name.
func (t Type) Name() string { return t.name }

// Registry reads every event type of the manifests it was made of. It is
// immutable and safe for concurrent use.
type Registry struct{ types map[string]Type }

// NewRegistry joins manifests and refuses a name that stands in them twice.
func NewRegistry(manifests ...[]Type) (*Registry, error) {
	r := &Registry{types: map[string]Type{}}
	for _, m := range manifests {
		for _, t := range m {
			if _, twice := r.types[t.name]; twice {
				return nil, fmt.Errorf("event type %s is registered twice", t.name)
			}
			r.types[t.name] = t
		}
	}
	return r, nil
}

// Decode returns the event of a stored type and its data, or an error that
// wraps [ErrUnknownType].
func (r *Registry) Decode(name string, data []byte) (Event, error) {
	t, ok := r.types[name]
	if !ok {
		return nil, fmt.Errorf("%w: %s", ErrUnknownType, name)
	}
	return t.decode(data)
}

// Becomes returns the type of the event that a stored type decodes to, and
// whether a manifest lists the stored type.
func (r *Registry) Becomes(name string) (string, bool) {
	t, ok := r.types[name]
	return t.becomes, ok
}
