package main_test

import (
	"net/http"
	"testing"

	"parley/adapters/adaptertest/logtest"
)

// A file's conversations are answered, to everybody, as the file says: compared
// is what an oracle makes of the file alone.
func TestImport_is_answered_as_the_file_says(t *testing.T) {
	t.Parallel()
	t.Run("real dialogues", func(t *testing.T) {
		onBothStacks(t, func(t *testing.T, stores []string) { importAndCompare(t, stores, mostOf(t, realDataset(t))) })
	})
	t.Run("made ones", func(t *testing.T) {
		onBothStacks(t, func(t *testing.T, stores []string) { importAndCompare(t, stores, generateDataset(t, 150)) })
	})
}

// mostOf returns the whole file, or as much of it as the race detector, and every
// later test on a server that is named, gets through in reasonable time.
func mostOf(t *testing.T, d *dataset) *dataset {
	t.Helper()
	if !raceDetector && logtest.Named() == "" {
		return d
	}
	return d.first(t, 300)
}

func importAndCompare(t *testing.T, stores []string, d *dataset) {
	file := inFile(t, d.zipped(t))
	first, _ := importFile(t, 0, nil, append([]string{file}, stores...)...)
	if want := (imported{Lines: len(d.lines), Created: len(d.lines), position: first.position}); first != want {
		t.Fatalf("got %+v, want %+v", first, want)
	}
	again, _ := importFile(t, 0, nil, append([]string{file}, stores...)...)
	if want := (imported{Lines: len(d.lines), Unchanged: len(d.lines), position: first.position}); again != want {
		t.Fatalf("the second time: got %+v, want %+v", again, want)
	}
	p := serve(t, stores)
	admin := p.as(d.administrator(t).String())
	wantReached(t, admin, first.position)
	learnIDs(t, admin, d)
	d.adopt(t, admin)
	compareAll(t, p, d)
}

// adopt makes one customer the parent of another that has none, so that people of
// the one see what is the other's, on both sides.
func (d *dataset) adopt(t *testing.T, admin caller) {
	t.Helper()
	all := sortedKeys(d.customers, func(id string) string { return id })
	parent, child := all[0], d.customers[all[len(all)-1]]
	if child.Parent != "" {
		return
	}
	child.Parent = parent
	done := admin.send(http.MethodPut, "/v1/customers/"+child.ID, map[string]string{"name": child.Name, "parent": parent}).want(http.StatusNoContent)
	name, position := done.since()
	admin.get("/v1/conversations?limit=1", name, position).want(http.StatusOK)
}
