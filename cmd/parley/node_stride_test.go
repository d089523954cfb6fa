package main_test

import (
	"path/filepath"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/adapters/eventnode"
)

// firstPositions returns where the first two events of a store are.
func firstPositions(t *testing.T, address string) (at [2]uint64) {
	t.Helper()
	read, err := clientOf(t, address, nil).ReadAll(t.Context(), esdb.ReadAllOptions{From: esdb.Start{}}, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	for i := range at {
		event, err := read.Recv()
		if err != nil {
			t.Fatal(err)
		}
		at[i] = event.OriginalEvent().Position.Commit
	}
	return at
}

func TestNode_numbers_a_new_folder_as_it_is_told_and_keeps_that(t *testing.T) {
	t.Parallel()
	data, want := t.TempDir(), [2]uint64{1<<32 + 977, 1<<32 + 2*977}
	for _, said := range [][]string{{"--stride", "977"}, nil, {"--stride", "977"}} {
		node, addresses := runNode(t, 1, nil, append([]string{"--data", data, "--listen", "127.0.0.1:0"}, said...)...)
		if at := firstPositions(t, addresses[0]); at != want {
			t.Errorf("with %v the first events are at %v, want %v", said, at, want)
		}
		stopNode(t, node)
	}
	for _, other := range []string{"1", "976", "1954"} {
		wantUsageError(t, []string{"node", "--data", data, "--listen", "127.0.0.1:0", "--stride", other}, "numbered 977 apart")
	}
	wantUsageError(t, []string{"node", "--data", data, "--listen", "127.0.0.1:0", "--stride", "1"}, data)
}

func TestNode_keeps_a_folder_dense_that_began_so(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	node, err := eventnode.Open(eventnode.Config{Dir: filepath.Join(data, "events")})
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	wantUsageError(t, []string{"node", "--data", data, "--listen", "127.0.0.1:0", "--stride", "2"}, "numbered 1 apart")
	p, addresses := runNode(t, 1, nil, "--data", data, "--listen", "127.0.0.1:0", "--stride", "1")
	if at := firstPositions(t, addresses[0]); at != [2]uint64{1, 2} {
		t.Errorf("the first events are at %v", at)
	}
	stopNode(t, p)
}

func TestNode_refuses_a_stride_that_is_none(t *testing.T) {
	t.Parallel()
	for _, stride := range []string{"0", "-1", "1048577", "18446744073709551616", "many", "1.5", ""} {
		wantUsageError(t, []string{"node", "--listen", "127.0.0.1:0", "--stride=" + stride}, "--stride")
	}
}
