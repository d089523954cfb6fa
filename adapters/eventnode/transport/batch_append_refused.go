package transport

import "github.com/google/uuid"

// maxRefused is how many refused appends a call keeps in mind.
const maxRefused = 1024

// refusedIDs are the ids of appends that were refused before their last part
// came: what still comes of them is nothing new. Beyond maxRefused any is
// forgotten; a client with so many would get a second answer for it.
type refusedIDs map[uuid.UUID]struct{}

func (r refusedIDs) has(id uuid.UUID) bool {
	_, has := r[id]
	return has
}

func (r refusedIDs) add(id uuid.UUID) {
	if len(r) >= maxRefused {
		for any := range r {
			delete(r, any)
			break
		}
	}
	r[id] = struct{}{}
}

func (r refusedIDs) forget(id uuid.UUID) { delete(r, id) }
