package directory

import (
	"parley/domain"
)

// Event is something that happened to a mirrored thing whose value is a T.
type Event[T any] interface {
	domain.Event
	apply(*Entry[T])
}

// Value is a mirrored value: it is itself the event that mirrors it.
type Value[T any] interface {
	Event[T]
	// Check returns everything that is wrong with the value.
	Check() []domain.FieldError
	equal(T) bool
	removal() Event[T]
}

// Entry is a mirrored thing as it was last heard of. Known says that it was
// ever mirrored, Removed that it was removed since: Last is then its last value.
type Entry[T any] struct {
	Known   bool
	Removed bool
	Last    T
}

// Here reports whether the commerce system has the thing now.
func (e *Entry[T]) Here() bool { return e.Known && !e.Removed }

// Mirror records a value that differs from the last one, also of a thing that
// was removed. Nothing happens when it is equal. Error: invalid with all field
// errors.
func Mirror[T Value[T]](e *Entry[T], value T) ([]Event[T], error) {
	if err := domain.Invalid(value.Check()...); err != nil {
		return nil, err
	}
	if e.Here() && e.Last.equal(value) {
		return nil, nil
	}
	return []Event[T]{value}, nil
}

// Remove records that the commerce system no longer has the thing. Nothing
// happens when it was removed before or never there.
func Remove[T Value[T]](e *Entry[T]) ([]Event[T], error) {
	if !e.Here() {
		return nil, nil
	}
	return []Event[T]{e.Last.removal()}, nil
}

func (e *Entry[T]) mirrored(value T) { *e = Entry[T]{Known: true, Last: value} }

func (e *Entry[T]) removed() { e.Removed = true }

// aggregate describes the streams of one kind of mirrored thing.
func aggregate[T any](name string, types ...domain.Type) domain.Aggregate[Entry[T], Event[T]] {
	return domain.Aggregate[Entry[T], Event[T]]{
		Name: name, Types: types, Version: 2,
		Apply: func(e *Entry[T], event Event[T]) { event.apply(e) },
		// A value is replaced whole and never changed, so a shallow copy is one.
		Copy: func(e *Entry[T]) *Entry[T] { d := *e; return &d },
		Size: func(*Entry[T]) int { return 1024 },
	}
}
