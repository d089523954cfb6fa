package markup_test

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"parley/adapters/markup"
)

// counted returns a cache of so many bytes and how many texts it has rendered.
func counted(bytes int) (*markup.Cache, *atomic.Int64) {
	n := &atomic.Int64{}
	return markup.NewCache(bytes, func(body string) string {
		n.Add(1)
		return "<" + body + ">"
	}), n
}

func TestCache_renders_a_text_once_however_often_it_is_read(t *testing.T) {
	t.Parallel()
	cache, rendered := counted(1 << 20)
	for range 10 {
		for i := range 100 {
			if got, want := cache.Of(strconv.Itoa(i)), "<"+strconv.Itoa(i)+">"; got != want {
				t.Fatalf("got %q, want %q", got, want)
			}
		}
	}
	if rendered.Load() != 100 {
		t.Errorf("100 texts were rendered %d times", rendered.Load())
	}
}

func TestCache_keeps_what_is_read_while_others_come_and_go(t *testing.T) {
	t.Parallel()
	cache, rendered := counted(64 << 10)
	cache.Of("read always")
	for i := range 10_000 {
		cache.Of(strings.Repeat("x", 1000) + strconv.Itoa(i))
		cache.Of("read always")
	}
	if rendered.Load() != 10_001 {
		t.Errorf("10,001 texts were rendered %d times", rendered.Load())
	}
	if held := markup.Held(cache); held > 64<<10 {
		t.Errorf("%d bytes are held", held)
	}
}

func TestCache_holds_nothing_that_is_larger_than_its_half(t *testing.T) {
	t.Parallel()
	cache, rendered := counted(1 << 10)
	cache.Of("small")
	cache.Of(strings.Repeat("x", 300))
	cache.Of(strings.Repeat("x", 300))
	cache.Of("small")
	if rendered.Load() != 3 || markup.Held(cache) > 1<<10 {
		t.Errorf("%d were rendered, %d bytes are held", rendered.Load(), markup.Held(cache))
	}
}

func TestCache_may_be_used_by_many(t *testing.T) {
	t.Parallel()
	cache, _ := counted(8 << 10)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for i := range 2000 {
				body := strconv.Itoa(i % 97)
				if got := cache.Of(body); got != "<"+body+">" {
					t.Errorf("%q was rendered as %q", body, got)
				}
			}
		})
	}
	group.Wait()
	if held := markup.Held(cache); held > 8<<10 {
		t.Errorf("%d bytes are held", held)
	}
}
