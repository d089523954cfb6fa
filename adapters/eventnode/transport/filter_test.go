package transport_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode/transport"
)

func byStream(regex string, prefixes ...string) *streams.ReadReq_Options_Filter {
	return filterOf(&streams.ReadReq_Options_FilterOptions_StreamIdentifier{
		StreamIdentifier: &streams.ReadReq_Options_FilterOptions_Expression{Regex: regex, Prefix: prefixes},
	}, nil)
}

func byType(regex string, prefixes ...string) *streams.ReadReq_Options_Filter {
	return filterOf(nil, &streams.ReadReq_Options_FilterOptions_EventType{
		EventType: &streams.ReadReq_Options_FilterOptions_Expression{Regex: regex, Prefix: prefixes},
	})
}

// filterOf returns a filter as for reads, which need no checkpoints.
func filterOf(stream *streams.ReadReq_Options_FilterOptions_StreamIdentifier, kind *streams.ReadReq_Options_FilterOptions_EventType) *streams.ReadReq_Options_Filter {
	options := &streams.ReadReq_Options_FilterOptions{Window: &streams.ReadReq_Options_FilterOptions_Count{Count: &shared.Empty{}}}
	if stream != nil {
		options.Filter = stream
	} else {
		options.Filter = kind
	}
	return &streams.ReadReq_Options_Filter{Filter: options}
}

func TestFilter_picks_by_prefix_or_expression_in_both_directions(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{Writable: true})
	for _, e := range [][2]string{{"order-1", "placed"}, {"order-2", "paid"}, {"user-1", "placed"}, {"Order-3", "préparé"}} {
		f.write(e[0], e[1], `{}`)
	}
	for name, c := range map[string]struct {
		filter *streams.ReadReq_Options_Filter
		want   []string
	}{
		"stream by prefixes":               {byStream("", "user-", "Order"), []string{"user-1@0", "Order-3@0"}},
		"stream by expression":             {byStream(`^order-[0-9]$`), []string{"order-1@0", "order-2@0"}},
		"an expression, not the prefixes":  {byStream(`^user`, "order"), []string{"user-1@0"}},
		"stream by look-ahead":             {byStream(`^(?!order)`), []string{"user-1@0", "Order-3@0"}},
		"stream by look-behind":            {byStream(`(?<=order-)2`), []string{"order-2@0"}},
		"stream by a back-reference":       {byStream(`(r)de\1`), []string{"order-1@0", "order-2@0", "Order-3@0"}},
		"type by prefixes":                 {byType("", "pa", "pr"), []string{"order-2@0", "Order-3@0"}},
		"type by an expression of letters": {byType(`^\p{L}+é$`), []string{"Order-3@0"}},
		"type by a named group":            {byType(`^(?<verb>placed)$`), []string{"order-1@0", "user-1@0"}},
		"nothing":                          {byType("", "other"), nil},
	} {
		got, _, err := f.messages(rawRead(func(o *streams.ReadReq_Options) { o.FilterOption = c.filter }))
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
		got, _, err = f.messages(rawRead(func(o *streams.ReadReq_Options) {
			o.FilterOption, o.ReadDirection = c.filter, streams.ReadReq_Options_Backwards
			o.StreamOption = &streams.ReadReq_Options_All{All: &streams.ReadReq_Options_AllOptions{AllOption: &streams.ReadReq_Options_AllOptions_End{}}}
		}))
		slices.Reverse(got)
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s, backwards: %v (-want +got):\n%s", name, err, diff)
		}
	}
	got, _, err := f.messages(rawRead(func(o *streams.ReadReq_Options) {
		o.FilterOption, o.CountOption = byStream("", "order"), &streams.ReadReq_Options_Count{Count: 1}
	}))
	if diff := cmp.Diff([]string{"order-1@0"}, got); err != nil || diff != "" {
		t.Errorf("counted: %v (-want +got):\n%s", err, diff)
	}
}

func TestFilter_that_takes_too_long_ends_the_call(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.write(strings.Repeat("a", 60)+"!", "any", `{}`)
	const slow = `^(?=(a+)+$)`
	began := time.Now()
	_, _, err := f.messages(rawRead(func(o *streams.ReadReq_Options) { o.FilterOption = byStream(slow) }))
	if status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), "took more than") {
		t.Errorf("a read ended with %v", err)
	}
	sub := f.subscribeAll(esdb.SubscribeToAllOptions{From: esdb.Start{}, Filter: &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Regex: slow}})
	if got := told(sub); !strings.Contains(got, "InvalidArgument") {
		t.Errorf("a subscription ended with %s", got)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("both took %v", took)
	}
}

func TestFilter_is_refused_where_it_means_nothing(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	subscription := &streams.ReadReq_Options_Subscription{Subscription: &streams.ReadReq_Options_SubscriptionOptions{}}
	withMax := byStream("", "a")
	withMax.Filter.Window = &streams.ReadReq_Options_FilterOptions_Max{}
	withMax.Filter.CheckpointIntervalMultiplier = 1
	for name, change := range map[string]func(*streams.ReadReq_Options){
		"no expression":  func(o *streams.ReadReq_Options) { o.FilterOption = byStream("") },
		"no kind":        func(o *streams.ReadReq_Options) { o.FilterOption = filterOf(nil, nil) },
		"no checkpoints": func(o *streams.ReadReq_Options) { o.FilterOption, o.CountOption = byStream("", "a"), subscription },
		"no window":      func(o *streams.ReadReq_Options) { o.FilterOption, o.CountOption = withMax, subscription },
		"one stream":     func(o *streams.ReadReq_Options) { o.FilterOption, o.StreamOption = byStream("", "a"), ofStream("s", 0) },
		"a subscription backwards": func(o *streams.ReadReq_Options) {
			o.CountOption, o.ReadDirection = subscription, streams.ReadReq_Options_Backwards
		},
	} {
		if _, _, err := f.messages(rawRead(change)); status.Code(err) != codes.InvalidArgument {
			t.Errorf("%s: %v, want InvalidArgument", name, err)
		}
	}
}

func TestFilter_beyond_its_limits_is_refused_before_it_is_compiled(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	many := make([]string, 1001)
	for i := range many {
		many[i] = "a"
	}
	const mebibytes = 16 << 20
	for name, filter := range map[string]*streams.ReadReq_Options_Filter{
		"nested classes of 16 MiB":    byStream(strings.Repeat("[a-", mebibytes/3)),
		"nested groups of 16 MiB":     byType(strings.Repeat("(?=", mebibytes/3)),
		"nested classes":              byStream("(?=a)" + strings.Repeat("[a-", 101) + strings.Repeat("]", 101)),
		"nesting closed in a comment": byType("(?x)(?=a)" + strings.Repeat("(#)\n", 101)),
		"brackets behind backslashes": byStream(strings.Repeat(`\\(`, 101) + strings.Repeat(")", 101)),
		"4,097 bytes":                 byStream(strings.Repeat("a", 4097)),
		"1,001 prefixes":              byType("", many...),
		"long prefixes":               byStream("", strings.Repeat("a", 64<<10), "a"),
	} {
		_, _, err := f.messages(rawRead(func(o *streams.ReadReq_Options) { o.FilterOption = filter }))
		if status.Code(err) != codes.InvalidArgument || len(err.Error()) > 300 {
			t.Errorf("%s: %.300v, want InvalidArgument", name, err)
		}
	}
	for name, filter := range map[string]*streams.ReadReq_Options_Filter{
		"4,096 bytes":           byStream(strings.Repeat("a", 4096)),
		"escaped brackets":      byType(strings.Repeat(`\(`, 1000)),
		"1,000 prefixes":        byType("", many[1:]...),
		"nested groups, closed": byStream("(?=a)" + strings.Repeat("(", 99) + strings.Repeat(")", 99)),
	} {
		if _, _, err := f.messages(rawRead(func(o *streams.ReadReq_Options) { o.FilterOption = filter })); err != nil {
			t.Errorf("%s: %.300v", name, err)
		}
	}
}
