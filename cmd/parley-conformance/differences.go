package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// transcriptVariable names the folder with the recorder of answers and those of a
// real server, where there is one; recordedCases is how many there are.
const (
	transcriptVariable = "PARLEY_TEST_TRANSCRIPT"
	recordedCases      = 95
)

// difference is something that the node does otherwise than a real EventStoreDB,
// on purpose. Cases are those of the recorded answers in which it shows, each with
// how many lines are in one record and not in the other.
type difference struct {
	real, node, reason string
	cases              map[string]int
}

// differences is the one list of them.
var differences = []difference{
	{
		"ends a request that lacks its options, its stream, its start or an id, or that has a bad id, an empty type, a bad pattern, an interval of 0, a count of 0 or a revision above all, with status Unknown and the text of an exception; one that lacks a form of ids it never answers",
		"says InvalidArgument and what is wrong, and answers a count of 0 and a revision above all with nothing",
		"Unknown looks like a fault of the server, which clients try again",
		map[string]int{"wire: what a consumer gets": 2, "refused: appends": 20, "refused: reads": 16},
	},
	{
		"lets everybody append to $all, and to any other stream that begins with $, while it is insecure",
		"refuses $all always, and the others, like the product's own streams, unless it is started with --writable",
		"these streams steer the store, and $all is no stream",
		nil, // the first shows in a case that is named above
	},
	{
		"never answers when the same events are sent again at Any in another order",
		"answers as to any repetition, with the place of the event that was sent last",
		"a client that gets no answer sends again, for ever",
		map[string]int{"part of an append again": 2},
	},
	{
		"writes an event again that is sent again at Any, when another stream has one of the same id",
		"recognises it, as without the other stream",
		"what is sent again after an unknown outcome must not be there twice",
		map[string]int{"one id in two streams": 3},
	},
	{
		"answers an append that is sent again behind a deletion with the position of its first event",
		"gives the last one's, as to every append",
		"a position that an answer gives is where one may go on from",
		map[string]int{"an append again behind a deletion": 4},
	},
	{
		"ends a read forwards from the end of a stream with status Unknown",
		"answers it with nothing",
		"that is what there is",
		map[string]int{"read forwards": 2},
	},
	{
		"says *caught up* on a stream that is not there, or is deleted, only once there is an event",
		"says it at once, as versions from 24.10 on do",
		"who waits for it would wait until somebody writes",
		map[string]int{
			"subscribe to what does not exist yet": 2, "subscribe to what is deleted": 2,
			"subscribe and resolve links": 2, "subscribe to system streams": 2,
		},
	},
}

// differing returns the recorded cases in which the node differs, each with how
// many lines are in one record and not in the other.
func differing() map[string]int {
	all := map[string]int{}
	for _, d := range differences {
		for name, lines := range d.cases {
			all[name] = lines
		}
	}
	return all
}

const differencesPreface = `
## Different on purpose

What the node does otherwise than EventStoreDB 23.10.8, and why. The answers of such a server to %d cases were recorded, and
` + "`TestNode_answers_as_the_real_server_did`" + ` records the node's beside them wherever ` + "`" + transcriptVariable + "`" + ` names a folder that has
the recorder and the answers: they differ in the %d cases that are named here, and in nothing else.

`

// differencesPage is the part of the page that says them.
func differencesPage() string {
	var b strings.Builder
	fmt.Fprintf(&b, differencesPreface, recordedCases, len(differing()))
	for _, d := range differences {
		text := fmt.Sprintf("- The server %s. The node %s: %s.", d.real, d.node, d.reason)
		if names := slices.Sorted(maps.Keys(d.cases)); len(names) > 0 {
			text += fmt.Sprintf(" Seen in *%s*.", strings.Join(names, "*, *"))
		}
		b.WriteString(wrapped(text) + "\n")
	}
	return b.String()
}

// pageWidth is how long lines of running text get.
const pageWidth = 140

// wrapped breaks an item of a list into lines.
func wrapped(item string) string {
	var b strings.Builder
	width := 0
	for i, word := range strings.Fields(item) {
		switch {
		case i == 0:
		case width+1+len(word) > pageWidth:
			b.WriteString("\n  ")
			width = 2
		default:
			b.WriteByte(' ')
			width++
		}
		b.WriteString(word)
		width += len(word)
	}
	return b.String()
}
