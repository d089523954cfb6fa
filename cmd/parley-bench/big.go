package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// Bars of the big store: how long opening it may take, and by how much its
// memory may grow in a million events.
const (
	openingBar = time.Second
	growthBar  = 1 << 20
)

// bigDefault is how many events a big store has unless the run says so.
const bigDefault = 10_000_000

// sizeOfBigStore measures a store of very many small events: how long it takes
// to open, and that its memory does not grow with them.
func (l *lab) sizeOfBigStore(ctx context.Context) ([]table, error) {
	events := l.run.Big
	if events == 0 {
		events = bigDefault
	}
	dir, err := l.folder("big")
	if err != nil {
		return nil, err
	}
	var filled filling
	if err := l.ask(ctx, &filled, "fill", dir, strconv.Itoa(events)); err != nil {
		return nil, fmt.Errorf("fill it: %w", err)
	}
	size, err := forget(dir)
	if err != nil {
		return nil, fmt.Errorf("forget its files: %w", err)
	}
	var walked walk
	if err := l.ask(ctx, &walked, "walk", dir, strconv.Itoa(events)); err != nil {
		return nil, fmt.Errorf("walk through it: %w", err)
	}
	return []table{bigTable(events, size, filled, walked)}, os.RemoveAll(dir)
}

func bigTable(events int, size int64, filled filling, walked walk) table {
	t := table{
		title: fmt.Sprintf("%s · a store of %d events", bigID, events),
		note: fmt.Sprintf("Events of %d bytes in streams of %d, %s on disk, appended a stream at a time by 16 writers. Cold: the files are in no cache. Memory is what the system counts as resident of the process that holds the store, caches included: the most of 200 samples, and how what is left of them by a garbage collection grows in the second half; all events are followed twice, so that the second half begins with full caches.",
			smallBytes, smallStream, mebibytes(size)),
	}
	t.figure("filling, events/s", fmt.Sprintf("%.0f", float64(events)/filled.Took.Seconds()))
	t.flat("memory while filling", filled.Memory)
	t.atMost("opening, cold", walked.Cold, openingBar)
	t.atMost("opening, warm", walked.Warm, openingBar)
	t.figure("memory once open", mebibytes(walked.Opened))
	t.figure("following all from the first on, events/s", fmt.Sprintf("%.0f", float64(events)/walked.Reading.Seconds()))
	t.flat("memory while following all", walked.Read)
	t.figure("appending one by one, 16 writers, followed, events/s", fmt.Sprintf("%.0f", float64(walked.Appends)/walked.Appending.Seconds()))
	t.figure("memory while appending", mebibytes(walked.Appended.Most)+" at most")
	return t
}

// flat adds memory that must not grow.
func (t *table) flat(what string, g growth) {
	slope := g.perMillion()
	t.rows = append(t.rows, row{what: what, figure: g.String(), bar: "≤ " + mebibytes(growthBar) + " a million", met: met(slope <= growthBar)})
}

// ask runs this program as a child that answers with JSON and ends.
func (l *lab) ask(ctx context.Context, answer any, args ...string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	return json.NewDecoder(bytes.NewReader(out)).Decode(answer)
}

// forget makes the system drop a folder's files from its cache, where it can,
// and returns their size.
func forget(dir string) (size int64, err error) {
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		size += info.Size()
		out, err := exec.Command("dd", "of="+path, "oflag=nocache", "conv=notrunc,fdatasync", "count=0").CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	})
	return size, err
}
