package main_test

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// writeSteadily appends numbered events to some streams, one after the other, until
// stop.
func (w *wire) writeSteadily(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	for range 4 {
		stream := "parley_conversation-" + uuid.NewString()
		writing.Go(func() {
			for n := eventlog.NoStream; ctx.Err() == nil; n++ {
				event := eventlog.NewEvent{ID: uuid.New(), Type: "numbered", Data: fmt.Appendf(nil, `{"n":%d}`, n+1)}
				if _, err := w.node.Append(ctx, stream, n, []eventlog.NewEvent{event}); err != nil && ctx.Err() == nil {
					t.Errorf("append: %v", err)
					return
				}
			}
		})
	}
	return func() { cancel(); writing.Wait() }
}

var numbered = regexp.MustCompile(`(parley_conversation-\S+) numbered \{"n":(\d+)\}\n`)

// numbers returns which numbers of each stream were printed.
func numbers(printed string) map[string]map[int]bool {
	all := map[string]map[int]bool{}
	for _, line := range numbered.FindAllStringSubmatch(printed, -1) {
		if all[line[1]] == nil {
			all[line[1]] = map[int]bool{}
		}
		n, _ := strconv.Atoi(line[2])
		all[line[1]][n] = true
	}
	return all
}

// killsOfSubscribers is how often a program that goes on is killed, while it notes how far it has
// come as often as it can.
const killsOfSubscribers = 50

func TestSubscribing_killed_again_and_again_never_begins_again(t *testing.T) {
	t.Parallel()
	for language, asOftenAsItCan := range map[string][]string{
		"go": {"time.Tick(time.Second)", "time.Tick(time.Microsecond)"}, "js": {"}, 1000);", "}, 0);"},
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			w := startWire(t)
			s := newSubscriber(t, goingOn, language, append(asOftenAsItCan, "127.0.0.1:2113", w.address)...)
			stop := w.writeSteadily(t)
			defer stop()
			var printed strings.Builder
			for n := range killsOfSubscribers {
				before := s.saved()
				told := s.runUntil("goes on", func(told string) bool { return strings.Contains(told, "numbered") && s.saved() != before })
				printed.WriteString(told[:strings.LastIndex(told, "\n")+1])
				if s.saved() == "" {
					t.Fatalf("killed %d times, it has lost what it had noted", n+1)
				}
				if n > 0 && strings.Contains(told, `{"n":0}`) {
					t.Fatalf("killed %d times, it began again", n)
				}
			}
			for stream, seen := range numbers(printed.String()) {
				for n := range len(seen) {
					if !seen[n] {
						t.Fatalf("number %d of %s is missing among %d", n, stream, len(seen))
					}
				}
			}
		})
	}
}
