package transport_test

import (
	"math"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode/transport"
)

func TestAppend_refuses_an_event_that_does_not_say_what_it_is(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	options := &streams.AppendReq_Options{
		StreamIdentifier: identifier("s"), ExpectedStreamRevision: &streams.AppendReq_Options_Any{Any: &shared.Empty{}},
	}
	for name, about := range map[string]map[string]string{
		"no metadata":     nil,
		"no type":         {"content-type": "application/json"},
		"no content type": {"type": "happened"},
	} {
		_, trailer, err := f.proposeRaw(options, about, "{}")
		if status.Code(err) != codes.InvalidArgument {
			t.Errorf("%s: got %v, want InvalidArgument", name, err)
		}
		wantTrailers(t, trailer, map[string]string{
			"exception": "missing-required-metadata-property", "required-metadata-properties": "type,content-type",
		})
	}
	if got := f.readAnswer("s"); got != esdb.ErrorCodeResourceNotFound {
		t.Errorf("a read answers %v, want not found", got)
	}
}

func TestAppend_tells_clients_of_all_ages_that_no_stream_was_expected(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("s", esdb.NoStream{}, newEvents(2)...)
	answer, _, err := f.proposeRaw(&streams.AppendReq_Options{
		StreamIdentifier: identifier("s"), ExpectedStreamRevision: &streams.AppendReq_Options_NoStream{NoStream: &shared.Empty{}},
	}, map[string]string{"type": "happened", "content-type": "application/json"}, "{}")
	if err != nil {
		t.Fatal(err)
	}
	wrong := answer.GetWrongExpectedVersion()
	if wrong.GetExpectedNoStream() == nil || wrong.GetExpectedRevision_20_6_0() != math.MaxUint64 || wrong.GetCurrentRevision() != 1 {
		t.Errorf("it is told as %v", wrong)
	}
}
