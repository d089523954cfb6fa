package transport_test

import (
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"

	"parley/adapters/eventnode/transport"
)

// rawRead starts a read by the bare protocol.
func (f *fixture) rawRead(options *streams.ReadReq_Options) streams.Streams_ReadClient {
	f.Helper()
	conn, err := grpc.NewClient(f.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = conn.Close() })
	call, err := streams.NewStreamsClient(conn).Read(f.ctx, &streams.ReadReq{Options: options})
	if err != nil {
		f.Fatal(err)
	}
	return call
}

// fieldsOf returns the raw fields of a message: numbers for varints, bytes else.
func fieldsOf(t *testing.T, b []byte) map[protowire.Number]any {
	t.Helper()
	fields := map[protowire.Number]any{}
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if b = b[max(n, 0):]; n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		if kind == protowire.VarintType {
			fields[number], n = protowire.ConsumeVarint(b)
		} else {
			fields[number], n = protowire.ConsumeBytes(b)
		}
		if b = b[max(n, 0):]; n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
	}
	return fields
}

func TestSubscription_tells_newer_clients_where_it_caught_up(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	end := f.append("s", esdb.NoStream{}, newEvents(3)...)
	options := &streams.ReadReq_Options{
		FilterOption: &streams.ReadReq_Options_NoFilter{NoFilter: &shared.Empty{}},
		CountOption:  &streams.ReadReq_Options_Subscription{Subscription: &streams.ReadReq_Options_SubscriptionOptions{}},
		UuidOption:   &streams.ReadReq_Options_UUIDOption{Content: &streams.ReadReq_Options_UUIDOption_String_{String_: &shared.Empty{}}},
		StreamOption: &streams.ReadReq_Options_All{All: &streams.ReadReq_Options_AllOptions{
			AllOption: &streams.ReadReq_Options_AllOptions_End{End: &shared.Empty{}},
		}},
	}
	call := f.rawRead(options)
	if msg, err := call.Recv(); err != nil || msg.GetConfirmation().GetSubscriptionId() == "" {
		t.Fatalf("got %v, %v, want a confirmation first", msg, err)
	}
	msg, err := call.Recv()
	if err != nil || msg.GetCaughtUp() == nil {
		t.Fatalf("got %v, %v, want caught up", msg, err)
	}
	fields := fieldsOf(t, msg.GetCaughtUp().ProtoReflect().GetUnknown())
	stamp := fieldsOf(t, fields[1].([]byte))
	if told := time.Unix(int64(stamp[1].(uint64)), 0); time.Since(told) > time.Minute {
		t.Errorf("it caught up at %s", told)
	}
	if at := fieldsOf(t, fields[3].([]byte)); at[1] != end.CommitPosition || at[2] != end.CommitPosition {
		t.Errorf("it caught up at %v, want %d", at, end.CommitPosition)
	}
}

func TestRead_refuses_what_it_does_not_understand(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	if _, err := f.rawRead(nil).Recv(); status.Code(err) != codes.InvalidArgument {
		t.Errorf("nothing: got %v, want InvalidArgument", err)
	}
	for name, change := range map[string]func(*streams.ReadReq_Options){
		"no form of ids": func(o *streams.ReadReq_Options) { o.UuidOption = nil },
		"no count":       func(o *streams.ReadReq_Options) { o.CountOption = nil },
		"no stream":      func(o *streams.ReadReq_Options) { o.StreamOption = nil },
		"no position": func(o *streams.ReadReq_Options) {
			o.StreamOption = &streams.ReadReq_Options_All{All: &streams.ReadReq_Options_AllOptions{}}
		},
		"an empty filter": func(o *streams.ReadReq_Options) {
			o.FilterOption = &streams.ReadReq_Options_Filter{Filter: &streams.ReadReq_Options_FilterOptions{}}
		},
		"no word on filters":   func(o *streams.ReadReq_Options) { o.FilterOption = nil },
		"an unknown direction": func(o *streams.ReadReq_Options) { o.ReadDirection = 7 },
		"a nameless source": func(o *streams.ReadReq_Options) {
			o.StreamOption = &streams.ReadReq_Options_Stream{Stream: &streams.ReadReq_Options_StreamOptions{}}
		},
	} {
		if _, err := f.rawRead(rawRead(change).Options).Recv(); status.Code(err) != codes.InvalidArgument {
			t.Errorf("%s: got %v, want InvalidArgument", name, err)
		}
	}
}
