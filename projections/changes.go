package projections

import (
	"iter"
	"slices"
)

// Changes folds the changes of a batch into one per key. The zero value is
// ready to use. Keys keep the order in which they first came.
type Changes[K comparable, C any] struct {
	keys    []K
	changes map[K]*C
}

// Of returns the change of the key, a new one at first.
func (s *Changes[K, C]) Of(key K) *C {
	if c, ok := s.changes[key]; ok {
		return c
	}
	if s.changes == nil {
		s.changes = map[K]*C{}
	}
	c := new(C)
	s.keys = append(s.keys, key)
	s.changes[key] = c
	return c
}

// Has reports whether the key is changed.
func (s *Changes[K, C]) Has(key K) bool {
	_, ok := s.changes[key]
	return ok
}

// Drop forgets the changes of the keys that match.
func (s *Changes[K, C]) Drop(match func(K) bool) {
	s.keys = slices.DeleteFunc(s.keys, func(key K) bool {
		if !match(key) {
			return false
		}
		delete(s.changes, key)
		return true
	})
}

// All yields the keys and their changes.
func (s *Changes[K, C]) All() iter.Seq2[K, *C] {
	return func(yield func(K, *C) bool) {
		for _, key := range s.keys {
			if !yield(key, s.changes[key]) {
				return
			}
		}
	}
}
