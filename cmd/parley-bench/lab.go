package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// lab is the place of a run: one folder, and everything that was started in it.
type lab struct {
	run     runCommand
	dir     string
	parley  string // the program to measure
	machine machine
	db      *database // once it is needed
	closers []func()
}

// openLab makes the folder and builds the program.
func openLab(ctx context.Context, run runCommand) (*lab, error) {
	dir, err := os.MkdirTemp(run.Dir, "parley-bench-")
	if err != nil {
		return nil, fmt.Errorf("make the bench's folder: %w", err)
	}
	l := &lab{run: run, dir: dir, parley: run.Parley, machine: lookAround(dir)}
	l.atClose(func() { _ = os.RemoveAll(dir) })
	// The database's user must be able to pass through.
	if err := os.Chmod(dir, 0o755); err != nil {
		l.close()
		return nil, fmt.Errorf("open the bench's folder: %w", err)
	}
	if l.parley == "" {
		l.parley = filepath.Join(dir, "bin", "parley")
		if out, err := exec.CommandContext(ctx, "go", "build", "-o", l.parley, "parley/cmd/parley").CombinedOutput(); err != nil {
			l.close()
			return nil, fmt.Errorf("build the program: %w: %s", err, out)
		}
	}
	return l, nil
}

func (l *lab) atClose(do func()) { l.closers = append(l.closers, do) }

// close ends everything, the last first.
func (l *lab) close() {
	for _, do := range slices.Backward(l.closers) {
		do()
	}
	l.closers = nil
}

// folder makes a folder of the lab.
func (l *lab) folder(name string) (string, error) {
	path := filepath.Join(l.dir, name)
	return path, os.MkdirAll(path, 0o700)
}

// measurement is a part of the run. Its id begins the titles of its tables.
type measurement struct {
	id      string
	measure func(*lab, context.Context) ([]table, error)
}

// measurements are all there are, in the order in which they are made and shown.
var measurements = []measurement{
	{"S1", (*lab).speedOfPosting},
	{"S2", (*lab).speedOfAppending},
	{"S2", (*lab).speedOfBatching},
	{"Catch-up", (*lab).speedOfCatchingUp},
	{"Delivery", (*lab).delayOfDelivery},
	{"S4", (*lab).delayOfReading},
	{"S5", (*lab).speedOfLists},
	{"S6", (*lab).costOfGrowth},
	{"S8", (*lab).manyStreams},
	{"S11", (*lab).costOfShowing},
	{"S13", (*lab).costOfSharing},
	{bigID, (*lab).sizeOfBigStore},
}

// bigID is the measurement that is made only when it is asked for.
const bigID = "Big"

// wants reports whether the run includes a measurement.
func (l *lab) wants(id string) bool {
	if len(l.run.Only) == 0 {
		return id != bigID || l.run.Big > 0
	}
	return slices.ContainsFunc(l.run.Only, func(o string) bool { return strings.EqualFold(o, id) })
}

// measureAll measures what the run includes and returns its sections of the page.
func (l *lab) measureAll(ctx context.Context) ([]section, error) {
	if l.run.Rounds < 1 {
		return nil, fmt.Errorf("--rounds must be at least 1")
	}
	var tables []table
	for _, m := range measurements {
		if !l.wants(m.id) {
			continue
		}
		found, err := m.measure(l, ctx)
		if err != nil {
			return nil, fmt.Errorf("measure %s: %w", m.id, err)
		}
		tables = append(tables, found...)
	}
	l.machine.after()
	measured := make([]section, len(tables))
	for i, t := range tables {
		measured[i] = t.section(l.conditions())
	}
	return measured, nil
}

// conditions says how and where the run was taken.
func (l *lab) conditions() string { return l.run.String() + ". " + l.machine.String() }
