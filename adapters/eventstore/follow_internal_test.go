package eventstore

import (
	"math"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/domain/eventlog"
)

// A nil From makes a subscription start at the end and lose all before it.
func TestSubscribeOptions_always_name_where_to_start(t *testing.T) {
	t.Parallel()
	for after, want := range map[eventlog.Position]esdb.AllPosition{
		eventlog.Start: esdb.Start{},
		1:              esdb.Position{Commit: 1, Prepare: 1},
		1 << 63:        esdb.Position{Commit: 1 << 63, Prepare: 1 << 63},
		math.MaxUint64: esdb.Position{Commit: math.MaxUint64, Prepare: math.MaxUint64},
	} {
		if got := subscribeOptions(allPosition(after), "parley_", seldom).From; got != want {
			t.Errorf("behind %d: got %#v, want %#v", after, got, want)
		}
	}
}

func TestSubscribeOptions_filter_by_stream_on_the_server(t *testing.T) {
	t.Parallel()
	filter := subscribeOptions(allPosition(7), "parley_", seldom).Filter
	if filter == nil || filter.Type != esdb.StreamFilterType || len(filter.Prefixes) != 1 || filter.Prefixes[0] != "parley_" {
		t.Errorf("got filter %+v", filter)
	}
	if filter := subscribeOptions(allPosition(7), "", seldom).Filter; filter != nil {
		t.Errorf("an empty prefix gave filter %+v, which the client refuses", filter)
	}
}

func TestClientConfig_forces_what_supervision_rests_on(t *testing.T) {
	t.Parallel()
	conf, err := Config{ConnectionString: "esdb://host?nodePreference=follower&maxDiscoverAttempts=3"}.clientConfig()
	if err != nil {
		t.Fatal(err)
	}
	if conf.NodePreference != esdb.NodePreferenceLeader {
		t.Errorf("prefers %s", conf.NodePreference)
	}
	if got := serving(conf).MaxDiscoverAttempts; got != math.MaxInt32 {
		t.Errorf("a serving client gives up after %d attempts", got)
	}
	if got := probing(conf).MaxDiscoverAttempts; got != 1 {
		t.Errorf("a probing client makes %d attempts", got)
	}
}
