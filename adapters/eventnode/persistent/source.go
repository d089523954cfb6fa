package persistent

import (
	"fmt"
	"strconv"
	"strings"

	"parley/adapters/eventnode"
)

// All is the source that is every stream.
const All = Source("$all")

// Source is what a group reads: a stream, or [All].
type Source string

// place writes a revision, or a position of all streams, as clients read it.
func (s Source) place(at int64) string {
	if s == All {
		return fmt.Sprintf("C:%d/P:%d", at, at)
	}
	return strconv.FormatInt(at, 10)
}

// Place writes a revision of the source, or a position, as clients read it.
func (i *Info) Place(at int64) string { return i.Source.place(at) }

// Start is where a group begins: with the event at a revision or position
// (inclusive), or behind what is there when it is created.
type Start struct {
	At  int64 `json:"at"`
	End bool  `json:"end,omitempty"`
}

// Began writes the group's start as clients read it.
func (i *Info) Began() string {
	if i.Start.End {
		return i.Source.place(-1)
	}
	return i.Source.place(i.Start.At)
}

// Filter picks events of all streams, by stream name or by type, that begin with
// one of the prefixes or match the expression.
type Filter struct {
	ByType   bool     `json:"byType,omitempty"`
	Prefixes []string `json:"prefixes,omitempty"`
	Regex    string   `json:"regex,omitempty"`
}

// Matcher reports whether an event is wanted.
type Matcher func(*eventnode.Record) bool

// The names of a group's own streams.
const (
	namePrefix       = "$persistentsubscription-"
	checkpointSuffix = "-checkpoint"
	parkedSuffix     = "-parked"
)

// key names a group.
type key struct {
	source Source
	group  string
}

func (k key) checkpoints() string {
	return namePrefix + string(k.source) + "::" + k.group + checkpointSuffix
}

func (k key) parked() string {
	return namePrefix + string(k.source) + "::" + k.group + parkedSuffix
}

// ignores says that a group of all streams must not be given an event: its own
// parked ones would come back for ever, and every checkpoint would be an event
// that calls for the next one.
func (k key) ignores(r *eventnode.Record) bool {
	name := strings.TrimPrefix(r.Stream, "$$")
	if !strings.HasPrefix(name, namePrefix) {
		return false
	}
	return strings.HasSuffix(name, checkpointSuffix) || name == k.parked()
}
