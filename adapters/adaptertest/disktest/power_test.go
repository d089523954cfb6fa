package disktest_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"parley/adapters/adaptertest/disktest"
)

// written returns the calls of a file that got "aaaa", synced, and then "bbbb"
// and a cut to six bytes, not synced.
func written() []disktest.Op {
	return []disktest.Op{
		{Kind: disktest.Write, Path: "f", Data: []byte("aaaa")},
		{Kind: disktest.Sync, Path: "f"},
		{Kind: disktest.Note, Size: 1},
		{Kind: disktest.Write, Path: "f", Offset: 4, Data: []byte("bbbb")},
		{Kind: disktest.Truncate, Path: "f", Size: 6},
	}
}

func TestPower_keeps_what_was_synced_and_any_part_of_the_rest(t *testing.T) {
	t.Parallel()
	for loss, want := range map[disktest.Loss][]string{
		disktest.Nothing: {"aaaa"},
		disktest.All:     {"aaaabb"},
		disktest.Prefix:  {"aaaa", "aaaabbbb", "aaaabb"},
		disktest.Torn:    {"aaaa", "aaaabb", "aaaabbbb"},
	} {
		power, dir := disktest.NewPower(written()), t.TempDir()
		for power.Step() {
		}
		if notes := power.Notes(); len(notes) != 1 || notes[0] != 1 {
			t.Errorf("the notes are %v", notes)
		}
		seen := map[string]bool{}
		for seed := range uint64(50) {
			if err := power.Write(dir, loss, rand.New(rand.NewPCG(seed, 0))); err != nil {
				t.Fatal(err)
			}
			left, err := os.ReadFile(filepath.Join(dir, "f"))
			if err != nil {
				t.Fatal(err)
			}
			seen[string(left)] = true
			if !strings.Contains(strings.Join(want, " "), string(left)) {
				t.Errorf("%s: %q is left", loss, left)
			}
		}
		if loss == disktest.Prefix && len(seen) != len(want) {
			t.Errorf("only %v were seen", seen)
		}
	}
}

func TestDisk_fails_as_it_is_told(t *testing.T) {
	t.Parallel()
	disk := disktest.New(t)
	file, err := disk.Node().Open(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for fault, want := range map[disktest.Fault]error{
		disktest.None: nil, disktest.Lie: nil, disktest.IOError: syscall.EIO, disktest.Full: syscall.ENOSPC, disktest.Short: syscall.ENOSPC,
	} {
		disk.Fail(func(disktest.Op) disktest.Fault { return fault })
		if _, err := file.WriteAt([]byte("abcd"), 0); !errors.Is(err, want) {
			t.Errorf("fault %d gave %v, want %v", fault, err, want)
		}
	}
	if ops := disk.Ops(); len(ops) != 2 { // the whole write and half of one
		t.Errorf("%d calls were written down", len(ops))
	}
}
