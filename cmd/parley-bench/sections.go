package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// preface is what the page says before its sections.
const preface = `# Performance

Written by ` + "`make bench`" + `. Each section says how, when and where it was taken; one that the last run left out is kept from the run before, and so is the last one, which nobody measures: what was done about the bars. Rates are the median of the rounds with the least and the greatest; a ratio is the median of each round's, figure and baseline taken in turn on the same disk. The load comes from the same machine and takes its part of the processors.
`

// section is a part of the page, heading included.
type section struct{ title, text string }

// id returns the measurement that the section belongs to: what its title says
// before the dot.
func (s section) id() string {
	id, _, _ := strings.Cut(s.title, " · ")
	return id
}

// page returns the whole report.
func page(sections []section) string {
	var b strings.Builder
	b.WriteString(preface)
	for _, s := range sections {
		fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(s.text))
	}
	return b.String()
}

// writePage writes what was measured into a file, beside what the file says of
// other measurements.
func writePage(path string, measured []section) error {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the last page: %w", err)
	}
	return os.WriteFile(path, []byte(page(merge(sectionsOf(string(old)), measured))), 0o644)
}

// sectionsOf takes a page apart.
func sectionsOf(page string) []section {
	_, rest, _ := strings.Cut("\n"+page, "\n## ")
	var found []section
	for text := range strings.SplitSeq(rest, "\n## ") {
		if title, _, ok := strings.Cut(text, "\n"); ok {
			found = append(found, section{title: title, text: "## " + text})
		}
	}
	return found
}

// merge returns the sections of both in the order of the measurements; what was
// measured replaces all that was kept of the same measurement.
func merge(kept, measured []section) []section {
	kept = slices.DeleteFunc(slices.Clone(kept), func(k section) bool {
		return slices.ContainsFunc(measured, func(m section) bool { return m.id() == k.id() })
	})
	all := append(kept, measured...)
	slices.SortStableFunc(all, func(a, b section) int { return place(a) - place(b) })
	return all
}

// place returns where a section stands; one that nobody measures any more comes
// last.
func place(s section) int {
	at := slices.IndexFunc(measurements, func(m measurement) bool { return m.id == s.id() })
	if at < 0 {
		return len(measurements)
	}
	return at
}
