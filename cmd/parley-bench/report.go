package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// table is one measurement as the page shows it.
type table struct {
	title, note string
	rows        []row
}

type row struct{ what, figure, baseline, ratio, bar, met string }

// compare adds a rate beside its baseline's and their ratio, which must reach a
// bar.
func (t *table) compare(what string, laps, base []lap, baseline string, bar float64) {
	ratios := make([]float64, len(laps))
	for i := range laps {
		ratios[i] = laps[i].rate / base[i].rate
	}
	m := median(ratios)
	t.rows = append(t.rows, row{
		what, rates(laps) + ", " + latencies(laps), baseline + " " + rates(base) + ", " + latencies(base),
		spread(ratios, "%.2f"), fmt.Sprintf("≥ %.1f", bar), met(m >= bar),
	})
}

// slower adds the time that an operation takes beside its baseline's and their
// ratio, which must not exceed a bar.
func (t *table) slower(what string, laps, base []lap, baseline string, bar float64) {
	ratios := make([]float64, len(laps))
	for i := range laps {
		ratios[i] = base[i].rate / laps[i].rate
	}
	m := median(ratios)
	t.rows = append(t.rows, row{
		what, each(laps) + ", " + latencies(laps), baseline + " " + each(base) + ", " + latencies(base),
		spread(ratios, "%.2f"), fmt.Sprintf("≤ %.1f", bar), met(m <= bar),
	})
}

// atLeast adds a rate that must reach a number which was measured elsewhere.
func (t *table) atLeast(what string, laps []lap, number float64) {
	m := median(ratesOf(laps))
	t.rows = append(t.rows, row{
		what, rates(laps), fmt.Sprintf("%.0f (elsewhere)", number),
		fmt.Sprintf("%.2f", m/number), "> 1", met(m > number),
	})
}

// atMost adds a time that must not exceed a bar; a bar of 0 is none.
func (t *table) atMost(what string, d, bar time.Duration) {
	r := row{what: what, figure: milliseconds(d)}
	if bar > 0 {
		r.bar, r.met = "≤ "+milliseconds(bar), met(d <= bar)
	}
	t.rows = append(t.rows, r)
}

// mostly adds a time whose median must not exceed a bar; a bar of 0 is none.
func (t *table) mostly(what string, samples []time.Duration, bar time.Duration) {
	values := make([]float64, len(samples))
	for i, d := range samples {
		values[i] = float64(d) / float64(time.Millisecond)
	}
	r := row{what: what, figure: spread(values, "%.3g") + " ms"}
	if bar > 0 {
		r.bar, r.met = "≤ "+milliseconds(bar), met(median(values) <= float64(bar)/float64(time.Millisecond))
	}
	t.rows = append(t.rows, r)
}

// within adds an amount of memory that must not exceed a bar.
func (t *table) within(what string, bytes, bar int64) {
	t.rows = append(t.rows, row{what: what, figure: mebibytes(bytes), bar: "≤ " + mebibytes(bar), met: met(bytes <= bar)})
}

// figure adds what has no bar.
func (t *table) figure(what, figure string) {
	t.rows = append(t.rows, row{what: what, figure: figure})
}

func mebibytes(n int64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }

func met(yes bool) string {
	if yes {
		return "yes"
	}
	return "**no**"
}

func ratesOf(laps []lap) []float64 {
	rates := make([]float64, len(laps))
	for i, l := range laps {
		rates[i] = l.rate
	}
	return rates
}

// times counts every operation as n.
func times(laps []lap, n int) []lap {
	counted := slices.Clone(laps)
	for i := range counted {
		counted[i].rate *= float64(n)
	}
	return counted
}

func rates(laps []lap) string { return spread(ratesOf(laps), "%.0f") }

// each shows how long an operation took in the mean of a lap, of one client.
func each(laps []lap) string {
	took := make([]float64, len(laps))
	for i, l := range laps {
		took[i] = 1000 / l.rate
	}
	return spread(took, "%.3g") + " ms"
}

// latencies shows the medians of p50 and p99.
func latencies(laps []lap) string {
	var p50, p99 []float64
	for _, l := range laps {
		p50, p99 = append(p50, float64(l.p50)), append(p99, float64(l.p99))
	}
	return fmt.Sprintf("p50 %s, p99 %s", milliseconds(time.Duration(median(p50))), milliseconds(time.Duration(median(p99))))
}

// spread shows the median with the least and the greatest.
func spread(values []float64, format string) string {
	return fmt.Sprintf(format+" ("+format+"–"+format+")", median(values), slices.Min(values), slices.Max(values))
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.3g ms", float64(d)/float64(time.Millisecond))
}

// section returns the table as a section of the page, with how it was taken.
func (t table) section(conditions string) section {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n%s\n\n%s\n\n| what | figure | baseline | ratio | bar | met |\n|---|---|---|---|---|---|\n", t.title, t.note, conditions)
	for _, r := range t.rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", r.what, r.figure, r.baseline, r.ratio, r.bar, r.met)
	}
	return section{title: t.title, text: b.String()}
}

// String says how to take the same run again.
func (c runCommand) String() string {
	text := fmt.Sprintf("`go run ./cmd/parley-bench --rounds %d --for %s", c.Rounds, c.For)
	if c.Big > 0 {
		text += fmt.Sprintf(" --big %d", c.Big)
	}
	if c.Messages != inboxDefault {
		text += fmt.Sprintf(" --messages %d", c.Messages)
	}
	for _, id := range c.Only {
		text += " --only " + id
	}
	return text + "`"
}
