package conversation

import "sort"

// Offset says that the public messages from number Public on, as far as the next
// offset, have Internal internal ones before them. Before the first offset there
// is none. A conversation has one for each run of internal messages that a public
// one followed.
type Offset struct {
	Public   int
	Internal int
}

// Overall returns the number over all messages of the message with a public
// number, and 0 of none.
func (c *Conversation) Overall(public int) int {
	i := sort.Search(len(c.Offsets), func(i int) bool { return c.Offsets[i].Public > public })
	if i == 0 {
		return public
	}
	return public + c.Offsets[i-1].Internal
}

// shift notes where a public message stands among all.
func (c *Conversation) shift(e MessageAdded) {
	internal := e.Number - e.PublicNumber
	if internal > c.Overall(e.PublicNumber)-e.PublicNumber {
		c.Offsets = append(c.Offsets, Offset{Public: e.PublicNumber, Internal: internal})
	}
}
