package transport_test

import (
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/emptypb"

	"parley/domain/eventlog"
)

// batching is one call of BatchAppend by the bare protocol.
type batching struct {
	*fixture
	call streams.Streams_BatchAppendClient
}

// batch begins a call on a connection of its own.
func (f *fixture) batch() *batching {
	f.Helper()
	return f.batchBy(f.bare())
}

func (f *fixture) batchBy(client streams.StreamsClient) *batching {
	f.Helper()
	call, err := client.BatchAppend(f.ctx)
	if err != nil {
		f.Fatal(err)
	}
	return &batching{f, call}
}

func (b *batching) send(parts ...*streams.BatchAppendReq) {
	b.Helper()
	for _, part := range parts {
		if err := b.call.Send(part); err != nil {
			_, err = b.call.Recv()
			b.Fatalf("the call has ended: %v", err)
		}
	}
}

// answered returns the next answer.
func (b *batching) answered() *streams.BatchAppendResp {
	b.Helper()
	answer, err := b.call.Recv()
	if err != nil {
		b.Fatal(err)
	}
	return answer
}

// asked sends parts and returns the next answer.
func (b *batching) asked(parts ...*streams.BatchAppendReq) *streams.BatchAppendResp {
	b.Helper()
	b.send(parts...)
	return b.answered()
}

// correlation is the id of an append by a name that a test gives it.
func correlation(name string) *shared.UUID {
	return &shared.UUID{Value: &shared.UUID_String_{String_: uuid.NewSHA1(uuid.Nil, []byte(name)).String()}}
}

// batchOptions say which stream, and expect whatever is there.
func batchOptions(stream string) *streams.BatchAppendReq_Options {
	return &streams.BatchAppendReq_Options{
		StreamIdentifier:       identifier(stream),
		ExpectedStreamPosition: &streams.BatchAppendReq_Options_Any{Any: &emptypb.Empty{}},
	}
}

func within(d time.Duration) *streams.BatchAppendReq_Options_Deadline {
	return &streams.BatchAppendReq_Options_Deadline{Deadline: durationpb.New(d)}
}

// atNoStream and at change what is expected.
func atNoStream(part *streams.BatchAppendReq) *streams.BatchAppendReq {
	part.Options.ExpectedStreamPosition = &streams.BatchAppendReq_Options_NoStream{NoStream: &emptypb.Empty{}}
	return part
}

func atExisting(part *streams.BatchAppendReq) *streams.BatchAppendReq {
	part.Options.ExpectedStreamPosition = &streams.BatchAppendReq_Options_StreamExists{StreamExists: &emptypb.Empty{}}
	return part
}

func at(revision uint64, part *streams.BatchAppendReq) *streams.BatchAppendReq {
	part.Options.ExpectedStreamPosition = &streams.BatchAppendReq_Options_StreamPosition{StreamPosition: revision}
	return part
}

// whole is an append of one part: n events to a stream, at whatever is there.
func whole(name, stream string, n int) *streams.BatchAppendReq {
	return &streams.BatchAppendReq{CorrelationId: correlation(name), Options: batchOptions(stream), ProposedMessages: proposed(n), IsFinal: true}
}

// begun is the first part of an append of more.
func begun(name, stream string, n int) *streams.BatchAppendReq {
	part := whole(name, stream, n)
	part.IsFinal = false
	return part
}

// more is a part without options.
func more(name string, n int, final bool) *streams.BatchAppendReq {
	return &streams.BatchAppendReq{CorrelationId: correlation(name), ProposedMessages: proposed(n), IsFinal: final}
}

func proposed(n int) []*streams.BatchAppendReq_ProposedMessage {
	events := make([]*streams.BatchAppendReq_ProposedMessage, n)
	for i := range events {
		events[i] = &streams.BatchAppendReq_ProposedMessage{
			Id:       &shared.UUID{Value: &shared.UUID_String_{String_: uuid.NewString()}},
			Metadata: map[string]string{"type": "test.batched.v1", "content-type": "application/json"},
			Data:     []byte(`{}`),
		}
	}
	return events
}

// sized makes the part's first event so large.
func sized(part *streams.BatchAppendReq, bytes int) *streams.BatchAppendReq {
	part.ProposedMessages[0].Data = []byte(strings.Repeat("x", bytes))
	return part
}

// refusal is what an answer that is an error says.
type refusal struct {
	code    codes.Code
	message string
	details proto.Message
}

var (
	timedOut     = refusal{codes.DeadlineExceeded, "Timeout", &shared.Timeout{}}
	accessDenied = refusal{codes.PermissionDenied, "AccessDenied", &shared.AccessDenied{}}
	tooLarge     = refusal{codes.InvalidArgument, "MaximumAppendSizeExceeded", &shared.MaximumAppendSizeExceeded{MaxAppendSize: eventlog.MaxAppendBytes}}
	badRequest   = refusal{codes.InvalidArgument, "BadRequest", &shared.BadRequest{}}
	noRoom       = refusal{codes.ResourceExhausted, "", &shared.BadRequest{}}
)

// wantRefused demands an error under the append's own id. Texts that are for
// people need only be there.
func wantRefused(t *testing.T, answer *streams.BatchAppendResp, name string, want refusal) {
	t.Helper()
	told := answer.GetError()
	if !proto.Equal(answer.GetCorrelationId(), correlation(name)) || answer.GetStreamIdentifier() == nil || answer.GetExpectedStreamPosition() != nil {
		t.Errorf("the answer is another than that to %s: %v", name, answer)
	}
	if codes.Code(told.GetCode()) != want.code || (want.message != "" && told.GetMessage() != want.message) || told.GetMessage() == "" || len(told.GetDetails()) != 1 {
		t.Fatalf("%s is answered %v, want %v", name, answer, want)
	}
	details, err := told.GetDetails()[0].UnmarshalNew()
	if err != nil {
		t.Fatal(err)
	}
	if text, ok := details.(*shared.BadRequest); ok && text.GetMessage() != "" {
		text.Message = ""
	}
	if !proto.Equal(details, want.details) {
		t.Errorf("%s is answered with %T %v, want %T %v", name, details, details, want.details, want.details)
	}
}

// wantDone demands a success under the append's own id and returns its position.
func wantDone(t *testing.T, answer *streams.BatchAppendResp, name, stream string, revision uint64) uint64 {
	t.Helper()
	done := answer.GetSuccess()
	if !proto.Equal(answer.GetCorrelationId(), correlation(name)) || string(answer.GetStreamIdentifier().GetStreamName()) != stream || answer.GetExpectedStreamPosition() != nil {
		t.Errorf("the answer is another than that to %s: %v", name, answer)
	}
	_, there := done.GetCurrentRevisionOption().(*streams.BatchAppendResp_Success_CurrentRevision)
	if !there || done.GetCurrentRevision() != revision || done.GetPosition().GetCommitPosition() == 0 || done.GetPosition().GetCommitPosition() != done.GetPosition().GetPreparePosition() {
		t.Fatalf("%s is answered %v, want revision %d and a position", name, answer, revision)
	}
	return done.GetPosition().GetCommitPosition()
}
