package transport_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/projections"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode/transport"
)

// published are the services that clients of the protocol may call.
var published = []grpc.ServiceDesc{
	streams.Streams_ServiceDesc, persistent.PersistentSubscriptions_ServiceDesc, gossip.Gossip_ServiceDesc, projections.Projections_ServiceDesc,
}

// others have no messages in the client's module; their methods are called
// without one.
var others = []string{
	"/event_store.client.users.Users/Create", "/event_store.client.users.Users/Details",
	"/event_store.client.operations.Operations/StartScavenge", "/event_store.client.operations.Operations/Shutdown",
	"/event_store.client.monitoring.Monitoring/Stats",
}

func TestFeatures_list_what_is_implemented_and_nothing_else(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{Writable: true})
	conn := f.raw()
	answer, err := serverfeatures.NewServerFeaturesClient(conn).GetSupportedMethods(f.ctx, &shared.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, m := range answer.Methods {
		listed[m.ServiceName+"/"+m.MethodName] = true
		if m.ServiceName+m.MethodName != strings.ToLower(m.ServiceName+m.MethodName) {
			t.Errorf("%s/%s is not in lower case", m.ServiceName, m.MethodName)
		}
	}
	for _, service := range published {
		names := make([]string, 0, len(service.Methods)+len(service.Streams))
		for _, m := range service.Methods {
			names = append(names, m.MethodName)
		}
		for _, s := range service.Streams {
			names = append(names, s.StreamName)
		}
		for _, name := range names {
			implemented := f.answers(conn, "/"+service.ServiceName+"/"+name) != codes.Unimplemented
			if is := listed[strings.ToLower(service.ServiceName+"/"+name)]; is != implemented {
				t.Errorf("%s/%s: implemented %t, listed %t", service.ServiceName, name, implemented, is)
			}
		}
	}
	for _, m := range others {
		if got := f.answers(conn, m); got != codes.Unimplemented {
			t.Errorf("%s answers %s", m, got)
		}
	}
}

// raw returns a connection without a client.
func (f *fixture) raw() *grpc.ClientConn {
	f.Helper()
	conn, err := grpc.NewClient(f.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = conn.Close() })
	return conn
}

// answers returns the code by which a method answers an empty message and the
// end of the caller's stream.
func (f *fixture) answers(conn *grpc.ClientConn, method string) codes.Code {
	f.Helper()
	ctx, cancel := context.WithTimeout(f.ctx, 10*time.Second)
	defer cancel()
	call, err := conn.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, method)
	if err != nil {
		f.Fatal(err)
	}
	_ = call.SendMsg(&shared.Empty{})
	_ = call.CloseSend()
	code := status.Code(call.RecvMsg(&shared.Empty{}))
	if code == codes.DeadlineExceeded {
		f.Errorf("%s does not answer", method)
	}
	return code
}
