package main

import (
	"runtime"
	"testing"
)

func TestRoomy_lets_garbage_gather(t *testing.T) {
	t.Parallel()
	code := roomy(func() int {
		runtime.GC()
		var heap runtime.MemStats
		runtime.ReadMemStats(&heap)
		if heap.NextGC < 2*headroom {
			t.Errorf("the next collection comes at %d bytes, want at least %d", heap.NextGC, 2*headroom)
		}
		return 7
	})
	if code != 7 {
		t.Errorf("code = %d, want that of the program", code)
	}
}
