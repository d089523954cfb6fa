package main

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"strconv"
)

// resident returns how much of this process's memory is in use, in bytes, or 0
// where the system does not tell.
func resident() int64 { return residentOf(os.Getpid()) }

// residentOf returns the same of another process.
func residentOf(pid int) int64 {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	fields := bytes.Fields(text)
	if err != nil || len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(string(fields[1]), 10, 64)
	return pages * int64(os.Getpagesize())
}

// growth follows the memory of a process that takes in events.
type growth struct {
	every   int // events between two samples
	seen    int
	Most    int64 // resident at any sample, garbage included
	Samples []sample
}

// sample is what was resident after so many events and a garbage collection.
type sample struct {
	Events int
	Bytes  int64
}

// newGrowth samples 200 times in so many events.
func newGrowth(events int) *growth { return &growth{every: max(1, events/200)} }

// note counts events.
func (g *growth) note(events int) {
	before := g.seen / g.every
	if g.seen += events; g.seen/g.every > before {
		g.Most = max(g.Most, resident())
		debug.FreeOSMemory()
		g.Samples = append(g.Samples, sample{g.seen, resident()})
	}
}

// perMillion returns by how many bytes the memory grows in a million events: the
// slope of the line through the second half of the samples.
func (g *growth) perMillion() int64 {
	half := g.Samples[len(g.Samples)/2:]
	var n, x, y, xx, xy float64
	for _, s := range half {
		events, bytes := float64(s.Events)/1e6, float64(s.Bytes)
		n, x, y, xx, xy = n+1, x+events, y+bytes, xx+events*events, xy+events*bytes
	}
	if spread := n*xx - x*x; spread > 0 {
		return int64(math.Round((n*xy - x*y) / spread))
	}
	return 0
}

// String shows the growth as a row does.
func (g *growth) String() string {
	return fmt.Sprintf("%s at most, %+.2f MiB a million events", mebibytes(g.Most), float64(g.perMillion())/(1<<20))
}
