package persistent

import (
	"fmt"
	"slices"
	"time"
)

// counter counts handled events, in all and since it was last looked at.
type counter struct {
	total, since int64
	looked       time.Time
}

func (c *counter) add() {
	c.total++
	c.since++
}

// look returns the count since the last look and the average per second over
// that time.
func (c *counter) look(now time.Time) (since int64, average int32) {
	since = c.since
	if d := now.Sub(c.looked).Seconds(); !c.looked.IsZero() && d > 0 {
		average = int32(float64(since) / d)
	}
	c.since, c.looked = 0, now
	return since, average
}

// kept is how many latencies are remembered.
const kept = 1000

// latencies are the times that a consumer took for its latest events.
type latencies struct {
	ring []time.Duration
	next int
}

func (l *latencies) add(d time.Duration) {
	if len(l.ring) < kept {
		l.ring = append(l.ring, d)
		return
	}
	l.ring[l.next] = d
	l.next = (l.next + 1) % kept
}

// Measurement is one figure of a consumer's latencies, in milliseconds.
type Measurement struct {
	Key   string
	Value int64
}

// measurements returns the extra statistics, under the real server's names.
func (l *latencies) measurements() []Measurement {
	if len(l.ring) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(l.ring))
	var sum time.Duration
	for _, d := range sorted {
		sum += d
	}
	at := func(share float64) int64 {
		return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))].Milliseconds()
	}
	out := []Measurement{
		{"Mean", (sum / time.Duration(len(sorted))).Milliseconds()},
		{"Median", at(0.5)},
		{"Fastest", at(0)},
	}
	for i := 1; i <= 5; i++ {
		out = append(out, Measurement{fmt.Sprintf("Quintile %d", i), at(float64(i) / 5)})
	}
	for _, p := range []float64{90, 95, 99, 99.5, 99.9} {
		out = append(out, Measurement{fmt.Sprintf("%g%%", p), at(p / 100)})
	}
	return append(out, Measurement{"Highest", at(1)})
}
