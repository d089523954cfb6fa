package conversation_test

import (
	"testing"

	"pgregory.net/rapid"

	"parley/domain/conversation"
)

func TestOverall_maps_every_public_number_exactly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, want, runs := &state{}, []int{0}, 0
		last := false
		for number := range rapid.IntRange(0, 60).Draw(t, "messages") {
			internal := rapid.Bool().Draw(t, "internal")
			m := conversation.MessageAdded{Number: number + 1, Internal: internal, Author: ada, From: ada}
			if !internal {
				want = append(want, number+1)
				m.PublicNumber = len(want) - 1
				if last {
					runs++
				}
			}
			last = internal
			before := conversation.Aggregate.Copy(c)
			conversation.Aggregate.Apply(c, m)
			conversation.Aggregate.Apply(before, m)
		}
		for public, overall := range want {
			if got := c.Overall(public); got != overall {
				t.Fatalf("public message %d is %d of all, want %d", public, got, overall)
			}
		}
		if len(c.Offsets) != runs {
			t.Fatalf("%d runs of internal messages are %d offsets", runs, len(c.Offsets))
		}
	})
}

func TestOffsets_are_counted_in_the_size(t *testing.T) {
	t.Parallel()
	c := started()
	without := conversation.Aggregate.Size(c)
	for n := range 1000 {
		conversation.Aggregate.Apply(c, conversation.MessageAdded{Number: 2*n + 1, Internal: true, Author: ada, From: ada})
		conversation.Aggregate.Apply(c, conversation.MessageAdded{Number: 2*n + 2, PublicNumber: n + 1, Author: ada, From: ada})
	}
	if got := conversation.Aggregate.Size(c) - without; got < 16*1000 || got > 64*1000 {
		t.Errorf("1,000 runs of internal messages count %d bytes", got)
	}
}
