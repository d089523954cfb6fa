//go:build unix

package eventnode_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"sync"
	"syscall"
	"testing"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

func TestNode_goes_on_after_the_disk_was_full(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	child, lines := startChild(t, "full", dir)
	acknowledged := map[uuid.UUID]bool{}
	for lines.Scan() {
		id, err := uuid.Parse(lines.Text())
		if err != nil {
			t.Fatalf("child says: %s", lines.Text())
		}
		acknowledged[id] = true
	}
	if err := child.Wait(); err != nil {
		t.Fatal(err)
	}
	node := openNode(t, eventnode.Config{Dir: dir})
	stored := wantWhole(t, node)
	for id := range acknowledged {
		if stored[id] != 1 {
			t.Errorf("acknowledged event %s is there %d times", id, stored[id])
		}
	}
	if len(stored) != len(acknowledged) {
		t.Errorf("%d events are there, %d were acknowledged", len(stored), len(acknowledged))
	}
}

// fillTheDisk appends until the system refuses to let the files grow, appends
// the same events again once it does not, and prints what was acknowledged. The
// limit is that of a file's size, which the system applies to this process only.
func fillTheDisk() {
	node, err := eventnode.Open(eventnode.Config{Dir: os.Args[1]})
	must(err)
	limit(512 << 10)
	refused := make([]eventlog.NewEvent, 8)
	var group sync.WaitGroup
	for w := range refused {
		group.Go(func() { refused[w] = appendUntilRefused(node, w) })
	}
	group.Wait()
	_, err = node.Append(context.Background(), "parley_other", eventlog.NoStream, []eventlog.NewEvent{refused[0]})
	if !errors.Is(err, eventlog.ErrUnavailable) {
		must(fmt.Errorf("a full disk gave %w", err))
	}
	limit(math.MaxInt64)
	for w := range refused {
		appendUntilAccepted(node, w, refused[w])
	}
	must(node.Close())
}

func limit(bytes uint64) {
	var l syscall.Rlimit
	must(syscall.Getrlimit(syscall.RLIMIT_FSIZE, &l))
	l.Cur = min(bytes, l.Max)
	must(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l))
}

var accepted sync.Mutex

// count says that an event was acknowledged.
func count(event eventlog.NewEvent) {
	accepted.Lock()
	defer accepted.Unlock()
	fmt.Println(event.ID)
}

// appendUntilRefused returns the event that was refused. Its revision is how
// many its data says.
func appendUntilRefused(node *eventnode.Node, w int) eventlog.NewEvent {
	for i := 0; ; i++ {
		event := eventlog.NewEvent{ID: uuid.New(), Type: "full.appended.v1", Data: payload(2000), Metadata: fmt.Appendf(nil, "%d", i)}
		_, err := node.Append(context.Background(), fmt.Sprintf("parley_full-%d", w), eventlog.Revision(i-1), []eventlog.NewEvent{event})
		if err != nil {
			if !errors.Is(err, eventlog.ErrUnavailable) {
				must(err)
			}
			return event
		}
		count(event)
	}
}

func appendUntilAccepted(node *eventnode.Node, w int, event eventlog.NewEvent) {
	var i int
	_, err := fmt.Sscan(string(event.Metadata), &i)
	must(err)
	for {
		_, err := node.Append(context.Background(), fmt.Sprintf("parley_full-%d", w), eventlog.Revision(i-1), []eventlog.NewEvent{event})
		if err == nil {
			count(event)
			return
		}
		if !errors.Is(err, eventlog.ErrUnavailable) {
			must(err)
		}
	}
}

func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
