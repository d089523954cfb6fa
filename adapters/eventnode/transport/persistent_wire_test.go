package transport_test

//lint:file-ignore SA1019 The deprecated form is what is tested.

import (
	"context"
	"math"
	"testing"

	wire "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode/transport"
)

// wireSettings are valid settings as older clients send them.
func wireSettings(revision uint64) *wire.CreateReq_Settings {
	return &wire.CreateReq_Settings{
		Revision: revision, MaxRetryCount: 3, MinCheckpointCount: 1, MaxCheckpointCount: 10,
		LiveBufferSize: 50, ReadBatchSize: 10, HistoryBufferSize: 20, NamedConsumerStrategy: wire.CreateReq_Pinned,
		MessageTimeout:  &wire.CreateReq_Settings_MessageTimeoutTicks{MessageTimeoutTicks: 50_000_000},
		CheckpointAfter: &wire.CreateReq_Settings_CheckpointAfterMs{CheckpointAfterMs: 1500},
	}
}

func named(stream string) *shared.StreamIdentifier {
	return &shared.StreamIdentifier{StreamName: []byte(stream)}
}

func (f *fixture) wireInfo(groups wire.PersistentSubscriptionsClient, group string) *wire.SubscriptionInfo {
	f.Helper()
	answer, err := groups.GetInfo(f.ctx, &wire.GetInfoReq{Options: &wire.GetInfoReq_Options{
		StreamOption: &wire.GetInfoReq_Options_StreamIdentifier{StreamIdentifier: named("s")}, GroupName: group,
	}})
	f.must(err)
	return answer.SubscriptionInfo
}

func TestPersistent_understands_the_deprecated_form(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	groups := wire.NewPersistentSubscriptionsClient(f.raw())
	for group, c := range map[string]struct {
		revision uint64
		start    string
	}{"start": {0, "0"}, "ninth": {9, "9"}, "end": {math.MaxUint64, "-1"}} {
		_, err := groups.Create(f.ctx, &wire.CreateReq{Options: &wire.CreateReq_Options{
			StreamIdentifier: named("s"), GroupName: group, Settings: wireSettings(c.revision),
		}})
		f.must(err)
		i := f.wireInfo(groups, group)
		if i.StartFrom != c.start || i.NamedConsumerStrategy != "Pinned" || i.MessageTimeoutMilliseconds != 5000 || i.CheckPointAfterMilliseconds != 1500 {
			t.Errorf("%s is told as %+v", group, i)
		}
	}
	_, err := groups.Update(f.ctx, &wire.UpdateReq{Options: &wire.UpdateReq_Options{
		StreamIdentifier: named("s"), GroupName: "end",
		Settings: &wire.UpdateReq_Settings{Revision: 4, ReadBatchSize: 1, HistoryBufferSize: 2},
	}})
	f.must(err)
	if i := f.wireInfo(groups, "end"); i.StartFrom != "4" || i.NamedConsumerStrategy != "DispatchToSingle" {
		t.Errorf("the changed group is told as %+v", i)
	}
}

func TestPersistent_lets_the_name_of_a_strategy_win_over_its_number(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	groups := wire.NewPersistentSubscriptionsClient(f.raw())
	settings := wireSettings(0)
	settings.ConsumerStrategy = "PinnedByCorrelation"
	_, err := groups.Create(f.ctx, &wire.CreateReq{Options: &wire.CreateReq_Options{
		StreamIdentifier: named("s"), GroupName: "g", Settings: settings,
	}})
	f.must(err)
	if i := f.wireInfo(groups, "g"); i.NamedConsumerStrategy != "PinnedByCorrelation" {
		t.Errorf("the strategy is %s", i.NamedConsumerStrategy)
	}
}

func TestPersistent_names_each_error_in_trailers(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	groups := wire.NewPersistentSubscriptionsClient(f.raw())
	create := func(change func(*wire.CreateReq_Settings)) func(*metadata.MD) error {
		settings := wireSettings(0)
		change(settings)
		return func(trailer *metadata.MD) error {
			_, err := groups.Create(f.ctx, &wire.CreateReq{Options: &wire.CreateReq_Options{
				StreamIdentifier: named("s"), GroupName: "g", Settings: settings,
			}}, grpc.Trailer(trailer))
			return err
		}
	}
	f.must(create(func(s *wire.CreateReq_Settings) { s.MaxSubscriberCount = 1 })(&metadata.MD{}))
	f.mustConsume("s", 1)
	for _, c := range []struct {
		exception string
		code      codes.Code
		call      func(*metadata.MD) error
	}{
		{"persistent-subscription-exists", codes.AlreadyExists, create(func(*wire.CreateReq_Settings) {})},
		{"persistent-subscription-failed", codes.Internal, create(func(s *wire.CreateReq_Settings) { s.ReadBatchSize = 20 })},
		{"persistent-subscription-failed", codes.Internal, create(func(s *wire.CreateReq_Settings) { s.ConsumerStrategy = "Fair" })},
		{"maximum-subscribers-reached", codes.FailedPrecondition, f.reads(groups, "g")},
		{"persistent-subscription-does-not-exist", codes.NotFound, f.reads(groups, "missing")},
	} {
		var trailer metadata.MD
		err := c.call(&trailer)
		if status.Code(err) != c.code || first(trailer, "exception") != c.exception || first(trailer, "stream-name") != "s" || first(trailer, "group-name") == "" {
			t.Errorf("got %v with %v, want %s", err, trailer, c.exception)
		}
	}
}

// reads returns a call that connects a consumer and waits for the answer.
func (f *fixture) reads(groups wire.PersistentSubscriptionsClient, group string) func(*metadata.MD) error {
	return func(trailer *metadata.MD) error {
		ctx, cancel := context.WithCancel(f.ctx)
		defer cancel()
		call, err := groups.Read(ctx)
		if err != nil {
			return err
		}
		f.must(call.Send(&wire.ReadReq{Content: &wire.ReadReq_Options_{Options: &wire.ReadReq_Options{
			StreamOption: &wire.ReadReq_Options_StreamIdentifier{StreamIdentifier: named("s")}, GroupName: group, BufferSize: 1,
		}}}))
		_, err = call.Recv()
		*trailer = call.Trailer()
		return err
	}
}

func first(md metadata.MD, key string) string {
	if values := md.Get(key); len(values) > 0 {
		return values[0]
	}
	return ""
}
