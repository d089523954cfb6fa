package transport_test

import (
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/go-cmp/cmp"

	"parley/adapters/eventnode/transport"
)

func TestRead_tells_first_and_last_to_those_who_ask(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{Writable: true})
	f.append("s", esdb.NoStream{}, newEvents(3)...)
	f.append("cut", esdb.NoStream{}, newEvents(50)...)
	f.write("$$cut", "$metadata", `{"$tb":48}`)
	f.append("gone", esdb.NoStream{}, newEvents(1)...)
	if _, err := f.client.DeleteStream(f.ctx, "gone", esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, stream string
		from, count  uint64
		backwards    bool
		want         []string
	}{
		{"whole", "s", 0, 9, false, []string{"s@0", "s@1", "s@2", "last 2"}},
		{"counted", "s", 0, 1, false, []string{"s@0", "last 2"}},
		{"backwards", "s", 1, 1, true, []string{"s@1", "last 2"}},
		{"behind the end", "s", 7, 9, false, []string{"first 3", "last 2"}},
		{"truncated", "cut", 0, 99, false, []string{"first 48", "cut@48", "cut@49", "last 49"}},
		{"truncated, near", "cut", 40, 99, false, []string{"cut@48", "cut@49", "last 49"}},
		{"truncated, near, counted", "cut", 40, 1, false, []string{"first 48", "cut@48", "last 49"}},
		{"truncated, backwards", "cut", 60, 99, true, []string{"cut@49", "cut@48", "last 49"}},
		{"deleted", "gone", 0, 9, false, []string{"not found"}},
		{"absent", "absent", 0, 9, false, []string{"not found"}},
	} {
		for _, compatibility := range []uint32{0, 1} {
			got, _, err := f.messages(rawRead(func(o *streams.ReadReq_Options) {
				o.StreamOption, o.CountOption = ofStream(c.stream, c.from), &streams.ReadReq_Options_Count{Count: c.count}
				o.ControlOption = &streams.ReadReq_Options_ControlOption{Compatibility: compatibility}
				if c.backwards {
					o.ReadDirection = streams.ReadReq_Options_Backwards
				}
			}))
			want := c.want
			if compatibility == 0 {
				want = withoutPositions(want)
			}
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%s at compatibility %d: %v (-want +got):\n%s", c.name, compatibility, err, diff)
			}
		}
	}
}

func withoutPositions(said []string) (kept []string) {
	for _, s := range said {
		if !strings.HasPrefix(s, "first ") && !strings.HasPrefix(s, "last ") {
			kept = append(kept, s)
		}
	}
	return kept
}
