package httpapi

import (
	"strconv"
	"testing"
	"time"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// taken counts the tokens that can be taken at once.
func taken(b *buckets, key string, now time.Time, perSecond, burst int) (n int, wait time.Duration) {
	for n = 0; n < 10_000; n++ {
		if wait = b.take(key, now, perSecond, burst); wait > 0 {
			return n, wait
		}
	}
	return n, 0
}

func TestBuckets_give_a_burst_at_once_and_a_rate_in_the_long_run(t *testing.T) {
	t.Parallel()
	b := newBuckets()
	for _, step := range []struct {
		says             string
		key              string
		after            time.Duration
		perSecond, burst int
		want             int
		wait             time.Duration
	}{
		{"a full one", "a", 0, 200, 1000, 1000, 5 * time.Millisecond},
		{"at the same moment", "a", 0, 200, 1000, 0, 5 * time.Millisecond},
		{"another's", "b", 0, 200, 1000, 1000, 5 * time.Millisecond},
		{"a second later", "a", time.Second, 200, 1000, 200, 5 * time.Millisecond},
		{"long after", "a", time.Hour, 200, 1000, 1000, 5 * time.Millisecond},
		{"slower by the settings", "a", time.Hour + 10*time.Second, 1, 3, 3, time.Second},
		{"slower, later", "a", time.Hour + 12*time.Second, 1, 3, 2, time.Second},
		{"quicker by the settings, with what had come by then", "a", time.Hour + 13*time.Second, 100, 50, 1, 10 * time.Millisecond},
		{"quicker, later", "a", time.Hour + 14*time.Second, 100, 50, 50, 10 * time.Millisecond},
	} {
		got, wait := taken(b, step.key, noon.Add(step.after), step.perSecond, step.burst)
		if got != step.want || wait != step.wait {
			t.Errorf("%s: %d and then in %v, want %d and %v", step.says, got, wait, step.want, step.wait)
		}
	}
}

func TestBuckets_let_go_of_the_full_and_never_hold_more_than_they_may(t *testing.T) {
	t.Parallel()
	b := newBuckets()
	for i := range fewBuckets {
		b.take(strconv.Itoa(i), noon, 1, 10)
	}
	later := noon.Add(time.Minute)
	taken(b, "0", later, 1, 10)
	b.take("new", later, 1, 10)
	if len(b.all) != 2 {
		t.Errorf("%d are kept, want the two that are not full", len(b.all))
	}
	if n, _ := taken(b, "0", later, 1, 10); n != 0 {
		t.Errorf("one that was empty gives %d", n)
	}
	for i := range 3 * mostBuckets {
		b.take("x"+strconv.Itoa(i), later, 1, 10)
		if len(b.all) > mostBuckets {
			t.Fatalf("%d are kept", len(b.all))
		}
	}
}

func TestNetwork_is_what_one_site_has(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "::ffff:192.0.2.7",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:2::9": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "@": "@",
	} {
		if got := network(address); got != want {
			t.Errorf("%s is of %s, want %s", address, got, want)
		}
	}
}
