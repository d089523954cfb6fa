package eventnode_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// underLoad appends from eight writers while something is done, and returns when
// each event was acknowledged.
func underLoad(t *testing.T, node *eventnode.Node, do func()) map[uuid.UUID]time.Time {
	t.Helper()
	acknowledged := map[uuid.UUID]time.Time{}
	var mu sync.Mutex
	var group sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	for w := range 8 {
		group.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				event := newEvents(1)
				_, err := node.Append(t.Context(), fmt.Sprintf("parley_load-%d", w), eventlog.Revision(i-1), event)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				acknowledged[event[0].ID] = time.Now()
				mu.Unlock()
			}
		})
	}
	do()
	stop()
	group.Wait()
	return acknowledged
}

func TestBackup_holds_all_that_was_acknowledged_and_can_be_restored(t *testing.T) {
	t.Parallel()
	dir, to := seeded(t, 2000), filepath.Join(t.TempDir(), "backup")
	node := openNode(t, eventnode.Config{Dir: dir})
	var m eventnode.Manifest
	acknowledged := underLoad(t, node, func() {
		var err error
		if m, err = node.Backup(t.Context(), to, nil); err != nil {
			t.Fatal(err)
		}
	})
	restored := filepath.Join(t.TempDir(), "log")
	again, err := eventnode.Restore(t.Context(), to, restored, nil)
	if err != nil || again != m {
		t.Fatalf("restored %+v, %v, want %+v", again, err, m)
	}
	closeAfter(t, eventnode.Config{Dir: restored}, func(node *eventnode.Node) {
		stored := wantWhole(t, node)
		if int64(len(stored)) != m.Events || node.Head() != m.Head {
			t.Errorf("%d events up to %d, want %d up to %d", len(stored), node.Head(), m.Events, m.Head)
		}
		covered := 0
		for id, at := range acknowledged {
			if at.Before(m.Covers) {
				covered++
				if stored[id] != 1 {
					t.Errorf("an event acknowledged before the backup ended is there %d times", stored[id])
				}
			}
		}
		if covered == 0 {
			t.Error("nothing was appended meanwhile")
		}
		mustAppend(t, node, "parley_after", eventlog.NoStream, newEvents(1)...)
	})
}

func TestBackup_refuses_a_folder_that_is_not_empty(t *testing.T) {
	t.Parallel()
	node, to := openNode(t, eventnode.Config{Dir: t.TempDir()}), t.TempDir()
	if err := os.WriteFile(filepath.Join(to, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := node.Backup(t.Context(), to, nil); !errors.Is(err, eventnode.ErrNotEmpty) {
		t.Errorf("got %v", err)
	}
}

func TestRestore_refuses_what_is_not_a_whole_backup(t *testing.T) {
	t.Parallel()
	to := filepath.Join(t.TempDir(), "backup")
	closeAfter(t, eventnode.Config{Dir: seeded(t, 400)}, func(node *eventnode.Node) {
		if _, err := node.Backup(t.Context(), to, nil); err != nil {
			t.Fatal(err)
		}
	})
	files := map[string][]byte{}
	for _, name := range []string{"events.db", "head", "manifest.json"} {
		b, err := os.ReadFile(filepath.Join(to, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = b
	}
	half := write(t, with(files, "manifest.json", nil))
	damaged := write(t, files)
	tamper(t, damaged, "update events set data = x'7b7d' where position = 145")
	shorter := write(t, files)
	tamper(t, shorter, "delete from events where position = (select max(position) from events)")
	for what, from := range map[string]string{"no manifest": half, "damage": damaged, "a missing end": shorter} {
		dir := filepath.Join(t.TempDir(), "log")
		if _, err := eventnode.Restore(t.Context(), from, dir, nil); err == nil {
			t.Errorf("%s: it was restored", what)
		}
		if entries, _ := os.ReadDir(dir); len(entries) > 0 {
			t.Errorf("%s: something was left behind", what)
		}
	}
}
