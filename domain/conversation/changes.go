package conversation

import "slices"

// maxChanges bounds the messages whose latest change is remembered.
const maxChanges = 256

// Changes tells where in the stream the latest change of a message stands. It
// remembers those of the messages that were changed last, so that the state
// stays small; a change that it has forgotten stands at or before the revision
// Forgotten.
type Changes struct {
	Latest    []Change `json:",omitempty"` // oldest first
	Forgotten int      `json:",omitempty"`
}

// Change is the revision of the latest change of a message.
type Change struct{ Number, Revision int }

// Of returns the revision of the latest change of a message, and whether it is
// remembered.
func (c Changes) Of(number int) (revision int, ok bool) {
	if i := c.index(number); i >= 0 {
		return c.Latest[i].Revision, true
	}
	return 0, false
}

func (c *Changes) note(number, revision int) {
	if i := c.index(number); i >= 0 {
		c.Latest = slices.Delete(c.Latest, i, i+1)
	}
	c.Latest = append(c.Latest, Change{number, revision})
	if len(c.Latest) > maxChanges {
		c.Forgotten = c.Latest[0].Revision
		c.Latest = slices.Delete(c.Latest, 0, 1)
	}
}

func (c Changes) index(number int) int {
	return slices.IndexFunc(c.Latest, func(known Change) bool { return known.Number == number })
}
