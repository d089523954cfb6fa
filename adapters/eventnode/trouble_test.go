package eventnode_test

import (
	"errors"
	"testing"
	"time"

	"parley/adapters/adaptertest/disktest"
	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// full makes a disk take no writes, and tells of each that it has refused.
func full(disk *disktest.Disk) (refused chan struct{}) {
	refused = make(chan struct{}, 1)
	disk.Fail(func(op disktest.Op) disktest.Fault {
		if op.Kind != disktest.Write {
			return disktest.None
		}
		select {
		case refused <- struct{}{}:
		default:
		}
		return disktest.Full
	})
	return refused
}

// untilTrouble waits until the node says that it has trouble, or none.
func untilTrouble(t *testing.T, node *eventnode.Node, want bool) eventlog.Trouble {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; awaitRetry(t) {
		if trouble := node.Trouble(); (trouble.Err != nil) == want {
			return trouble
		}
		if time.Now().After(deadline) {
			t.Fatalf("it says %+v, want trouble: %v", node.Trouble(), want)
		}
	}
}

func TestTrouble_is_a_disk_that_takes_no_writes_until_it_does(t *testing.T) {
	t.Parallel()
	f := newFaulty(t, 1)
	mustAppend(t, f.node, "parley_a", eventlog.NoStream, newEvents(1)...)
	if trouble := f.node.Trouble(); trouble != (eventlog.Trouble{}) {
		t.Errorf("at first it says %+v", trouble)
	}
	began := time.Now()
	writes := full(f.disk)
	if _, err := f.node.Append(t.Context(), "parley_a", 0, newEvents(1)); !errors.Is(err, eventlog.ErrUnavailable) {
		t.Fatalf("the disk is full, and an append gave %v", err)
	}
	trouble := f.node.Trouble()
	refused, ok := errors.AsType[*eventlog.RefusedError](trouble.Err)
	if !ok || refused.Refusal != eventlog.RefusedWrites || trouble.Since.Before(began) {
		t.Errorf("it says %+v", trouble)
	}
	// Nobody appends any more: the node finds out by itself how it stands.
	for range 4 {
		<-writes
		if later := f.node.Trouble(); later.Since != trouble.Since || later.Err == nil {
			t.Fatalf("then it says %+v", later)
		}
	}
	f.disk.Fail(nil)
	untilTrouble(t, f.node, false)
	mustAppend(t, f.node, "parley_a", 0, newEvents(1)...)
}
